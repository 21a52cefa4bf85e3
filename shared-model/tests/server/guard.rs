//! The guard and the outer layer, over a real connection: no row, no way; and every error is a problem body.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde_json::json;
use shared_model::access::{Access, Endpoint, Method};
use shared_model::account::{Account, Directory};
use shared_model::permission::{Permission, RolePermissions};
use shared_model::role::Role;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Json, Query};
use shared_model::server::caller::{Caller, ServiceCaller};
use shared_model::server::database::SHARED_MIGRATIONS;
use shared_model::server::directory::StaffDirectory;
use shared_model::server::http::{HttpService, HttpSettings};
use shared_model::server::readiness::Readiness;
use shared_model::server::settings::ServerSettings;
use shared_model::server::token::ServiceName;
use test_kit::{Client, TestDatabase, TestUser, issuer, service_bearer, service_keys};

const fn row(method: Method, path: &'static str, access: Access) -> Endpoint {
    Endpoint { method, path, access }
}

static ENDPOINTS: &[Endpoint] = &[
    row(Method::Get, "/open", Access::Public),
    row(Method::Get, "/me", Access::AnyUser),
    row(Method::Post, "/orders", Access::Needs(Permission::WoOrderSave)),
    row(Method::Post, "/internal/thing", Access::Internal),
    row(Method::Get, "/readyz", Access::Public),
    row(Method::Get, "/metrics", Access::Public),
];

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Paging {
    size: Option<i64>,
}

struct Running {
    api: Client,
    staff: StaffDirectory,
    _own: test_kit::OwnDatabase,
}

async fn running(ready: bool) -> Running {
    let (own, db) = TestDatabase::Sqlite.migrated(&[&SHARED_MIGRATIONS]);
    let staff = StaffDirectory::new(db);
    let settings = HttpSettings {
        name: ServiceName::PeSvc,
        server: ServerSettings {
            listen: "127.0.0.1:0".parse().unwrap(),
            workers: 1,
            shutdown_seconds: 1,
            json_limit_bytes: 1024,
            upload_limit_bytes: 1024,
        },
        access: ENDPOINTS,
        verifier: issuer().verifier(),
        service_keys: service_keys(),
        permissions: Arc::new(RolePermissions::default()),
        staff: Some(staff.clone()),
        readiness: Readiness::new()
            .check("thing", move || async move { if ready { Ok(()) } else { Err("not yet".to_owned()) } }),
        openapi: json!({}),
        on_forbidden: None,
    };
    let http = HttpService::start(settings, |config| {
        config
            .route(
                "/open",
                web::get().to(|Query(paging): Query<Paging>| async move {
                    HttpResponse::Ok().json(json!({ "size": paging.size }))
                }),
            )
            .route(
                "/me",
                web::get().to(|caller: Caller| async move { HttpResponse::Ok().json(json!({ "id": caller.id() })) }),
            )
            .route("/orders", web::post().to(|Json(body): Json<serde_json::Value>| async move { Answer::ok(&body) }))
            .route(
                "/internal/thing",
                web::post().to(|service: ServiceCaller| async move {
                    HttpResponse::Ok().json(json!({ "from": service.name }))
                }),
            )
            .route("/forgotten", web::get().to(HttpResponse::Ok));
    })
    .unwrap();
    let api = Client::new(http.address());
    tokio::spawn(http.run());
    Running { api, staff, _own: own }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_without_a_row_in_the_table_is_out_of_reach() {
    let api = running(true).await.api;
    api.get("/forgotten").await.expect_problem(404, "not_found");
    let refused = api.request("DELETE", "/me").await.expect_problem(405, "method_not_allowed");
    assert_eq!(refused.header("allow"), Some("GET"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_open_what_their_kind_and_permissions_allow() {
    let Running { api, staff, _own } = running(true).await;
    let (manager, user) = (TestUser::ec_manager(), TestUser::new(Role::User));
    let nobody = api.get("/me").await.expect_problem(401, "auth.token_invalid");
    assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
    api.with_bearer("Bearer a.b.c").get("/me").await.expect_problem(401, "auth.token_invalid");
    assert_eq!(api.as_user(&manager).get("/me").await.expect(200)["id"], manager.account.id.as_str());
    let refused = api.as_user(&user).post("/orders").json(&json!({})).await.expect_problem(403, "auth.forbidden");
    assert!(refused["detail"].as_str().unwrap().contains("WO_Order_Save"));
    api.as_user(&manager).post("/orders").json(&json!({})).await.expect(200);

    let service = service_bearer(ServiceName::Gateway, ServiceName::PeSvc);
    let other = service_bearer(ServiceName::Gateway, ServiceName::BpmAdapter);
    assert_eq!(api.with_bearer(&service).post("/internal/thing").await.expect(200)["from"], "gateway");
    api.with_bearer(&other).post("/internal/thing").await.expect_problem(401, "auth.token_invalid");
    api.as_user(&manager).post("/internal/thing").await.expect_problem(401, "auth.token_invalid");
    api.with_bearer(&service).get("/me").await.expect_problem(401, "auth.token_invalid");

    let gone = Account { enabled: false, ..manager.account.clone() };
    staff.put(Directory { accounts: vec![gone], taken_at: chrono::Utc::now() }).await.unwrap();
    api.as_user(&manager).get("/me").await.expect_problem(401, "auth.token_invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_another_issuer_audience_or_day_are_refused() {
    let api = running(true).await.api;
    let claims = issuer().claims(&TestUser::ec_manager().account);
    let mut wrong = vec![claims.clone(), claims.clone(), claims.clone()];
    wrong[0].iss = "somebody else".into();
    wrong[1].aud = "another desk".into();
    wrong[2].exp = claims.iat - 1;
    for claims in wrong {
        api.with_bearer(&issuer().sign(&claims)).get("/me").await.expect_problem(401, "auth.token_invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_answered_with_its_place_and_in_the_readers_language() {
    let api = running(true).await.api;
    let manager = api.as_user(&TestUser::ec_manager());
    let broken = manager.post("/orders").body("application/json", "{\"a\":\n oops}").await;
    let broken = broken.expect_problem(400, "request.malformed");
    assert_eq!((&broken["errors"][0]["line"], &broken["errors"][0]["column"]), (&json!(2), &json!(2)));
    manager.post("/orders").body("text/plain", "{}").await.expect_problem(415, "unsupported_media_type");
    manager.post("/orders").json(&json!("x".repeat(2000))).await.expect_problem(413, "request.too_large");
    api.get("/open?size=many").await.expect_problem(400, "request.invalid");
    api.get("/open?colour=1").await.expect_problem(400, "request.invalid");
    let english = api.get("/me").in_english().await;
    assert_eq!((english.header("content-language"), english["title"].as_str().unwrap().is_ascii()), (Some("en"), true));
    let chinese = api.get("/me").await;
    assert!(!chinese["title"].as_str().unwrap().is_ascii());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_id_is_taken_over_or_made_and_names_the_problem() {
    let api = running(true).await.api;
    let taken = api.get("/me").header("x-request-id", "desk-12345").await;
    assert_eq!((taken.header("x-request-id"), &taken["requestId"]), (Some("desk-12345"), &json!("desk-12345")));
    let made = api.get("/open").header("x-request-id", "no").await.expect(200);
    assert!(made.header("x-request-id").unwrap().len() >= 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_answered_like_get_without_its_body() {
    let api = running(true).await.api;
    let head = api.request("HEAD", "/open").await.expect(200);
    assert_eq!((head.header("content-length"), head.bytes.len()), (Some("13"), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_names_what_is_missing_and_metrics_name_routes() {
    let api = running(false).await.api;
    let report = api.get("/readyz").await.expect_problem(503, "service.unavailable");
    assert_eq!(report["dependencies"], json!([{ "name": "thing", "ready": false, "detail": "not yet" }]));
    api.get("/open").await.expect(200);
    let metrics = api.get("/metrics").await.expect(200).text();
    assert!(metrics.contains("route=\"/open\""), "{metrics}");
    running(true).await.api.get("/readyz").await.expect(200);
}
