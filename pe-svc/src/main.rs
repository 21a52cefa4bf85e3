//! `pe-svc [serve|migrate] [--config FILE]`: the service by itself.

shared_model::service_main!(pe_svc, "机构与认证 · Public entities and certification");
