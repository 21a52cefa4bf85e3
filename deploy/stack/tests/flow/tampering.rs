//! `verify` finds what somebody changed behind the services' backs.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::json;
use test_kit::{TestDatabase, fixtures};

use crate::stack::{How, Stack, approve, desk, submit, task_at_desk, until_status};

#[tokio::test]
async fn each_kind_of_tampering_is_found_and_named() {
    let mut stack = Stack::start(TestDatabase::Sqlite, How::default()).await;
    let (manager, admin) = (stack.log_in("ec.manager").await, stack.log_in("group.admin").await);
    let sa = stack.log_in("sa").await;
    let id = submit(&manager, &fixtures::domain_request()).await;
    until_status(&manager, id, "approving").await;
    approve(&admin, id).await;
    let task = task_at_desk(&sa, id).await;
    desk(&sa, &task, "close", &json!({"message": ""})).await;
    until_status(&manager, id, "finished").await;
    let pe_admin = stack.log_in("platform.admin").await;
    pe_admin.put("/pe/pe-types").json(&json!({"code": "x", "name": "其他", "registrationNumberKind": "free"})).await;
    stack.expect_agreement();

    let changes = [
        ("workorder", "UPDATE work_order SET status = 'approving' WHERE status = 'finished'", "work_order"),
        ("workorder", "UPDATE work_order SET status = 'finished' WHERE status = 'approving'", ""),
        ("workorder", "DELETE FROM self_service_domain_config WHERE source = 'order'", "domain 20250822110828"),
        ("bpm", "UPDATE bill SET state = 'issued'", "bill"),
        // Whoever gets past the trigger does not get past the chain.
        (
            "pe",
            "DROP TRIGGER audit_log_no_update; UPDATE audit_log SET actor_name = '某人' WHERE id = (SELECT max(id) FROM audit_log)",
            "audit_log",
        ),
    ];
    for (database, change, found) in changes {
        let file = stack.database_file(database);
        let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        conn.batch_execute(change).unwrap();
        drop(conn);
        let verified = stack.verify();
        let said = String::from_utf8(verified.stdout).unwrap();
        if found.is_empty() {
            assert!(verified.status.success(), "{change}: {said}");
        } else {
            assert_eq!(verified.status.code(), Some(1), "{change}: {said}");
            assert!(said.contains(found), "{change}: {said}");
        }
    }
}
