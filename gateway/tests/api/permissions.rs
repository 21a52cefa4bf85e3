//! Every row of the gateway's endpoint table, tried by everybody.

use shared_model::access::{Access, auth};
use shared_model::permission::RolePermissions;
use shared_model::role::Role;
use test_kit::TestDatabase;

use crate::support::Desk;

#[tokio::test]
async fn every_endpoint_is_open_to_those_who_hold_its_permission_and_to_nobody_else() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let table = RolePermissions::default();
    for role in Role::ALL {
        let client = desk.as_role(role).await;
        for row in auth::ENDPOINTS {
            let path = row.path.replace("{id}", "no-such-account");
            let request = client.request(row.method.name(), &path).header("content-type", "application/json");
            let reply = request.await;
            let missing = row.access.missing(&table, &[role]);
            assert_eq!(
                reply.status == 403,
                missing.is_some(),
                "{role:?} {} {path}: {}",
                row.method.name(),
                reply.text()
            );
            if let Some(permission) = missing {
                assert!(reply["detail"].as_str().unwrap().contains(permission.code()), "{}", reply.text());
            }
        }
    }
}

#[tokio::test]
async fn without_a_token_only_what_is_public_answers() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    for row in auth::ENDPOINTS {
        let path = row.path.replace("{id}", "no-such-account");
        let reply = desk.api.request(row.method.name(), &path).header("content-type", "application/json").await;
        let public = row.access == Access::Public;
        assert_eq!(reply.status == 401, !public, "{} {path}: {}", row.method.name(), reply.text());
    }
}
