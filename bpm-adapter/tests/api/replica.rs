//! Two adapters side by side on PostgreSQL: every effect happens once, and either may be killed.

use bpm_adapter::settings::{DriverKind, Settings};
use serde_json::json;
use test_kit::engine::{Profile, Report, ScriptedEngine};
use test_kit::{TestDatabase, TestUser, eventually};

use crate::reconcile::differences;
use crate::support::{SECRET, World};

const ORDERS: i64 = 20;

fn quick_leases(settings: &mut Settings) {
    settings.outbox.lease_seconds = 1.0;
    settings.outbox.delivery_timeout_seconds = 0.8;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_adapters_tell_an_engine_once_of_each_task_though_one_is_killed() {
    let engine = ScriptedEngine::start(SECRET);
    let mut world = World::configured(TestDatabase::Postgres, |settings| {
        settings.driver.kind = DriverKind::Webhook;
        settings.webhook.url = format!("{}/webhook", engine.url());
        quick_leases(settings);
    })
    .await;
    let replica = world.start_replica().await;
    engine.is(Profile::LosesAnswers);
    let mut tasks = Vec::new();
    for order in 1..=ORDERS {
        tasks.push(world.dispatch(order, &TestUser::sa()).await);
    }
    eventually("some were told", || async { (engine.book().effects.len() > 3).then_some(()) }).await;
    world.crash().await;
    engine.is(Profile::Honest);
    // The other goes on alone: its reports are taken in there.
    for task in &tasks {
        let close = Report::new("close", json!({"taskId": task, "eventId": "end"}));
        let replies = engine.report(&replica, &[close]).await;
        assert!([200, 202].contains(&replies[0].status), "{}", replies[0].text());
    }
    world.start().await;
    for task in &tasks {
        world.settled(task, "closed").await;
    }
    let book = engine.book();
    assert_eq!(book.effects.len(), tasks.len());
    for order in 1..=ORDERS {
        for kind in ["dispatched", "close"] {
            assert_eq!(world.orders.effects_at(&format!("/internal/orders/{order}/{kind}")).len(), 1, "{order} {kind}");
        }
    }
    assert!(differences(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_adapters_share_an_engine_s_external_tasks() {
    let engine = ScriptedEngine::start(SECRET);
    let mut world = World::configured(TestDatabase::Postgres, |settings| {
        settings.driver.kind = DriverKind::Camunda7;
        settings.camunda7.url = format!("{}/engine-rest", engine.url());
        settings.camunda7.long_poll_seconds = 0.2;
        // Long enough that a starved adapter does not lose a lock while it works under it.
        settings.camunda7.lock_seconds = 2.0;
        // A report that comes before the killed adapter's hand-over is written down is put back for a moment only.
        settings.camunda7.put_back_seconds = 0.2;
        quick_leases(settings);
    })
    .await;
    world.start_replica().await;
    let mut tasks = Vec::new();
    for order in 1..=ORDERS {
        tasks.push(world.dispatch(order, &TestUser::sa()).await);
    }
    for task in &tasks {
        eventually("the people have it", || async { engine.work(task, "close", &json!({})).then_some(()) }).await;
    }
    world.crash().await;
    world.start().await;
    for task in &tasks {
        world.settled(task, "closed").await;
        assert_eq!(engine.instances_of(task), 1);
        eventually("its process has ended", || async { (engine.place_of(task) == "closed").then_some(()) }).await;
    }
    for order in 1..=ORDERS {
        assert_eq!(world.orders.effects_at(&format!("/internal/orders/{order}/close")).len(), 1);
    }
    assert!(differences(&world).await.is_empty());
}
