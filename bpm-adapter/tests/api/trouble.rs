//! What breaks in the middle must agree in the end: the order service away, answers lost, this service killed.

use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, TestUser, eventually};

use crate::desk::call;
use crate::order_service::Mood;
use crate::support::World;

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn while_the_order_service_is_away_reports_are_taken_in_and_told_in_order_when_it_is_back(
    #[case] database: TestDatabase,
) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::sa());
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    world.orders.is(Mood::Down);
    let staged = call(&api, &task, "stage-feedback").await.expect(202);
    assert_eq!(
        (&staged["state"], &staged["pendingEvents"][0]["kind"]),
        (&json!("dispatched"), &json!("stage-feedback"))
    );
    let closed = call(&api, &task, "close").await.expect(202);
    assert_eq!(closed["pendingEvents"].as_array().unwrap().len(), 2);
    // Nothing more may follow an end that is on its way.
    for verb in ["stage-feedback", "rollback", "close"] {
        call(&api, &task, verb).await.expect_problem(409, "task.state_conflict");
    }
    assert_eq!(world.bill_state(1).await, "issued");
    world.orders.is(Mood::Yes);
    let done = world.settled(&task, "closed").await;
    assert_eq!(done["stages"].as_array().unwrap().len(), 1);
    assert_eq!(world.orders.effects(), ["dispatched", "stage-feedback", "close"]);
    assert_eq!(world.bill_state(1).await, "closed");
    assert!(done["deliveries"].as_array().unwrap().iter().any(|one| one["outcome"] == "failed"));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_on_the_way_makes_no_second_effect(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::sa());
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    world.orders.is(Mood::YesButLost);
    call(&api, &task, "close").await.expect(202);
    world.orders.is(Mood::Yes);
    world.settled(&task, "closed").await;
    assert_eq!(world.orders.effects(), ["dispatched", "close"]);
    let told = world.orders.told();
    let closes: Vec<_> = told.iter().filter(|one| one.path.ends_with("/close")).collect();
    assert!(
        closes.len() >= 2 && closes.windows(2).all(|pair| pair[0].body == pair[1].body),
        "told again word for word"
    );
}

/// Killed after the event was taken in, before it could be told; and again after the order service has acted, before
/// its answer was written down.
#[rstest]
#[case::sqlite_before_the_telling(TestDatabase::Sqlite, Mood::Down)]
#[case::postgres_before_the_telling(TestDatabase::Postgres, Mood::Down)]
#[case::sqlite_before_the_writing_down(TestDatabase::Sqlite, Mood::YesButLost)]
#[case::postgres_before_the_writing_down(TestDatabase::Postgres, Mood::YesButLost)]
#[tokio::test(flavor = "multi_thread")]
async fn a_service_killed_between_the_steps_goes_on_where_it_stood(#[case] database: TestDatabase, #[case] mood: Mood) {
    let mut world = World::new(database).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    world.orders.is(mood);
    let close = |world: &World| {
        let api = world.as_user(&TestUser::sa());
        api.post(&format!("/bpm/tasks/{task}/close")).idempotency_key("c-1").json(&json!({}))
    };
    close(&world).await.expect(202);
    world.crash().await;
    world.orders.is(Mood::Yes);
    world.start().await;
    world.settled(&task, "closed").await;
    assert_eq!(world.bill_state(1).await, "closed");
    assert_eq!(world.orders.effects(), ["dispatched", "close"]);
    assert_eq!(close(&world).await.expect(202).header("idempotency-replayed"), Some("true"));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_whose_service_died_before_it_answered_may_ask_again_under_the_same_key(
    #[case] database: TestDatabase,
) {
    let mut world = World::new(database).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    world.orders.is(Mood::Down);
    // The call is under way when the service dies: its key is taken, its event stored, its answer never written.
    let close = |world: &World| {
        let api = world.as_user(&TestUser::sa());
        api.post(&format!("/bpm/tasks/{task}/close")).idempotency_key("c-1").json(&json!({}))
    };
    let asked = world.orders.told().len();
    let unanswered = tokio::spawn(close(&world).try_send());
    eventually("the close is being told", || async { (world.orders.told().len() > asked).then_some(()) }).await;
    world.crash().await;
    drop(unanswered);
    world.orders.is(Mood::Yes);
    world.start().await;
    world.settled(&task, "closed").await;
    let again = close(&world).await;
    assert!([200, 202].contains(&again.status), "{}", again.text());
    assert_eq!(world.orders.effects(), ["dispatched", "close"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_taken_in_before_the_kill_is_told_after_it(#[case] database: TestDatabase) {
    let mut world = World::new(database).await;
    world.orders.is(Mood::Down);
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.crash().await;
    world.orders.is(Mood::Yes);
    world.start().await;
    world.settled(&task, "dispatched").await;
    assert_eq!(world.orders.effects(), ["dispatched"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_gives_leases_back_so_that_the_next_start_need_not_wait_for_them(#[case] database: TestDatabase) {
    let mut world = World::new(database).await;
    world.orders.is(Mood::Down);
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.stop().await;
    world.orders.is(Mood::Yes);
    let begun = std::time::Instant::now();
    world.start().await;
    world.settled(&task, "dispatched").await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(4), "{:?}", begun.elapsed());
}

/// PostgreSQL alone: a SQLite file has one process.
#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_share_the_work_and_each_effect_happens_once() {
    let mut world = World::new(TestDatabase::Postgres).await;
    let replica = world.start_replica().await.as_user(&TestUser::sa());
    let first = world.as_user(&TestUser::sa());
    for order in 1..=10 {
        let task = world.dispatch(order, &TestUser::sa()).await;
        let (one, other) = tokio::join!(call(&first, &task, "close"), call(&replica, &task, "close"));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert!([[200, 409], [202, 409]].contains(&statuses), "{} {}", one.text(), other.text());
        world.settled(&task, "closed").await;
        assert_eq!(world.orders.effects_at(&format!("/internal/orders/{order}/close")).len(), 1);
    }
    assert_eq!(world.orders.effects().len(), 20);
}
