//! Camunda 7: tasks as process instances, reports as external tasks. The expectations of each request are the REST
//! document's.

use bpm_adapter::settings::{DriverKind, Settings};
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::engine::{Profile, ScriptedEngine};
use test_kit::{TestDatabase, TestUser, eventually};

use crate::order_service::Mood;
use crate::support::{SECRET, World};

pub async fn world(database: TestDatabase, engine: &ScriptedEngine) -> World {
    World::configured(database, |settings| configure(settings, engine)).await
}

fn configure(settings: &mut Settings, engine: &ScriptedEngine) {
    settings.driver.kind = DriverKind::Camunda7;
    settings.camunda7.url = format!("{}/engine-rest/", engine.url());
    settings.camunda7.username = "demo".to_owned();
    settings.camunda7.password = "secret".into();
    settings.camunda7.long_poll_seconds = 0.3;
    settings.camunda7.lock_seconds = 0.6;
    settings.camunda7.patience_seconds = 1.0;
    settings.camunda7.put_back_seconds = 0.1;
    settings.camunda7.late_start_seconds = 0.5;
}

async fn at(engine: &ScriptedEngine, task: &str, place: &str) {
    eventually(&format!("the process is at {place}"), || async { (engine.place_of(task) == place).then_some(()) })
        .await;
}

/// The bodies sent to paths that end so.
fn bodies(engine: &ScriptedEngine, end: &str) -> Vec<Value> {
    let seen = engine.book().seen;
    seen.into_iter().filter(|one| one.path.ends_with(end)).map(|one| one.body).collect()
}

fn stage() -> Value {
    json!({ "stage": "配置", "result": "success", "message": "好", "operator": "配置员" })
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_a_process_and_its_people_s_reports_move_the_order(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    let world = world(database, &engine).await;
    let task = world.dispatch(347_652, &TestUser::sa()).await;
    assert_eq!(world.settled(&task, "dispatched").await["driver"], "camunda7");
    assert!(engine.work(&task, "stage", &stage()));
    let staged = world.settled(&task, "processing").await;
    let told = &staged["stages"][0];
    assert_eq!(
        (&told["stage"], &told["result"], &told["operator"]),
        (&json!("配置"), &json!("success"), &json!("配置员"))
    );
    at(&engine, &task, "work").await;
    engine.work(&task, "close", &json!({ "message": "完成" }));
    world.settled(&task, "closed").await;
    at(&engine, &task, "closed").await;
    assert_eq!(world.orders.effects(), ["dispatched", "stage-feedback", "close"]);
    assert_eq!(world.bill_state(347_652).await, "closed");
    assert_eq!((engine.instances_of(&task), engine.deployments()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_what_the_rest_document_says() {
    let engine = ScriptedEngine::start(SECRET);
    let world = world(TestDatabase::Sqlite, &engine).await;
    let task = world.dispatch(7, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    engine.work(&task, "rollback", &json!({ "reason": "资料不符" }));
    world.settled(&task, "rolledBack").await;
    at(&engine, &task, "rolled-back").await;
    let book = engine.book();
    assert!(book.seen.iter().all(|one| one.headers["authorization"] == "Basic ZGVtbzpzZWNyZXQ="));

    let deployed = book.seen_at("/engine-rest/deployment/create")[0];
    for field in ["deployment-name", "deployment-source", "enable-duplicate-filtering", "deploy-changed-only"] {
        assert!(deployed.text.contains(&format!("form-data; name=\"{field}\"\r\n\r\n")), "{field}");
    }
    assert!(deployed.text.contains("filename=\"domain-order.bpmn\""));

    let asked = book.seen_at("/engine-rest/process-instance")[0];
    assert!(asked.path.contains("processDefinitionKey=front-desk-domain-order&businessKey=7&variables=taskId_eq_"));
    assert!(asked.path.ends_with("&sortBy=instanceId&sortOrder=asc&maxResults=100"), "{}", asked.path);

    let started = &book.seen_at("/engine-rest/process-definition/key/front-desk-domain-order/start")[0].body;
    assert_eq!(started["businessKey"], "7");
    assert_eq!(started["variables"]["taskId"], json!({ "value": task, "type": "String" }));
    assert_eq!(started["variables"]["orderId"], json!({ "value": 7, "type": "Long" }));
    assert_eq!(started["variables"]["assigneeId"], json!({ "value": TestUser::sa().id(), "type": "String" }));

    let fetched = &book.seen_at("/engine-rest/external-task/fetchAndLock")[0].body;
    assert_eq!((&fetched["asyncResponseTimeout"], &fetched["usePriority"]), (&json!(300), &json!(false)));
    let topics = fetched["topics"].as_array().unwrap();
    let names: Vec<_> = topics.iter().map(|topic| topic["topicName"].as_str().unwrap()).collect();
    assert_eq!(names, ["front-desk-stage-feedback", "front-desk-rollback", "front-desk-close"]);
    assert!(topics.iter().all(|topic| topic["lockDuration"] == 600));
    assert!(topics.iter().all(|topic| topic["processDefinitionKey"] == "front-desk-domain-order"));

    let completed = bodies(&engine, "/complete");
    assert_eq!(completed[0]["workerId"], fetched["workerId"]);
    assert_eq!(completed[0]["variables"], json!({ "refusal": { "value": "", "type": "String" } }));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_the_order_service_refuses_goes_back_to_the_people_with_the_reason(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    let world = world(database, &engine).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    world.orders.is(Mood::No("order.icp_incomplete"));
    engine.work(&task, "close", &json!({}));
    at(&engine, &task, "work").await;
    let refusal = engine.variable_of(&task, "refusal");
    assert!(refusal.contains("工单系统的理由") && refusal.contains("order.icp_incomplete"), "{refusal}");
    assert_eq!(bodies(&engine, "/bpmnError")[0]["errorCode"], "front-desk-refused");
    // A report that cannot be understood is one for the people, too.
    engine.work(&task, "stage", &json!({ "stage": "", "result": "maybe" }));
    at(&engine, &task, "work").await;
    assert!(engine.variable_of(&task, "refusal").contains("/result"));
    world.orders.is(Mood::Yes);
    engine.work(&task, "close", &json!({}));
    world.settled(&task, "closed").await;
    assert_eq!(world.orders.effects(), ["dispatched", "close"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn while_the_order_service_is_away_locks_are_extended_then_the_task_is_put_back(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    let world = world(database, &engine).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    world.orders.is(Mood::Down);
    engine.work(&task, "close", &json!({}));
    eventually("it is put back", || async { (!bodies(&engine, "/failure").is_empty()).then_some(()) }).await;
    assert_eq!(bodies(&engine, "/extendLock")[0]["newDuration"], 600);
    let failed = &bodies(&engine, "/failure")[0];
    assert_eq!((&failed["retries"], &failed["retryTimeout"]), (&json!(1), &json!(100)));
    world.orders.is(Mood::Yes);
    at(&engine, &task, "closed").await;
    world.settled(&task, "closed").await;
    assert_eq!(world.orders.effects(), ["dispatched", "close"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_and_a_removed_process_make_one_instance(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    let world = world(database, &engine).await;
    eventually("it is deployed", || async { (engine.deployments() == 1).then_some(()) }).await;
    // The start's answer is lost: what runs already is not started again.
    engine.is(Profile::LosesAnswers);
    let lost = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&lost, "dispatched").await;
    assert_eq!(engine.instances_of(&lost), 1);
    engine.is(Profile::Honest);
    engine.work(&lost, "close", &json!({}));
    world.settled(&lost, "closed").await;
    at(&engine, &lost, "closed").await;
    assert_eq!(world.orders.effects(), ["dispatched", "close"]);
    // Somebody has removed the process.
    engine.undeploy();
    let task = world.dispatch(2, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    assert_eq!((engine.instances_of(&task), engine.deployments()), (1, 1));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn another_assignee_is_told_to_the_process_by_a_message(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    let world = world(database, &engine).await;
    world.push_directory(&[TestUser::sa(), TestUser::global_area()]).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    let to = json!({ "toUserId": TestUser::global_area().id() });
    world.as_user(&TestUser::operator()).post(&format!("/bpm/tasks/{task}/reassign")).json(&to).await.expect(200);
    eventually("the process has another assignee", || async {
        (engine.variable_of(&task, "assigneeId") == TestUser::global_area().id().as_str()).then_some(())
    })
    .await;
    let told = &bodies(&engine, "/message")[0];
    assert_eq!((&told["messageName"], &told["businessKey"]), (&json!("front-desk-task-reassigned"), &json!("1")));
    assert_eq!(told["correlationKeys"], json!({ "taskId": { "value": task, "type": "String" } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_adapter_s_external_task_is_taken_over_and_has_one_effect() {
    let engine = ScriptedEngine::start(SECRET);
    let mut world = world(TestDatabase::Sqlite, &engine).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    world.orders.is(Mood::YesButLost);
    engine.work(&task, "close", &json!({}));
    eventually("the order service acts", || async { (world.orders.effects().len() == 2).then_some(()) }).await;
    world.crash().await;
    world.orders.is(Mood::Yes);
    world.start().await;
    world.settled(&task, "closed").await;
    at(&engine, &task, "closed").await;
    assert_eq!(world.orders.effects(), ["dispatched", "close"]);
}

/// The one effect of each order, whatever the engine started.
fn closes(engine: &ScriptedEngine) -> usize {
    engine.book().effects.keys().filter(|key| key.starts_with("front-desk-close")).count()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_comes_to_be_after_the_retry_has_looked_leaves_one_instance(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    let world = world(database, &engine).await;
    eventually("it is deployed", || async { (engine.deployments() == 1).then_some(()) }).await;
    // The retry finds nothing, and its own start comes to be together with the one that was given up.
    engine.is(Profile::CommitsLate);
    let mut tasks = Vec::new();
    for order in 1..=4 {
        tasks.push(world.dispatch(order, &TestUser::sa()).await);
    }
    for task in &tasks {
        world.settled(task, "dispatched").await;
        assert_eq!(engine.instances_of(task), 1);
    }
    let deleted = engine.book().seen.iter().filter(|one| one.method == "DELETE").count();
    assert_eq!(deleted, tasks.len(), "one of two of each");
    engine.is(Profile::Honest);
    for task in &tasks {
        assert!(engine.work(task, "close", &json!({})));
        world.settled(task, "closed").await;
        at(&engine, task, "closed").await;
    }
    assert_eq!(closes(&engine), tasks.len());
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_comes_to_be_after_everything_has_no_effect_and_is_deleted(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    // Nothing looks for it by itself in the time of this test.
    let world = World::configured(database, |settings| {
        configure(settings, &engine);
        settings.camunda7.late_start_seconds = 3600.0;
    })
    .await;
    eventually("it is deployed", || async { (engine.deployments() == 1).then_some(()) }).await;
    engine.is(Profile::CommitsLate);
    let task = world.dispatch(1, &TestUser::sa()).await;
    eventually("the start is given up", || async { (engine.late_starts() == 1).then_some(()) }).await;
    engine.is(Profile::Honest);
    world.settled(&task, "dispatched").await;
    let own = engine.instance_ids(&task).remove(0);
    let late = engine.commit_late_starts().remove(0);
    assert!(engine.work_at(&late, "rollback", &json!({ "reason": "误操作" })));
    eventually("the late one is gone", || async { (engine.instance_ids(&task) == [own.clone()]).then_some(()) }).await;
    assert_eq!(world.task(&task).await["state"], "dispatched");
    assert!(engine.work_at(&own, "close", &json!({})));
    world.settled(&task, "closed").await;
    at(&engine, &task, "closed").await;
    assert_eq!(world.orders.effects(), ["dispatched", "close"]);
    assert_eq!(engine.book().effects.len(), 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_late_start_that_nobody_works_on_is_looked_for_after_a_while(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    let world = world(database, &engine).await;
    eventually("it is deployed", || async { (engine.deployments() == 1).then_some(()) }).await;
    engine.is(Profile::CommitsLate);
    let task = world.dispatch(1, &TestUser::sa()).await;
    eventually("the start is given up", || async { (engine.late_starts() == 1).then_some(()) }).await;
    engine.is(Profile::Honest);
    world.settled(&task, "dispatched").await;
    let own = engine.instance_ids(&task);
    engine.commit_late_starts();
    eventually("the late one is gone", || async { (engine.instance_ids(&task) == own).then_some(()) }).await;
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_taken_back_ends_at_the_engine_that_has_it_all_the_same(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    let world = World::configured(database, |settings| {
        configure(settings, &engine);
        settings.camunda7.late_start_seconds = 0.5;
        settings.outbox.budget = 1;
    })
    .await;
    eventually("it is deployed", || async { (engine.deployments() == 1).then_some(()) }).await;
    engine.is(Profile::LosesAnswers);
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "deadLetter").await;
    assert_eq!(engine.instances_of(&task), 1, "it has it");
    engine.is(Profile::Honest);
    let body = json!({ "attempt": 1, "reason": "引擎不可用" });
    world.as_order_service().post("/internal/orders/1/recall").json(&body).await.expect(200);
    eventually("it is gone there", || async { (engine.instances_of(&task) == 0).then_some(()) }).await;
    assert_eq!(world.orders.effects(), Vec::<String>::new());
}
