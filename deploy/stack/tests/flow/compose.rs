//! The configuration files of the composition are ones the services read.

use std::path::PathBuf;

use shared_model::server::settings::EnvironmentScope::Nothing;

fn file(service: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../docker/config/{service}.toml"))
}

#[test]
fn every_file_of_the_composition_names_settings_its_service_has() {
    let gateway = gateway::settings::Settings::load(Some(&file("gateway")), Nothing, &[]).unwrap();
    assert_eq!(gateway.services["workorder-svc"].addresses, ["http://workorder-svc:8081"]);
    assert_eq!(gateway.services["workorder-svc"].prefixes.first().unwrap(), "/workorder");
    let orders = workorder_svc::settings::Settings::load(Some(&file("workorder-svc")), Nothing, &[]).unwrap();
    assert_eq!(orders.bpm.urls, ["http://bpm-adapter:8083"]);
    let entities = pe_svc::settings::Settings::load(Some(&file("pe-svc")), Nothing, &[]).unwrap();
    assert_eq!(entities.server.listen.port(), 8082);
    let bpm = bpm_adapter::settings::Settings::load(Some(&file("bpm-adapter")), Nothing, &[]).unwrap();
    assert_eq!(bpm.workorder.urls, ["http://workorder-svc:8081"]);
}
