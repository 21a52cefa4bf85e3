//! The audit log: rule 12, and that it cannot be altered unnoticed.

use diesel::connection::SimpleConnection;
use rstest::rstest;
use serde_json::{Value, json};
use shared_model::server::database::StoreError;
use test_kit::TestDatabase::{self, Postgres, Sqlite};
use test_kit::{TestUser, eventually};

use crate::support::{ENTITIES, World};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_12_every_change_audit_and_refusal_is_written_down(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let id = world.approved_entity().await;
    world.owner().delete(&format!("{ENTITIES}/mine/{id}")).await.expect(204);
    let log = world.operator().get("/pe/audit-log").query("resource", "public-entities").await.expect(200);
    let lines = log["data"].as_array().unwrap();
    let actions: Vec<&Value> = lines.iter().map(|line| &line["action"]).collect();
    assert_eq!(actions, ["delete", "audit", "create"]);
    assert_eq!(lines[1]["before"]["auditStatus"], "pending");
    assert_eq!(lines[1]["after"]["auditStatus"], "approved");
    assert_eq!(lines[1]["actorId"], json!(TestUser::operator().id()));
    assert!(lines[1]["at"].as_str().unwrap().ends_with("+08:00"));
    world.user().put(ENTITIES).json(&world.entity_body().await).await.expect(403);
    let refused = eventually("the refusal is in the log", || async {
        let log = world.operator().get("/pe/audit-log").query("action", "refused").await.expect(200);
        (log["total"] == 1).then(|| log["data"][0].clone())
    })
    .await;
    assert_eq!(refused["actorId"], json!(TestUser::user().id()));
    assert_eq!(refused["after"]["permission"], "PE_PublicEntity_AddAndUpdate");
    world.owner().get("/pe/audit-log").await.expect_problem(403, "auth.forbidden");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_altered_line_is_named(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    for _ in 0..3 {
        world.approved_entity().await;
    }
    let first_altered = || async {
        world.db.read(|conn| pe_svc::audit_log::first_altered(conn).map_err(StoreError::from)).await.unwrap()
    };
    assert_eq!(first_altered().await, None);
    let execute = |sql: &'static str| world.db.write(move |conn| conn.batch_execute(sql).map_err(StoreError::from));
    let forge = "UPDATE audit_log SET actor_name = '别人' WHERE id = 4";
    assert!(execute(forge).await.is_err(), "the table refuses it");
    match on {
        Sqlite => execute("DROP TRIGGER audit_log_no_update; DROP TRIGGER audit_log_no_delete").await.unwrap(),
        Postgres => execute("DROP TRIGGER audit_log_no_change ON audit_log").await.unwrap(),
    }
    execute(forge).await.unwrap();
    assert_eq!(first_altered().await.unwrap().id, 4);
    execute("UPDATE audit_log SET actor_name = '运营甲' WHERE id = 4").await.unwrap();
    execute("DELETE FROM audit_log WHERE id = 7").await.unwrap();
    let altered = first_altered().await.unwrap().id;
    assert!(altered == 4 || altered == 7, "{altered}");
}
