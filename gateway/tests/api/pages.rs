//! What browsers and operators are given.

use std::time::Duration;

use gateway::readiness::ReadyGate;
use shared_model::server::clock::Clock;
use test_kit::{Client, TestDatabase, eventually};
use wiremock::matchers::{header_regex, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Desk, settings};

#[tokio::test]
async fn pages_come_with_headers_that_let_nothing_foreign_in() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    for path in ["/app/", "/app/orders/347652", "/docs/"] {
        let page = desk.api.get(path).await.expect(200);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self';"), "{path}: {policy}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert!(page.header("referrer-policy").is_some() && page.header("x-request-id").is_some());
    }
    for (from, to) in [("/", "/app/"), ("/app", "/app/"), ("/docs", "/docs/")] {
        assert_eq!(desk.api.get(from).await.expect(302).header("location"), Some(to));
    }
    for missing in
        ["/app/missing.js", "/app/assets/x", "/docs/missing.js", "/nothing", "/metrics", "/internal/accounts"]
    {
        desk.api.get(missing).await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn the_documents_page_is_whole_and_asks_no_other_host() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let page = desk.api.get("/docs/").await.expect(200).text();
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("<script>"), "{page}");
    let start = desk.api.get("/docs/swagger-initializer.js").await.expect(200).text();
    assert!(start.contains("/openapi.json"), "{start}");
    assert!(desk.api.get("/docs/swagger-ui-bundle.js").await.expect(200).bytes.len() > 100_000);
}

#[tokio::test]
async fn problems_are_in_the_readers_language_and_carry_the_requests_id() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let chinese = desk.api.get("/nothing").header("x-request-id", "my-request.1").await.expect(404);
    assert_eq!((&chinese["title"], &chinese["requestId"]), (&"未找到".into(), &"my-request.1".into()));
    assert_eq!(chinese.header("x-request-id"), Some("my-request.1"));
    let english = desk.api.get("/nothing").in_english().header("x-request-id", "bad id").await.expect(404);
    assert_eq!(english["title"], "Not found");
    assert_ne!(english["requestId"], "bad id");
}

async fn service(ready: bool) -> MockServer {
    let server = MockServer::start().await;
    let status = if ready { 200 } else { 503 };
    Mock::given(path("/readyz")).respond_with(ResponseTemplate::new(status)).mount(&server).await;
    Mock::given(path("/healthz")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    Mock::given(method("PUT"))
        .and(path("/internal/accounts"))
        .and(header_regex("authorization", "^Bearer "))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn the_stack_is_ready_when_every_service_is_and_knows_the_accounts_and_the_gate_is_open() {
    let database = TestDatabase::Sqlite.create();
    let mut settings = settings(&database, &database.folder().join("keys"));
    let servers = [service(true).await, service(true).await, service(true).await];
    for (settings, server) in settings.services.values_mut().zip(&servers) {
        settings.addresses = vec![server.uri()];
    }
    let gate = ReadyGate::closed();
    let application = gateway::Application::build_with(settings, Clock::system(), gate.clone()).await.unwrap();
    let (api, stopper, identity) = (Client::new(application.address()), application.stopper(), application.identity());
    tokio::spawn(application.run_until_stopped());
    let waiting = eventually("only the gate is closed", || async {
        let report = api.get("/readyz").await.expect_problem(503, "service.unavailable");
        let open: Vec<String> = report["dependencies"]
            .as_array()?
            .iter()
            .filter(|dependency| dependency["ready"] == false)
            .map(|dependency| dependency["name"].to_string())
            .collect();
        (open == ["\"data\""]).then_some(report)
    });
    assert_eq!(waiting.await["dependencies"].as_array().unwrap().len(), 6);
    gate.open();
    let ready = api.get("/readyz").await.expect(200);
    assert_eq!(ready["ready"], true);

    let pushes = || async {
        let requests = servers[0].received_requests().await.unwrap();
        requests.iter().filter(|request| request.url.path() == "/internal/accounts").count()
    };
    let before = pushes().await;
    identity.account_changed().await.unwrap();
    eventually("a change is pushed at once", || async { (pushes().await > before).then_some(()) }).await;
    tokio::time::timeout(Duration::from_secs(5), stopper.stop()).await.unwrap();
}

#[tokio::test]
async fn the_document_has_every_services_part_and_keeps_it_when_the_service_goes() {
    let database = TestDatabase::Sqlite.create();
    let pe = service(true).await;
    let part =
        serde_json::json!({"openapi": "3.1.0", "paths": {"/pe/pe-types": {"get": {}}, "/internal/x": {"get": {}}}});
    Mock::given(path("/internal/openapi.json"))
        .respond_with(ResponseTemplate::new(200).set_body_json(part))
        .mount(&pe)
        .await;
    let desk = Desk::start_with(database, |settings| {
        settings.services.get_mut("pe-svc").unwrap().addresses = vec![pe.uri()];
    })
    .await;
    let document = desk.api.get("/openapi.json").await.expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    assert!(
        paths.contains_key("/pe/pe-types") && paths.contains_key("/auth/login") && !paths.contains_key("/internal/x")
    );
    drop(pe);
    let document = desk.api.get("/openapi.json").await.expect(200);
    assert!(document["paths"].as_object().unwrap().contains_key("/pe/pe-types"));
}
