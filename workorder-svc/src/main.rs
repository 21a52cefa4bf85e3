//! `workorder-svc [serve|migrate] [--config FILE]`: the service by itself.

shared_model::service_main!(workorder_svc, "工单服务 · The order service");
