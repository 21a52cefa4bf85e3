//! `gateway [serve|migrate] [--config FILE]`: the service by itself.

shared_model::service_main!(gateway, "提单前台的网关 · The gateway of the front desk");
