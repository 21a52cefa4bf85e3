//! 对账: what disagrees is found, typed, and mended where sending again mends it.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::engine::{Profile, ScriptedEngine};
use test_kit::{TestDatabase, TestUser};

use crate::desk::call;
use crate::order_service::Mood;
use crate::support::{SECRET, World};
use crate::webhook;

/// The differences of today: nothing that is settled is outside it, as a task moved today counts.
pub async fn differences(world: &World) -> Vec<Value> {
    let shown = world.as_user(&TestUser::operator()).get("/bpm/reconcile").await.expect(200);
    shown["differences"].as_array().unwrap().clone()
}

async fn repair(world: &World, ids: &[&Value]) -> Value {
    let body = json!({ "differences": ids });
    let mended = world.as_user(&TestUser::operator()).post("/bpm/reconcile/repair").json(&body).await;
    mended.expect(200)["results"].clone()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_the_order_service_has_lost_is_found_and_told_again(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let desk = world.as_user(&TestUser::sa());
    let task = world.dispatch(1, &TestUser::sa()).await;
    call(&desk, &task, "stage-feedback").await.expect(200);
    call(&desk, &task, "close").await.expect(200);
    assert_eq!(differences(&world).await, Vec::<Value>::new());
    for kind in ["stage-feedback", "close"] {
        world.orders.forget(kind);
    }
    let found = differences(&world).await;
    assert_eq!(found.len(), 2, "{found:?}");
    for one in &found {
        assert_eq!((&one["type"], &one["repairable"]), (&json!("eventMissing"), &json!(true)));
        assert_eq!(one["sides"], json!({"order": "bpmProcessing", "task": "closed", "bill": "closed"}));
        assert_eq!((&one["taskId"], &one["orderId"]), (&json!(task), &json!(1)));
    }
    let results = repair(&world, &[&found[0]["id"], &found[1]["id"], &json!("task:x:state")]).await;
    let outcomes: Vec<_> = results.as_array().unwrap().iter().map(|one| one["outcome"].clone()).collect();
    assert_eq!(outcomes, ["sent", "sent", "notRepairable"]);
    let done = world.settled(&task, "closed").await;
    assert_eq!(done["stages"].as_array().unwrap().len(), 1, "told twice, done once");
    assert_eq!(differences(&world).await, Vec::<Value>::new());
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_the_engine_never_took_is_found_and_handed_over_again(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    engine.is(Profile::Refuses);
    let world = webhook::world(database, &engine).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "deadLetter").await;
    let found = differences(&world).await;
    assert_eq!((found.len(), &found[0]["type"]), (1, &json!("engineMissing")));
    engine.is(Profile::Honest);
    assert_eq!(repair(&world, &[&found[0]["id"]]).await[0]["outcome"], "sent");
    world.settled(&task, "dispatched").await;
    assert_eq!(repair(&world, &[&found[0]["id"]]).await[0]["outcome"], "notRepairable");
    assert_eq!(differences(&world).await, Vec::<Value>::new());
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_tasks_has_no_differences_and_without_the_order_service_there_is_no_comparison(
    #[case] database: TestDatabase,
) {
    let world = World::new(database).await;
    world.dispatch(1, &TestUser::sa()).await;
    let operator = world.as_user(&TestUser::operator());
    let on = |date: &str| operator.get("/bpm/reconcile").query("date", date);
    let quiet = on("2020-02-29").await.expect(200);
    assert_eq!(quiet.body, json!({"date": "2020-02-29", "orders": 0, "tasks": 0, "bills": 0, "differences": []}));
    on("2020-02-30").await.expect_problem(400, "request.invalid");
    operator.post("/bpm/reconcile/repair").json(&json!({"differences": []})).await.expect_problem(422, "field.invalid");
    world.orders.is(Mood::Down);
    operator.get("/bpm/reconcile").await.expect_problem(503, "service.unavailable");
}
