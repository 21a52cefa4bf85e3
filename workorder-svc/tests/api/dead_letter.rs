//! What could not be delivered is listed, and sent again.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Client, TestDatabase, TestUser, eventually};

use crate::bpm_side::Mood;
use crate::support::World;

async fn letters(admin: &Client) -> Vec<Value> {
    let listed = admin.get("/workorder/dead-letters").await.expect(200);
    listed["data"].as_array().unwrap().clone()
}

/// Waits for the one dead letter.
async fn the_letter(admin: &Client) -> Value {
    eventually("there is a dead letter", || async { letters(admin).await.into_iter().next() }).await
}

async fn approved(world: &World, domain: &str) -> i64 {
    let id = world.approving(&TestUser::ec_manager(), domain).await;
    world.approve(id).await.expect(200);
    id
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_that_was_given_up_is_seen_and_sent_again_once(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.outbox.budget = 2).await;
    let admin = world.as_user(&TestUser::platform_admin());
    assert_eq!(letters(&admin).await, Vec::<Value>::new());
    world.bpm.is(Mood::Down);
    let id = approved(&world, "a.example.cn").await;
    let letter = the_letter(&admin).await;
    assert_eq!((&letter["kind"], &letter["state"]), (&json!("dispatch"), &json!("dead")));
    assert_eq!((&letter["orderId"], &letter["attempts"]), (&json!(id), &json!(2)));
    assert_eq!(letter["orderCode"], world.order(id).await.code);
    assert!(letter["lastError"].as_str().unwrap().contains("bpm-adapter"), "{letter}");
    world.bpm.is(Mood::Yes);
    let path = format!("/workorder/dead-letters/{}/replay", letter["id"].as_str().unwrap());
    let replay = || admin.post(&path).idempotency_key("again-1");
    assert_eq!(replay().await.expect(200)["state"], "pending");
    world.task_is_known(id).await;
    assert_eq!(replay().await.expect(200).header("idempotency-replayed"), Some("true"));
    admin.post(&path).await.expect_problem(409, "task.not_dead_letter");
    admin.post("/workorder/dead-letters/none/replay").await.expect_problem(404, "not_found");
    assert_eq!(letters(&admin).await, Vec::<Value>::new());
    world.event(id, "close", "e-1", json!({})).await.expect(200);
    assert_eq!(world.order(id).await.attempt, 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_its_order_has_taken_back_is_not_sent_again(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.outbox.budget = 2).await;
    let admin = world.as_user(&TestUser::platform_admin());
    world.bpm.is(Mood::Down);
    let id = approved(&world, "a.example.cn").await;
    let letter = the_letter(&admin).await;
    world.bpm.is(Mood::NeverArrived);
    let body = json!({"id": id, "reason": "未送达"});
    admin.post("/workorder/recall").json(&body).await.expect(200);
    assert_eq!(letters(&admin).await, Vec::<Value>::new());
    let path = format!("/workorder/dead-letters/{}/replay", letter["id"].as_str().unwrap());
    admin.post(&path).await.expect_problem(409, "task.not_dead_letter");
}
