//! Who may call what: every endpoint by every role, written by hand.

use rstest::rstest;
use serde_json::json;
use shared_model::access::{self, Access};
use shared_model::role::Role;
use test_kit::{TestDatabase, TestUser};

use crate::support::World;

const MANAGERS: &[Role] = &[Role::EcManager, Role::ProvinceManager, Role::PlatformAdmin];
const APPROVERS: &[Role] = &[Role::GroupManagerAdmin, Role::PlatformAdmin];
const ICP: &[Role] = &[Role::GroupManagerAdmin, Role::Operator, Role::PlatformAdmin];
const FILTER: &[Role] = &[Role::EcManager, Role::ProvinceManager, Role::GroupManagerAdmin, Role::PlatformAdmin];
const READERS: &[Role] = &[
    Role::EcManager,
    Role::ProvinceManager,
    Role::GroupManagerAdmin,
    Role::Sa,
    Role::ProvinceSa,
    Role::GlobalAreaManager,
    Role::Operator,
    Role::PlatformAdmin,
];
const ADMIN: &[Role] = &[Role::PlatformAdmin];

/// Method, path, who may. The bodies name nothing, so whoever may gets past the door and finds nothing there.
const USERS: &[(&str, &str, &[Role])] = &[
    ("GET", "/workorder/filter/product", FILTER),
    ("GET", "/workorder/enterprises", FILTER),
    ("GET", "/workorder/staff", APPROVERS),
    ("GET", "/workorder/reference", &Role::ALL),
    ("POST", "/workorder/custom/save", MANAGERS),
    ("POST", "/workorder/custom/check", MANAGERS),
    ("POST", "/workorder/custom/upload", MANAGERS),
    ("POST", "/workorder/requestDomain/upload", MANAGERS),
    ("POST", "/workorder/custom/deleteFile", MANAGERS),
    ("GET", "/workorder/file/{fileId}", READERS),
    ("GET", "/workorder/batch/template", MANAGERS),
    ("POST", "/workorder/batch/annotated", MANAGERS),
    ("GET", "/workorder/batch/{id}", READERS),
    ("GET", "/workorder/getworkList", READERS),
    ("POST", "/workorder/getworkList", READERS),
    ("GET", "/workorder/export", READERS),
    ("GET", "/workorder/detail", READERS),
    ("GET", "/workorder/explain", READERS),
    ("GET", "/workorder/stats", READERS),
    ("GET", "/workorder/filters", READERS),
    ("PUT", "/workorder/filters", READERS),
    ("DELETE", "/workorder/filters/{id}", READERS),
    ("POST", "/workorder/urge", MANAGERS),
    ("POST", "/workorder/comment", READERS),
    ("GET", "/workorder/modify/detail", MANAGERS),
    ("POST", "/workorder/modify/detail", MANAGERS),
    ("POST", "/workorder/split", MANAGERS),
    ("POST", "/workorder/withdraw", MANAGERS),
    ("POST", "/workorder/approvedecision", APPROVERS),
    ("POST", "/workorder/approvedecision/batch", APPROVERS),
    ("POST", "/workorder/transfer", APPROVERS),
    ("GET", "/workorder/substitute", APPROVERS),
    ("PUT", "/workorder/substitute", APPROVERS),
    ("DELETE", "/workorder/substitute", APPROVERS),
    ("POST", "/workorder/icp/checked", ICP),
    ("POST", "/workorder/recall", ADMIN),
    ("POST", "/tmf-api/serviceOrdering/v4/serviceOrder", MANAGERS),
    ("GET", "/tmf-api/serviceOrdering/v4/serviceOrder", READERS),
    ("GET", "/tmf-api/serviceOrdering/v4/serviceOrder/{id}", READERS),
    ("PATCH", "/tmf-api/serviceOrdering/v4/serviceOrder/{id}", MANAGERS),
    ("DELETE", "/tmf-api/serviceOrdering/v4/serviceOrder/{id}", MANAGERS),
    ("POST", "/tmf-api/serviceOrdering/v4/cancelServiceOrder", MANAGERS),
    ("GET", "/tmf-api/serviceOrdering/v4/cancelServiceOrder", READERS),
    ("GET", "/tmf-api/serviceOrdering/v4/cancelServiceOrder/{id}", READERS),
    ("POST", "/tmf-api/serviceOrdering/v4/hub", ADMIN),
    ("DELETE", "/tmf-api/serviceOrdering/v4/hub/{id}", ADMIN),
    ("GET", "/workorder/notices", &Role::ALL),
    ("GET", "/workorder/notices/unread", &Role::ALL),
    ("POST", "/workorder/notices/read", &Role::ALL),
    ("GET", "/workorder/notices/stream", &Role::ALL),
    ("GET", "/workorder/notices/preference", &Role::ALL),
    ("PUT", "/workorder/notices/preference", &Role::ALL),
    ("GET", "/workorder/dead-letters", ADMIN),
    ("POST", "/workorder/dead-letters/{id}/replay", ADMIN),
];
const SERVICES: &[(&str, &str)] = &[
    ("PUT", "/internal/accounts"),
    ("PUT", "/internal/enterprise-products"),
    ("POST", "/internal/dispatches/list"),
    ("POST", "/internal/orders/{id}/dispatched"),
    ("POST", "/internal/orders/{id}/stage-feedback"),
    ("POST", "/internal/orders/{id}/rollback"),
    ("POST", "/internal/orders/{id}/close"),
    ("POST", "/internal/orders/{id}/reassigned"),
    ("GET", "/internal/openapi.json"),
];

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_opens_to_exactly_its_roles(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    for (method, path, allowed) in USERS {
        // A stream that began would not end.
        let path = path.replace("/stream", "/stream?lastEventId=none");
        let path = path.replace("{fileId}", "none").replace("{id}", "7");
        let send = |api: test_kit::Client| api.request(method, &path).json(&json!({"nothing": 1}));
        send(world.api()).await.expect_problem(401, "auth.token_invalid");
        send(world.as_bpm()).await.expect_problem(401, "auth.token_invalid");
        for role in Role::ALL {
            let reply = send(world.as_user(&TestUser::new(role))).await;
            if allowed.contains(&role) {
                let past_the_door = [200, 204, 400, 404, 415, 422];
                assert!(past_the_door.contains(&reply.status), "{role:?} {method} {path}: {}", reply.text());
            } else {
                let refused = reply.expect_problem(403, "auth.forbidden");
                assert!(refused["detail"].as_str().unwrap().contains("WO_"), "{}", refused.text());
            }
        }
    }
    assert_eq!(world.orders().await, 0);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_between_services_opens_to_service_tokens_alone(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    for (method, path) in SERVICES {
        let path = path.replace("{id}", "7");
        let send = |api: test_kit::Client| api.request(method, &path).json(&json!({}));
        send(world.api()).await.expect_problem(401, "auth.token_invalid");
        send(world.as_user(&TestUser::platform_admin())).await.expect_problem(401, "auth.token_invalid");
        let reply = send(world.as_bpm()).await;
        assert!([200, 400].contains(&reply.status), "{method} {path}: {}", reply.text());
    }
    world.as_user(&TestUser::platform_admin()).get("/workorder/nothing").await.expect_problem(404, "not_found");
    let other = world.as_user(&TestUser::platform_admin()).delete("/workorder/custom/save").await;
    other.expect_problem(405, "method_not_allowed");
}

#[test]
fn the_tables_above_name_every_endpoint() {
    let mut here: Vec<(&str, &str)> = USERS.iter().map(|(method, path, _)| (*method, *path)).collect();
    here.extend(SERVICES);
    here.sort_unstable();
    let rows = access::workorder::ENDPOINTS.iter().filter(|row| row.access != Access::Public);
    let mut there: Vec<_> = rows.map(|row| (row.method.name(), row.path)).collect();
    there.sort_unstable();
    assert_eq!(here, there);
}
