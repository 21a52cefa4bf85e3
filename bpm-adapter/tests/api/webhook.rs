//! An engine that is told by signed messages and reports by call-backs.

use bpm_adapter::settings::DriverKind;
use rstest::rstest;
use secrecy::SecretString;
use serde_json::{Value, json};
use test_kit::engine::{Profile, Report, ScriptedEngine, sign};
use test_kit::{TestDatabase, TestUser, eventually};

use crate::support::{BILLING_SECRET, SECRET, World};

pub async fn world(database: TestDatabase, engine: &ScriptedEngine) -> World {
    World::configured(database, |settings| {
        settings.driver.kind = DriverKind::Webhook;
        settings.webhook.url = format!("{}/webhook", engine.url());
    })
    .await
}

fn stage(task: &str, id: &str) -> Report {
    Report::new("stage-feedback", json!({"taskId": task, "eventId": id, "stage": "配置", "result": "success"}))
}

fn close(task: &str) -> Report {
    Report::new("close", json!({"taskId": task, "eventId": "end"}))
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_posted_signed_and_its_reports_come_back_by_call_back(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    let world = world(database, &engine).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    let shown = world.settled(&task, "dispatched").await;
    assert_eq!(shown["driver"], "webhook");
    let book = engine.book();
    let sent = &book.seen_at("/webhook")[0];
    assert_eq!(sent.headers["webhook-id"], task);
    assert_eq!(sent.headers["content-type"], "application/json");
    let at: i64 = sent.headers["webhook-timestamp"].parse().unwrap();
    assert_eq!(sent.headers["webhook-signature"], sign(SECRET, &task, at, &sent.text));
    let data = &sent.body["data"];
    assert_eq!((&sent.body["type"], &data["taskId"]), (&json!("task.dispatched"), &json!(task)));
    assert_eq!(data["dispatch"]["domains"], json!(["www.example.cn", "img.example.cn"]));
    assert_eq!(data["billNo"], shown["billNo"]);
    for reply in engine.report(&world.api(), &[stage(&task, "s-1"), close(&task)]).await {
        assert_eq!(reply.expect(200)["outcome"], "delivered");
    }
    world.settled(&task, "closed").await;
    assert_eq!(world.orders.effects(), ["dispatched", "stage-feedback", "close"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_secret_is_rotated_both_sign() {
    let engine = ScriptedEngine::start(BILLING_SECRET);
    let world = World::configured(TestDatabase::Sqlite, |settings| {
        settings.driver.kind = DriverKind::Webhook;
        settings.webhook.url = format!("{}/webhook", engine.url());
        settings.webhook.secrets = [SECRET, BILLING_SECRET].map(SecretString::from).to_vec();
    })
    .await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    let book = engine.book();
    let sent = book.seen_at("/webhook")[0];
    assert_eq!(sent.headers["webhook-signature"].split(' ').count(), 2);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_makes_the_engine_act_once(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    engine.is(Profile::LosesAnswers);
    let world = world(database, &engine).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    eventually("it is told again", || async { (engine.book().seen.len() > 1).then_some(()) }).await;
    assert_eq!(world.task(&task).await["state"], "queued");
    engine.is(Profile::Honest);
    world.settled(&task, "dispatched").await;
    assert_eq!(engine.book().effects.keys().collect::<Vec<_>>(), [&task]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_final_and_is_sent_again_only_by_a_replay(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    engine.is(Profile::Refuses);
    let world = world(database, &engine).await;
    let operator = world.as_user(&TestUser::operator());
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "deadLetter").await;
    let letter = operator.get("/bpm/dead-letters").await.expect(200)["data"][0].clone();
    assert_eq!((&letter["state"], &letter["attempts"]), (&json!("refused"), &json!(1)));
    assert!(letter["lastError"].as_str().unwrap().contains("engine.no"), "{letter}");
    // Whoever gets it meanwhile is whom the engine hears of.
    world.push_directory(&[TestUser::sa(), TestUser::global_area()]).await;
    let to = json!({ "toUserId": TestUser::global_area().id() });
    operator.post(&format!("/bpm/tasks/{task}/reassign")).json(&to).await.expect(200);
    engine.is(Profile::Honest);
    let replay = format!("/bpm/dead-letters/{}/replay", letter["id"].as_str().unwrap());
    operator.post(&replay).await.expect(200);
    world.settled(&task, "dispatched").await;
    let taken = engine.book().effects[&task].clone();
    assert_eq!(taken["data"]["dispatch"]["assignee"]["id"], json!(TestUser::global_area().id()));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_engine_hears_of_another_assignee(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    let world = world(database, &engine).await;
    world.push_directory(&[TestUser::sa(), TestUser::global_area()]).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    let to = json!({ "toUserId": TestUser::global_area().id(), "comment": "代班" });
    let operator = world.as_user(&TestUser::operator());
    operator.post(&format!("/bpm/tasks/{task}/reassign")).json(&to).await.expect(200);
    let told: Value = eventually("the engine hears of it", || async {
        engine.book().effects.values().find(|one| one["type"] == "task.reassigned").cloned()
    })
    .await;
    assert_eq!((&told["data"]["taskId"], &told["data"]["comment"]), (&json!(task), &json!("代班")));
    assert_eq!(told["data"]["assignee"]["id"], json!(TestUser::global_area().id()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_at_a_private_address_is_refused_at_the_start_unless_it_is_named() {
    use bpm_adapter::callback::keyring::Keyring;
    use bpm_adapter::settings::Settings;
    use shared_model::server::settings::EnvironmentScope;

    let overrides = [("driver.kind", "webhook".to_owned()), ("webhook.url", "http://127.0.0.1:9/hook".to_owned())];
    let mut settings = Settings::load(None, EnvironmentScope::Nothing, &overrides).unwrap();
    let error = bpm_adapter::driver::build(&settings, &Keyring::default()).err().unwrap();
    assert!(error.to_string().contains("outbound.private_hosts"), "{error}");
    settings.outbound.private_hosts.push("127.0.0.1".to_owned());
    assert!(bpm_adapter::driver::build(&settings, &Keyring::default()).is_ok());
}

/// What waits for an engine that is away keeps its budget: however long that lasts, it is no dead letter, and all of it
/// gets there.
#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn while_the_engine_is_away_tasks_are_taken_in_and_it_is_probed_only(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    engine.is(Profile::Down);
    let world = World::configured(database, |settings| {
        settings.driver.kind = DriverKind::Webhook;
        settings.webhook.url = format!("{}/webhook", engine.url());
        settings.breaker.failures = 1;
        settings.breaker.pause_seconds = 0.3;
        settings.breaker.cap_seconds = 0.3;
    })
    .await;
    let mut tasks = vec![world.dispatch(1, &TestUser::sa()).await];
    eventually("the breaker opens", || async { (!engine.book().seen.is_empty()).then_some(()) }).await;
    for order in 2..=30 {
        tasks.push(world.dispatch(order, &TestUser::sa()).await);
    }
    engine.is(Profile::Honest);
    for task in &tasks {
        world.settled(task, "dispatched").await;
    }
    assert_eq!(engine.book().effects.len(), 30);
    let failed: usize = engine.book().seen.len() - 30;
    assert!(failed <= 20, "30 tasks waited, the engine was asked {failed} times in vain");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_engine_that_took_a_task_unheard_is_told_once_that_its_order_took_it_back(#[case] database: TestDatabase) {
    let engine = ScriptedEngine::start(SECRET);
    engine.is(Profile::LosesAnswers);
    let world = World::configured(database, |settings| {
        settings.driver.kind = DriverKind::Webhook;
        settings.webhook.url = format!("{}/webhook", engine.url());
        settings.outbox.budget = 2;
    })
    .await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "deadLetter").await;
    assert!(engine.book().effects.contains_key(&task), "it has it");
    engine.is(Profile::Honest);
    let body = json!({ "attempt": 1, "reason": "引擎不可用" });
    for _ in 0..2 {
        world.as_order_service().post("/internal/orders/1/recall").json(&body).await.expect(200);
    }
    let key = format!("recall-{task}");
    let told: Value = eventually("it is told", || async { engine.book().effects.get(&key).cloned() }).await;
    assert_eq!(told["type"], "task.recalled");
    assert_eq!(
        (&told["data"]["taskId"], &told["data"]["orderId"], &told["data"]["reason"]),
        (&json!(task), &json!(1), &json!("引擎不可用"))
    );
    eventually("it is written down", || async {
        let deliveries = world.task(&task).await["deliveries"].as_array().unwrap().clone();
        (deliveries.last().unwrap()["outcome"] == "delivered").then_some(())
    })
    .await;
    assert_eq!(engine.book().effects.len(), 2);
    let letters = world.as_user(&TestUser::operator()).get("/bpm/dead-letters").await.expect(200);
    assert_eq!(letters["total"], 0);
}
