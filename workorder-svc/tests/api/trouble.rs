//! When things break: the BPM side is away, the process dies, the service stops.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, TestUser, eventually};

use crate::bpm_side::Mood;
use crate::support::World;

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_waits_for_bpm_and_survives_the_process(#[case] database: TestDatabase) {
    let mut world = World::new(database).await;
    world.bpm.is(Mood::Down);
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    world.approve(id).await.expect(200);
    eventually("it is tried", || async { (!world.bpm.dispatches().is_empty()).then_some(()) }).await;
    world.crash().await;
    world.start().await;
    world.bpm.is(Mood::Yes);
    world.task_is_known(id).await;
    assert_eq!(world.bpm.dispatches().len(), 1, "one effect by its key");
    world.event(id, "close", "e-1", json!({})).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn orders_submitted_before_a_stop_go_on_after_it(#[case] database: TestDatabase) {
    let mut world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let ids = join_all((0..20).map(|n| {
        let (world, manager) = (&world, &manager);
        async move { world.submitted(manager, &format!("d{n}.example.cn")).await }
    }))
    .await;
    world.stop().await;
    world.start().await;
    for id in ids {
        world.reaches(id, "approving").await;
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_and_speaks_of_itself(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let ready = world.api().get("/readyz").await.expect(200);
    assert_eq!(ready["ready"], true);
    assert_eq!(ready["dependencies"][0]["name"], "database");
    let document = world.as_gateway().get("/internal/openapi.json").await.expect(200);
    assert!(document["paths"]["/workorder/custom/save"]["post"].is_object());
}
