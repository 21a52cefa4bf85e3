//! Recall: a dispatch that became a dead letter is voided, and its order waits for approval again.

use rstest::rstest;
use serde_json::json;
use test_kit::{Reply, TestDatabase, TestUser, eventually};

use crate::bpm_side::Mood;
use crate::support::World;

async fn recall(world: &World, id: i64) -> Reply {
    let body = json!({"id": id, "reason": "引擎长期不可用"});
    world.as_user(&TestUser::platform_admin()).post("/workorder/recall").json(&body).await
}

/// Waits until our own dispatch of the order is a dead letter.
async fn is_dead(world: &World) {
    eventually("the dispatch is a dead letter", || async {
        let (dead, _) = world.read(|conn| Ok(shared_model::server::outbox::list_dead(conn, 0, 10)?)).await;
        (!dead.is_empty()).then_some(())
    })
    .await;
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_that_is_dead_over_there_is_voided_and_the_order_approved_again(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    assert_eq!(recall(&world, id).await.expect(200)["status"], "approving");
    assert_eq!(world.history(id).await.last().unwrap(), "recalled dispatching->approving ++");
    assert_eq!(world.order(id).await.approver.unwrap().id, *TestUser::group_admin().id());
    world.event(id, "close", "late", json!({})).await.expect_problem(409, "task.superseded");
    recall(&world, id).await.expect_problem(409, "order.state_conflict");
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    assert_eq!(world.order(id).await.attempt, 2);
    world.event_of(id, 2, "close", "e-1", json!({})).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_lives_cannot_be_recalled_and_silence_is_a_503(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    world.bpm.is(Mood::No("task.not_dead_letter"));
    recall(&world, id).await.expect_problem(409, "order.not_recallable");
    world.bpm.is(Mood::Down);
    let down = recall(&world, id).await.expect_problem(503, "service.unavailable");
    assert!(down["detail"].as_str().unwrap().contains("bpm-adapter") && down.header("retry-after").is_some());
    world.bpm.is(Mood::NeverArrived);
    recall(&world, id).await.expect_problem(409, "order.not_recallable");
    assert_eq!(world.order(id).await.state.code(), "dispatching");
    let body = json!({"id": id, "reason": ""});
    let admin = world.as_user(&TestUser::platform_admin());
    admin.post("/workorder/recall").json(&body).await.expect_problem(422, "order.comment_required");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_that_never_arrived_is_given_up_once_it_is_dead_here(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.outbox.budget = 2).await;
    world.bpm.is(Mood::Down);
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    world.approve(id).await.expect(200);
    is_dead(&world).await;
    world.bpm.is(Mood::NeverArrived);
    let key = "recall-1";
    let send = || {
        let api = world.as_user(&TestUser::platform_admin());
        let body = json!({"id": id, "reason": "未送达"});
        async move { api.post("/workorder/recall").idempotency_key(key).json(&body).await }
    };
    let first = send().await.expect(200);
    assert_eq!(first["status"], "approving");
    assert_eq!(send().await.expect(200).header("idempotency-replayed"), Some("true"));
    world.bpm.is(Mood::Yes);
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    let attempts: Vec<_> = world.bpm.dispatches().iter().map(|sent| sent["attempt"].as_i64().unwrap()).collect();
    assert_eq!(attempts, [1, 2]);
}
