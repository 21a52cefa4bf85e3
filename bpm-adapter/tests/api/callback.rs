//! Call-backs: believed by their signature alone, heard once, kept when they come early.

use std::sync::Arc;
use std::time::SystemTime;

use bpm_adapter::callback::signature::{Secret, sign};
use bpm_adapter::driver::embedded::Embedded;
use rstest::rstest;
use secrecy::SecretString;
use serde_json::{Value, json};
use test_kit::{Reply, TestDatabase, TestUser};

use crate::engine::{Engine, OutsideEngine};
use crate::order_service::Mood;
use crate::support::{BILLING_SECRET, SECRET, World};

fn seconds() -> i64 {
    i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap()
}

async fn signed(world: &World, secret: &str, path: &str, webhook_id: &str, body: &Value) -> Reply {
    let (at, text) = (seconds(), body.to_string());
    let signature = sign(&Secret::parse(secret).unwrap(), webhook_id, at, text.as_bytes());
    let request = world.api().post(&format!("/bpm/callbacks/{path}")).body("application/json", text);
    let request = request.header("webhook-id", webhook_id).header("webhook-timestamp", &at.to_string());
    request.header("webhook-signature", &signature).await
}

fn product_order(event_id: &str, event: &str) -> Value {
    json!({
        "eventId": event_id, "enterpriseId": "impdmahu-qxqlctq2lghkfq7q", "enterpriseName": "示例企业二",
        "productId": "P-1", "productName": "网页加速", "chargeMode": "月95", "event": event,
        "occurredAt": "2026-01-05T10:00:00+08:00"
    })
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_secret_nothing_is_believed(#[case] database: TestDatabase) {
    let world = World::with(database, Arc::new(Embedded), |settings| settings.callbacks.secrets.clear()).await;
    for path in ["stage-feedback", "rollback", "close", "product-orders"] {
        signed(&world, SECRET, path, "m-1", &product_order("e-1", "open"))
            .await
            .expect_problem(401, "callback.signature_invalid");
    }
    assert!(world.orders.told().is_empty());
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_product_order_is_told_once_however_often_it_comes(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let order = product_order("e-1", "open");
    signed(&world, SECRET, "product-orders", "m-0", &order).await.expect(200);
    let sending = (0..10).map(|turn| {
        let (world, order) = (&world, order.clone());
        async move { signed(world, SECRET, "product-orders", &format!("m-{}", turn % 3), &order).await }
    });
    for reply in futures_util::future::join_all(sending).await {
        assert_eq!(reply.expect(200).body, json!({"eventId": "e-1", "outcome": "delivered"}));
    }
    assert_eq!(world.orders.effects_at("/internal/enterprise-products").len(), 1);
    assert_eq!(world.orders.told().len(), 1);
    let told = &world.orders.told()[0].body;
    assert_eq!(
        (&told["productName"], &told["chargeMode"], &told["event"]),
        (&json!("网页加速"), &json!("月95"), &json!("open"))
    );
    // The same message under another event id is the same message.
    signed(&world, SECRET, "product-orders", "m-0", &product_order("e-2", "cancel")).await.expect(200);
    assert_eq!(world.orders.told().len(), 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn product_orders_of_one_subscription_are_told_in_the_order_they_came(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    world.orders.is(Mood::Down);
    for (index, event) in ["open", "suspend", "resume", "cancel"].into_iter().enumerate() {
        let reply = signed(
            &world,
            SECRET,
            "product-orders",
            &format!("m-{index}"),
            &product_order(&format!("e-{index}"), event),
        )
        .await;
        assert_eq!(reply.expect(202)["outcome"], "pending");
    }
    world.orders.is(Mood::Yes);
    test_kit::eventually("all are told", || async { (world.orders.effects().len() == 4).then_some(()) }).await;
    let events: Vec<_> =
        world.orders.effects_at("/enterprise-products").iter().map(|one| one["event"].clone()).collect();
    assert_eq!(events, ["open", "suspend", "resume", "cancel"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn one_product_order_sent_ten_times_at_once_is_told_once(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let order = product_order("e-1", "open");
    let sending = (0..10).map(|turn| {
        let (world, order) = (&world, order.clone());
        async move { signed(world, SECRET, "product-orders", &format!("m-{turn}"), &order).await }
    });
    for reply in futures_util::future::join_all(sending).await {
        assert_eq!(reply.expect(200)["outcome"], "delivered");
    }
    assert_eq!(world.orders.told().len(), 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_product_order_may_be_said_again_and_a_broken_one_is_not_stored(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    world.orders.is(Mood::No("product.not_available"));
    let send = || signed(&world, SECRET, "product-orders", "m-1", &PRODUCT);
    static PRODUCT: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| product_order("e-1", "resume"));
    send().await.expect_problem(409, "product.not_available");
    world.orders.is(Mood::Yes);
    assert_eq!(send().await.expect(200)["outcome"], "delivered");
    assert_eq!(world.orders.effects().len(), 1);
    let mut broken = product_order("e-2", "explode");
    signed(&world, SECRET, "product-orders", "m-2", &broken).await.expect_problem(400, "request.malformed");
    broken = product_order("", "open");
    broken["productId"] = json!(" ");
    let refused = signed(&world, SECRET, "product-orders", "m-3", &broken).await.expect_problem(422, "field.invalid");
    assert_eq!(refused.faults(), ["/eventId field.invalid", "/productId field.invalid"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn billing_s_own_secret_alone_opens_product_orders(#[case] database: TestDatabase) {
    let world = World::with(database, Arc::new(Embedded), |settings| {
        settings.callbacks.bboss_secrets = vec![SecretString::from(BILLING_SECRET)];
    })
    .await;
    let order = product_order("e-1", "open");
    signed(&world, SECRET, "product-orders", "m-1", &order).await.expect_problem(401, "callback.signature_invalid");
    signed(&world, BILLING_SECRET, "product-orders", "m-1", &order).await.expect(200);
    let task = world.dispatch(1, &TestUser::sa()).await;
    let close = json!({"taskId": task, "eventId": "c-1"});
    signed(&world, BILLING_SECRET, "close", "m-2", &close).await.expect_problem(401, "callback.signature_invalid");
    signed(&world, SECRET, "close", "m-2", &close).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_engine_s_reports_move_the_task_once_each(#[case] database: TestDatabase) {
    let engine = OutsideEngine::new(Engine::Takes);
    let world = World::with(database, Arc::new(engine), |_| {}).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    let stage = json!({"taskId": task, "eventId": "s-1", "stage": "配置", "result": "failure", "message": "重试", "operator": "引擎"});
    for webhook in ["m-1", "m-1", "m-2"] {
        assert_eq!(signed(&world, SECRET, "stage-feedback", webhook, &stage).await.expect(200)["outcome"], "delivered");
    }
    let staged = world.settled(&task, "processing").await;
    let stages = staged["stages"].as_array().unwrap();
    assert_eq!((stages.len(), &stages[0]["result"], &stages[0]["operator"]), (1, &json!("failure"), &json!("引擎")));
    world.orders.is(Mood::No("order.icp_incomplete"));
    let rollback = json!({"taskId": task, "eventId": "r-1", "reason": "不符"});
    signed(&world, SECRET, "rollback", "m-3", &rollback).await.expect_problem(409, "order.icp_incomplete");
    world.orders.is(Mood::Yes);
    let close = json!({"taskId": task, "eventId": "c-1", "message": "完成"});
    signed(&world, SECRET, "close", "m-4", &close).await.expect(200);
    signed(&world, SECRET, "close", "m-5", &close).await.expect(200);
    // Late ones find the task done.
    let late = json!({"taskId": task, "eventId": "s-2", "stage": "配置", "result": "success"});
    signed(&world, SECRET, "stage-feedback", "m-6", &late).await.expect_problem(409, "task.state_conflict");
    world.settled(&task, "closed").await;
    assert_eq!(world.orders.effects(), ["dispatched", "stage-feedback", "close"]);
    let unknown = json!({"taskId": "none", "eventId": "c-1"});
    signed(&world, SECRET, "close", "m-7", &unknown).await.expect_problem(404, "not_found");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_close_before_the_acceptance_is_kept_and_applied_after_it(#[case] database: TestDatabase) {
    let engine = OutsideEngine::new(Engine::IsDown);
    let world = World::with(database, Arc::new(engine.clone()), |_| {}).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    let stage = json!({"taskId": task, "eventId": "s-1", "stage": "配置", "result": "success"});
    let close = json!({"taskId": task, "eventId": "c-1"});
    assert_eq!(signed(&world, SECRET, "stage-feedback", "m-1", &stage).await.expect(202)["outcome"], "pending");
    signed(&world, SECRET, "close", "m-2", &close).await.expect(202);
    assert_eq!(world.task(&task).await["pendingEvents"][1]["state"], "held");
    assert!(world.orders.told().is_empty());
    engine.is(Engine::Takes);
    let done = world.settled(&task, "closed").await;
    assert_eq!(done["stages"].as_array().unwrap().len(), 1);
    assert_eq!(world.orders.effects(), ["dispatched", "stage-feedback", "close"]);
    assert_eq!(world.bill_state(1).await, "closed");
    assert_eq!(signed(&world, SECRET, "close", "m-2", &close).await.expect(200)["outcome"], "delivered");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn billing_and_the_engine_may_number_their_messages_alike(#[case] database: TestDatabase) {
    let world = World::with(database, Arc::new(OutsideEngine::new(Engine::Takes)), |_| {}).await;
    let (first, second) = (world.dispatch(1, &TestUser::sa()).await, world.dispatch(2, &TestUser::sa()).await);
    for task in [&first, &second] {
        world.settled(task, "dispatched").await;
    }
    let close = |task: &str| json!({"taskId": task, "eventId": "c-1"});
    let order = |event: &str| product_order(event, "open");
    assert_eq!(signed(&world, SECRET, "product-orders", "m-1", &order("e-1")).await.expect(200)["eventId"], "e-1");
    assert_eq!(signed(&world, SECRET, "close", "m-1", &close(&first)).await.expect(200)["eventId"], "c-1");
    world.settled(&first, "closed").await;
    assert_eq!(signed(&world, SECRET, "close", "m-2", &close(&second)).await.expect(200)["eventId"], "c-1");
    assert_eq!(signed(&world, SECRET, "product-orders", "m-2", &order("e-2")).await.expect(200)["eventId"], "e-2");
    assert_eq!(world.orders.effects_at("/internal/enterprise-products").len(), 2);
    // Each hears its own again.
    assert_eq!(signed(&world, SECRET, "product-orders", "m-1", &order("e-1")).await.expect(200)["eventId"], "e-1");
    assert_eq!(signed(&world, SECRET, "close", "m-1", &close(&first)).await.expect(200)["eventId"], "c-1");
    assert_eq!(world.orders.effects_at("/close").len(), 2);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_was_another_event_s_swallows_nothing(#[case] database: TestDatabase) {
    let world = World::with(database, Arc::new(OutsideEngine::new(Engine::Takes)), |_| {}).await;
    let (first, second) = (world.dispatch(1, &TestUser::sa()).await, world.dispatch(2, &TestUser::sa()).await);
    for task in [&first, &second] {
        world.settled(task, "dispatched").await;
    }
    let stage = json!({"taskId": first, "eventId": "s-1", "stage": "配置", "result": "success"});
    signed(&world, SECRET, "stage-feedback", "m-1", &stage).await.expect(200);
    for (webhook, body) in [
        ("m-1", json!({"taskId": first, "eventId": "c-1"})),
        ("m-1", json!({"taskId": second, "eventId": "c-1"})),
        ("m-2", json!({"taskId": first, "eventId": "s-1"})),
    ] {
        let other = signed(&world, SECRET, "close", webhook, &body).await;
        other.expect_problem(422, "idempotency.mismatch");
    }
    signed(&world, SECRET, "product-orders", "m-1", &product_order("e-1", "open")).await.expect(200);
    let mut other = product_order("e-2", "open");
    other["productId"] = json!("P-2");
    signed(&world, SECRET, "product-orders", "m-1", &other).await.expect_problem(422, "idempotency.mismatch");
    assert_eq!(world.settled(&first, "processing").await["stages"].as_array().unwrap().len(), 1);
    signed(&world, SECRET, "close", "m-3", &json!({"taskId": second, "eventId": "c-1"})).await.expect(200);
    world.settled(&second, "closed").await;
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn texts_of_a_call_back_are_bounded_and_free_of_control_characters(#[case] database: TestDatabase) {
    let world = World::with(database, Arc::new(OutsideEngine::new(Engine::Takes)), |_| {}).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    let (odd, long_id) = ("a\u{1b}b", "m".repeat(129));
    let stage = json!({"taskId": task, "eventId": "s\n1", "stage": odd, "result": "success", "message": odd,
        "operator": "长".repeat(65)});
    let refused = signed(&world, SECRET, "stage-feedback", &long_id, &stage).await.expect_problem(422, "field.invalid");
    assert_eq!(
        refused.faults(),
        ["/eventId", "/webhook-id", "/operator", "/stage", "/message"]
            .map(|pointer| format!("{pointer} field.invalid"))
    );
    let rollback = json!({"taskId": task, "eventId": "r-1", "reason": odd});
    let refused = signed(&world, SECRET, "rollback", "m-1", &rollback).await.expect_problem(422, "field.invalid");
    assert_eq!(refused.faults(), ["/reason field.invalid"]);
    let close = json!({"taskId": task, "eventId": "c-1", "message": odd});
    signed(&world, SECRET, "close", "m-2", &close).await.expect_problem(422, "field.invalid");
    let mut order = product_order("e-1", "open");
    for field in ["enterpriseId", "enterpriseName", "productId", "productName", "chargeMode"] {
        order[field] = json!(odd);
    }
    let refused = signed(&world, SECRET, "product-orders", "m-3", &order).await.expect_problem(422, "field.invalid");
    assert_eq!(
        refused.faults(),
        ["/enterpriseId", "/productId", "/enterpriseName", "/productName", "/chargeMode"]
            .map(|pointer| format!("{pointer} field.invalid"))
    );
    assert_eq!(world.orders.effects(), ["dispatched"]);
    // What people write has lines, and the same ids are free for a better body.
    let close = json!({"taskId": task, "eventId": "c-1", "message": "第一行\n\t第二行"});
    signed(&world, SECRET, "close", "m-2", &close).await.expect(200);
    assert_eq!(world.orders.effects_at("/close")[0]["message"], "第一行\n\t第二行");
}

/// Whatever order the engine's reports come in, and however often each: the task ends as its one end says.
#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn shuffled_and_repeated_reports_end_as_the_ordered_ones_do(#[case] database: TestDatabase) {
    use rand::seq::SliceRandom as _;
    let engine = OutsideEngine::new(Engine::Takes);
    let world = World::with(database, Arc::new(engine.clone()), |_| {}).await;
    let mut random = rand::rng();
    for order in 1..=25 {
        // Every other task hears of its end before the engine's acceptance is recorded.
        engine.is(if order % 2 == 0 { Engine::IsDown } else { Engine::Takes });
        let task = world.dispatch(order, &TestUser::sa()).await;
        let (end, state, bill) =
            if order % 3 == 0 { ("rollback", "rolledBack", "voided") } else { ("close", "closed", "closed") };
        let stage = |id: &str| json!({"taskId": task, "eventId": id, "stage": id, "result": "success"});
        let mut reports = vec![("stage-feedback", stage("s-1")), ("stage-feedback", stage("s-2"))];
        reports.push((end, json!({"taskId": task, "eventId": "end", "reason": "不符"})));
        reports.extend(reports.clone());
        reports.shuffle(&mut random);
        for (turn, (path, body)) in reports.iter().enumerate() {
            let reply = signed(&world, SECRET, path, &format!("{order}-{turn}"), body).await;
            assert!([200, 202, 409].contains(&reply.status), "{}", reply.text());
        }
        engine.is(Engine::Takes);
        let done = world.settled(&task, state).await;
        assert_eq!(world.bill_state(order).await, bill, "{reports:?}");
        if order % 2 == 0 {
            assert_eq!(done["stages"].as_array().unwrap().len(), 2, "what came early was all kept: {reports:?}");
        }
        assert_eq!(world.orders.effects_at(&format!("/internal/orders/{order}/{end}")).len(), 1);
    }
}
