//! What could not be delivered is seen and sent again.

use std::sync::Arc;

use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, TestUser, eventually};

use crate::desk::call;
use crate::engine::{Engine, OutsideEngine};
use crate::order_service::Mood;
use crate::support::World;

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_event_given_up_is_a_dead_letter_and_its_replay_ends_the_task(#[case] database: TestDatabase) {
    let world = World::with(database, Arc::new(bpm_adapter::driver::embedded::Embedded), |settings| {
        settings.outbox.budget = 3;
    })
    .await;
    let (api, operator) = (world.as_user(&TestUser::sa()), world.as_user(&TestUser::operator()));
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    world.orders.is(Mood::Down);
    call(&api, &task, "close").await.expect(202);
    let letter = eventually("a dead letter", || async {
        let listed = operator.get("/bpm/dead-letters").await.expect(200);
        (listed["total"] == 1).then(|| listed["data"][0].clone())
    })
    .await;
    assert_eq!(
        (&letter["kind"], &letter["taskId"], &letter["orderId"]),
        (&json!("task.close"), &json!(task), &json!(1))
    );
    assert_eq!((&letter["attempts"], &letter["state"]), (&json!(3), &json!("dead")));
    // It may still be sent again, so nothing else may end the task meanwhile; and the desk is told whom to ask.
    let barred = call(&api, &task, "rollback").await.expect_problem(409, "task.state_conflict");
    assert!(barred["detail"].as_str().unwrap().contains("死信"), "{}", barred.text());
    world.orders.is(Mood::Yes);
    let replay = format!("/bpm/dead-letters/{}/replay", letter["id"].as_str().unwrap());
    assert_eq!(operator.post(&replay).await.expect(200)["state"], "pending");
    world.settled(&task, "closed").await;
    assert_eq!(world.bill_state(1).await, "closed");
    operator.post(&replay).await.expect_problem(409, "task.not_dead_letter");
    operator.post("/bpm/dead-letters/none/replay").await.expect_problem(404, "not_found");
    assert_eq!(operator.get("/bpm/dead-letters").await.expect(200)["total"], 0);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_close_that_can_never_be_delivered_is_discarded_and_the_task_is_closed_anew(#[case] database: TestDatabase) {
    let world = World::with(database, Arc::new(bpm_adapter::driver::embedded::Embedded), |settings| {
        settings.outbox.budget = 2;
    })
    .await;
    let (api, operator) = (world.as_user(&TestUser::sa()), world.as_user(&TestUser::operator()));
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    world.orders.is(Mood::Down);
    call(&api, &task, "close").await.expect(202);
    let letter = eventually("a dead letter", || async {
        let listed = operator.get("/bpm/dead-letters").await.expect(200);
        (listed["total"] == 1).then(|| listed["data"][0]["id"].as_str().unwrap().to_owned())
    })
    .await;
    let path = format!("/bpm/dead-letters/{letter}/discard");
    let discard =
        |key: &str, reason: &str| operator.post(&path).idempotency_key(key).json(&json!({ "reason": reason }));
    discard("d-1", " ").await.expect_problem(422, "order.comment_required");
    call(&api, &task, "close").await.expect_problem(409, "task.state_conflict");
    assert_eq!(discard("d-2", "内容有误").await.expect(200)["state"], "cancelled");
    assert_eq!(discard("d-2", "内容有误").await.expect(200).header("idempotency-replayed"), Some("true"));
    discard("d-3", "再来").await.expect_problem(409, "task.not_dead_letter");
    operator.post(&format!("/bpm/dead-letters/{letter}/replay")).await.expect_problem(409, "task.not_dead_letter");
    let open = world.settled(&task, "dispatched").await;
    let last = open["deliveries"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["kind"], &last["outcome"]), (&json!("close"), &json!("discarded")));
    assert!(last["detail"].as_str().unwrap().ends_with("：内容有误"), "{last}");
    assert_eq!(operator.get("/bpm/dead-letters").await.expect(200)["total"], 0);
    world.orders.is(Mood::Yes);
    call(&api, &task, "close").await.expect(200);
    world.settled(&task, "closed").await;
    assert_eq!(world.orders.effects(), ["dispatched", "close"]);
    assert_eq!(world.bill_state(1).await, "closed");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_is_recalled_by_its_order_and_not_discarded(#[case] database: TestDatabase) {
    let world =
        World::with(database, Arc::new(OutsideEngine::new(Engine::IsDown)), |settings| settings.outbox.budget = 2)
            .await;
    let operator = world.as_user(&TestUser::operator());
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "deadLetter").await;
    let letter = operator.get("/bpm/dead-letters").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let discard = operator.post(&format!("/bpm/dead-letters/{letter}/discard")).json(&json!({ "reason": "x" })).await;
    discard.expect_problem(409, "conflict");
    assert_eq!(operator.get("/bpm/dead-letters").await.expect(200)["total"], 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite, Engine::IsDown)]
#[case::postgres(TestDatabase::Postgres, Engine::IsDown)]
#[case::sqlite_refused(TestDatabase::Sqlite, Engine::Refuses)]
#[case::postgres_refused(TestDatabase::Postgres, Engine::Refuses)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_the_engine_never_took_is_queued_again_by_its_replay(
    #[case] database: TestDatabase,
    #[case] mood: Engine,
) {
    let engine = OutsideEngine::new(mood);
    let world = World::with(database, Arc::new(engine.clone()), |settings| settings.outbox.budget = 2).await;
    let operator = world.as_user(&TestUser::operator());
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "deadLetter").await;
    let letter = operator.get("/bpm/dead-letters").await.expect(200)["data"][0].clone();
    assert_eq!((&letter["destination"], &letter["taskId"]), (&json!("engine"), &json!(task)));
    engine.is(Engine::Takes);
    let replay = format!("/bpm/dead-letters/{}/replay", letter["id"].as_str().unwrap());
    let again = || operator.post(&replay).idempotency_key("again");
    again().await.expect(200);
    assert_eq!(again().await.expect(200).header("idempotency-replayed"), Some("true"));
    world.settled(&task, "dispatched").await;
    assert_eq!((engine.taken().len(), world.orders.effects()), (1, vec!["dispatched".to_owned()]));
    // Its engine reports, not the desk.
    call(&world.as_user(&TestUser::sa()), &task, "close").await.expect_problem(409, "task.driver_external");
}
