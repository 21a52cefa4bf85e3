//! Who may call what: every endpoint by every role, written by hand.

use rstest::rstest;
use serde_json::json;
use shared_model::access::{self, Access};
use shared_model::role::Role;
use test_kit::{TestDatabase, TestUser};

use crate::support::World;

const DESK: &[Role] = &[Role::Sa, Role::ProvinceSa, Role::GlobalAreaManager, Role::PlatformAdmin];
const READERS: &[Role] = &[Role::Sa, Role::ProvinceSa, Role::GlobalAreaManager, Role::Operator, Role::PlatformAdmin];
const OPERATIONS: &[Role] = &[Role::Operator, Role::PlatformAdmin];

/// Method, path, who may. The ids name nothing, so whoever may gets past the door and finds nothing there.
const USERS: &[(&str, &str, &[Role])] = &[
    ("GET", "/bpm/tasks", READERS),
    ("GET", "/bpm/tasks/{id}", READERS),
    ("POST", "/bpm/tasks/{id}/stage-feedback", DESK),
    ("POST", "/bpm/tasks/{id}/rollback", DESK),
    ("POST", "/bpm/tasks/{id}/close", DESK),
    ("POST", "/bpm/tasks/{id}/reassign", OPERATIONS),
    ("GET", "/bpm/bills", OPERATIONS),
    ("GET", "/bpm/bills/export", OPERATIONS),
    ("GET", "/bpm/reconcile", OPERATIONS),
    ("POST", "/bpm/reconcile/repair", OPERATIONS),
    ("GET", "/bpm/dead-letters", OPERATIONS),
    ("POST", "/bpm/dead-letters/{id}/replay", OPERATIONS),
    ("POST", "/bpm/dead-letters/{id}/discard", OPERATIONS),
];
const CALLBACKS: &[&str] = &[
    "/bpm/callbacks/stage-feedback",
    "/bpm/callbacks/rollback",
    "/bpm/callbacks/close",
    "/bpm/callbacks/product-orders",
];
const SERVICES: &[(&str, &str)] = &[
    ("PUT", "/internal/accounts"),
    ("POST", "/internal/dispatches"),
    ("POST", "/internal/orders/{id}/recall"),
    ("GET", "/internal/openapi.json"),
];

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_opens_to_exactly_its_roles(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    for (method, path, allowed) in USERS {
        let path = path.replace("{id}", "none");
        let send = |api: test_kit::Client| api.request(method, &path).json(&json!({}));
        send(world.api()).await.expect_problem(401, "auth.token_invalid");
        send(world.as_order_service()).await.expect_problem(401, "auth.token_invalid");
        for role in Role::ALL {
            let reply = send(world.as_user(&TestUser::new(role))).await;
            if allowed.contains(&role) {
                assert!([200, 400, 404].contains(&reply.status), "{role:?} {method} {path}: {}", reply.text());
            } else {
                let refused = reply.expect_problem(403, "auth.forbidden");
                assert!(refused["detail"].as_str().unwrap().contains("BPM_"), "{}", refused.text());
            }
        }
    }
    for (method, path) in SERVICES {
        let path = path.replace("{id}", "none");
        for role in Role::ALL {
            let api = world.as_user(&TestUser::new(role));
            api.request(method, &path).json(&json!({})).await.expect_problem(401, "auth.token_invalid");
        }
        assert_ne!(world.as_order_service().request(method, &path).json(&json!({})).await.status, 401, "{path}");
    }
    for path in CALLBACKS {
        for role in Role::ALL {
            let api = world.as_user(&TestUser::new(role));
            api.post(path).json(&json!({})).await.expect_problem(401, "callback.signature_invalid");
        }
    }
}

#[test]
fn the_tables_above_name_every_endpoint() {
    let mut rows = [0, 0, 0];
    for row in access::bpm::ENDPOINTS {
        let (group, listed) = match row.access {
            Access::Internal => (0, SERVICES.contains(&(row.method.name(), row.path))),
            Access::Public if row.path.starts_with("/bpm/") => (1, CALLBACKS.contains(&row.path)),
            Access::Public => continue,
            Access::AnyUser | Access::Needs(_) | Access::NeedsAny(_) | Access::NeedsAll(_) => {
                (2, USERS.iter().any(|(method, path, _)| (*method, *path) == (row.method.name(), row.path)))
            }
        };
        assert!(listed, "{} {} stands in no table", row.method.name(), row.path);
        rows[group] += 1;
    }
    assert_eq!(rows, [SERVICES.len(), CALLBACKS.len(), USERS.len()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_says_that_it_is_alive_and_ready_and_what_it_offers() {
    let world = World::new(TestDatabase::Sqlite).await;
    world.api().get("/healthz").await.expect(200);
    assert_eq!(world.api().get("/readyz").await.expect(200)["dependencies"][0]["name"], "database");
    world.api().get("/metrics").await.expect(200);
    let document = world.as_gateway().get("/internal/openapi.json").await.expect(200);
    assert!(document["paths"]["/bpm/tasks"]["get"].is_object());
}
