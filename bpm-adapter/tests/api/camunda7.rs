//! Camunda 7: tasks as process instances, reports as external tasks. The expectations of each request are the REST
//! document's.

use bpm_adapter::settings::DriverKind;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::engine::{Profile, ScriptedEngine};
use test_kit::{TestDatabase, TestUser, eventually};

use crate::order_service::Mood;
use crate::support::{SECRET, World};

pub async fn world(database: TestDatabase, engine: &ScriptedEngine) -> World {
    World::configured(database, |settings| {
        settings.driver.kind = DriverKind::Camunda7;
        settings.camunda7.url = format!("{}/engine-rest/", engine.url());
        settings.camunda7.username = "demo".to_owned();
        settings.camunda7.password = "secret".into();
        settings.camunda7.long_poll_seconds = 0.3;
        settings.camunda7.lock_seconds = 0.6;
        settings.camunda7.patience_seconds = 1.0;
        settings.camunda7.put_back_seconds = 0.1;
    })
    .await
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
