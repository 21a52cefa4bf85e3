//! An order takes a dispatch back.

use std::sync::Arc;

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Reply, TestDatabase, TestUser};

use crate::engine::{Engine, OutsideEngine};
use crate::support::{World, dispatch_body};

async fn recall(world: &World, order: i64, attempt: i32) -> Reply {
    let body = json!({"attempt": attempt, "reason": "引擎不可用"});
    world.as_order_service().post(&format!("/internal/orders/{order}/recall")).json(&body).await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_dispatch_is_voided_once_and_for_all(#[case] database: TestDatabase) {
    let engine = OutsideEngine::new(Engine::IsDown);
    let world = World::with(database, Arc::new(engine.clone()), |settings| settings.outbox.budget = 3).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    let dead = world.settled(&task, "deadLetter").await;
    let voided = recall(&world, 1, 1).await.expect(200);
    assert_eq!(voided.body, json!({"outcome": "voided", "taskId": task, "billNo": dead["billNo"]}));
    assert_eq!(recall(&world, 1, 1).await.expect(200).body, voided.body);
    let after = world.task(&task).await;
    assert_eq!((&after["state"], &after["recalled"]), (&json!("deadLetter"), &json!(true)));
    assert_eq!(world.bill_state(1).await, "voided");
    // What was taken back is nothing to be sent again.
    let letters = world.as_user(&TestUser::operator()).get("/bpm/dead-letters").await.expect(200);
    assert_eq!(letters["total"], 0);
    // The next attempt is a dispatch like any other.
    engine.is(Engine::Takes);
    let next = world.as_order_service().post("/internal/dispatches").json(&dispatch_body(1, 2, &TestUser::sa()));
    let next = next.await.expect(202)["taskId"].as_str().unwrap().to_owned();
    world.settled(&next, "dispatched").await;
    assert_eq!(engine.taken().len(), 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_recalled_before_it_came_is_refused_when_it_comes(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    assert_eq!(recall(&world, 1, 1).await.expect(200).body, json!({"outcome": "unknown"}));
    assert_eq!(recall(&world, 1, 1).await.expect(200).body, json!({"outcome": "unknown"}));
    let late = world.as_order_service().post("/internal/dispatches").json(&dispatch_body(1, 1, &TestUser::sa()));
    late.await.expect_problem(409, "dispatch.recalled");
    world.dispatch(2, &TestUser::sa()).await;
    let listed = world.as_user(&TestUser::operator()).get("/bpm/tasks").await.expect(200);
    assert_eq!(listed["total"], 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_somebody_works_on_is_not_recalled(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    recall(&world, 1, 1).await.expect_problem(409, "task.not_dead_letter");
    crate::desk::call(&world.as_user(&TestUser::sa()), &task, "close").await.expect(200);
    recall(&world, 1, 1).await.expect_problem(409, "task.not_dead_letter");
    assert_eq!(world.bill_state(1).await, "closed");
    world
        .as_order_service()
        .post("/internal/orders/x/recall")
        .json(&json!({"attempt": 1, "reason": ""}))
        .await
        .expect_problem(404, "not_found");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_a_dispatch_and_its_recall_at_once_exactly_one_comes_first(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    for order in 1..=20 {
        let api = world.as_order_service();
        let body = dispatch_body(order, 1, &TestUser::sa());
        let (sent, recalled) =
            tokio::join!(async { api.post("/internal/dispatches").json(&body).await }, recall(&world, order, 1));
        match (sent.status, recalled.status) {
            (202, 409) => assert_eq!(recalled["code"], "task.not_dead_letter"),
            (409, 200) => {
                assert_eq!((&sent["code"], &recalled["outcome"]), (&json!("dispatch.recalled"), &json!("unknown")))
            }
            other => panic!("{other:?} {} {}", sent.text(), recalled.text()),
        }
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_engine_is_a_dead_letter_at_once(#[case] database: TestDatabase) {
    let engine = OutsideEngine::new(Engine::Refuses);
    let world = World::with(database, Arc::new(engine), |_| {}).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    let dead = world.settled(&task, "deadLetter").await;
    assert_eq!(dead["deliveries"][0]["outcome"], "refused");
    assert_eq!(recall(&world, 1, 1).await.expect(200)["outcome"], "voided");
    let nothing: Vec<Value> = Vec::new();
    assert_eq!(world.orders.effects_at("/dispatched"), nothing);
}
