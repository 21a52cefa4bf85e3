//! Engines that misbehave: whatever they do, the four records agree in the end.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::engine::{Profile, Report, ScriptedEngine};
use test_kit::{TestDatabase, TestUser};

use crate::reconcile::differences;
use crate::support::{SECRET, World};
use crate::webhook;

/// Everything that was given up or refused is sent again by an operator.
async fn replay_dead_letters(world: &World) {
    let operator = world.as_user(&TestUser::operator());
    let letters = operator.get("/bpm/dead-letters").query("pageSize", "100").await.expect(200)["data"].clone();
    for letter in letters.as_array().unwrap() {
        operator.post(&format!("/bpm/dead-letters/{}/replay", letter["id"].as_str().unwrap())).await.expect(200);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_engine_does_the_records_agree_in_the_end(
    #[values(TestDatabase::Sqlite, TestDatabase::Postgres)] database: TestDatabase,
    #[values(
        Profile::Slow(Duration::from_millis(150)),
        Profile::LosesAnswers,
        Profile::Duplicates,
        Profile::Reorders,
        Profile::Refuses,
        Profile::Down
    )]
    profile: Profile,
) {
    let engine = ScriptedEngine::start(SECRET);
    engine.is(profile);
    let world = webhook::world(database, &engine).await;
    let mut tasks = Vec::new();
    for order in 1..=6 {
        let task = world.dispatch(order, &TestUser::sa()).await;
        let (end, state) = if order % 2 == 0 { ("rollback", "rolledBack") } else { ("close", "closed") };
        let stage = json!({"taskId": task, "eventId": "s-1", "stage": "配置", "result": "success"});
        let ended = json!({"taskId": task, "eventId": "end", "reason": "不符"});
        let reports = [Report::new("stage-feedback", stage), Report::new(end, ended)];
        // Early, twice, or the last one first: whatever is not late is kept.
        if profile != Profile::Refuses && profile != Profile::Down {
            for reply in engine.report(&world.api(), &reports).await {
                assert!([200, 202, 409].contains(&reply.status), "{}", reply.text());
            }
        }
        tasks.push((order, task, reports, end, state));
    }
    if profile == Profile::Refuses {
        for (_, task, ..) in &tasks {
            world.settled(task, "deadLetter").await;
        }
    }
    // It comes to its senses, and says again what it had to say.
    engine.is(Profile::Honest);
    replay_dead_letters(&world).await;
    for (order, task, reports, end, state) in &tasks {
        for reply in engine.report(&world.api(), reports).await {
            assert!([200, 202, 409].contains(&reply.status), "{}", reply.text());
        }
        world.settled(task, state).await;
        assert_eq!(world.bill_state(*order).await, if *end == "close" { "closed" } else { "voided" });
        assert_eq!(world.orders.effects_at(&format!("/internal/orders/{order}/{end}")).len(), 1);
    }
    assert_eq!(engine.book().effects.len(), tasks.len(), "each task was handed over once");
    assert_eq!(differences(&world).await, Vec::<Value>::new());
}
