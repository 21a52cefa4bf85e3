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

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_record_and_a_deletion_of_all_every_one_of_them(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let (first, second) = (world.approved_entity().await, world.approved_entity().await);
    let gone = world.pending_entity().await["id"].clone();
    world.owner().delete(&format!("{ENTITIES}/mine/{gone}")).await.expect(204);
    world.user().get("/pe/pe-members/17").await.expect(403);
    let refused = eventually("the refusal is in the log", || async {
        let log = world.operator().get("/pe/audit-log").query("action", "refused").await.expect(200);
        (log["total"] == 1).then(|| log["data"][0].clone())
    })
    .await;
    assert_eq!((&refused["resource"], &refused["recordId"]), (&json!("pe-members"), &json!("17")));
    world.platform().delete(ENTITIES).header("x-confirm", "delete-all").await.expect(200);
    let log = world.operator().get("/pe/audit-log").query("action", "deleteAll").await.expect(200);
    assert_eq!(log["data"][0]["before"], json!({ "ids": [first, second] }));
    assert_eq!(log["data"][0]["after"], json!({ "deleted": 2 }));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_no_line_can_match_is_a_mistake(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let log = |name: &'static str, value: &'static str| world.operator().get("/pe/audit-log").query(name, value);
    let both = log("resource", "x").query("action", "y").query("from", "soon").query("pageSize", "0").await;
    let faults = ["/pageSize", "/from", "/resource", "/action"].map(|pointer| format!("{pointer} request.invalid"));
    assert_eq!(both.expect_problem(400, "request.invalid").faults(), faults);
    for resource in ["pe-types", "files", "setup", "audit-log", "review-queue"] {
        log("resource", resource).await.expect(200);
    }
    assert!(log("action", "setup").await.expect(200)["total"].as_i64().unwrap() > 0);
}
