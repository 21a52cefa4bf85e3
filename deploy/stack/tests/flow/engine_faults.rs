//! An engine outside that misbehaves, under the whole stack: whatever it does, every order is accepted, has one effect
//! there, and all records agree in the end.

use std::time::Duration;

use front_desk::verify;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::engine::{Profile, Report, ScriptedEngine};
use test_kit::{Client, TestDatabase, eventually, eventually_within, fixtures};

use crate::stack::{How, Stack, approve, detail, submit, until_status};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Two of each profile: one that is closed, one that is rolled back.
const ORDERS: usize = 2;

/// By which of its interfaces the engine is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Webhook,
    Camunda7,
}

/// A stack with its engine, and the people of these tests.
struct Desk {
    stack: Stack,
    engine: ScriptedEngine,
    by: By,
    manager: Client,
    approver: Client,
    admin: Client,
}

impl Desk {
    async fn open(kind: TestDatabase, by: By) -> Self {
        let engine = ScriptedEngine::start(SECRET);
        let mut stack = Stack::new(kind, How::default());
        let keys = stack.data().join("keys");
        std::fs::create_dir_all(&keys).unwrap();
        std::fs::write(keys.join("callbacks"), format!("{SECRET}\n")).unwrap();
        let kind = if by == By::Webhook { "webhook" } else { "camunda7" };
        let quick = [("OUTBOX__BASE_SECONDS", 0.05), ("OUTBOX__CAP_SECONDS", 0.2), ("OUTBOX__BUDGET", 10_000.0)];
        let breaker = [("BREAKER__PAUSE_SECONDS", 0.1), ("BREAKER__CAP_SECONDS", 0.2)];
        let worker = [
            ("CAMUNDA7__LOCK_SECONDS", 1.0),
            ("CAMUNDA7__LONG_POLL_SECONDS", 0.3),
            ("CAMUNDA7__PUT_BACK_SECONDS", 0.2),
            ("CAMUNDA7__LATE_START_SECONDS", 1.0),
        ];
        stack.settings = quick.into_iter().chain(breaker).chain(worker).map(|(k, v)| (k, v.to_string())).collect();
        stack.settings.extend([
            ("DRIVER__KIND", kind.to_owned()),
            ("WEBHOOK__URL", format!("{}/webhook", engine.url())),
            ("CAMUNDA7__URL", format!("{}/engine-rest", engine.url())),
            ("OUTBOUND__PRIVATE_HOSTS", "127.0.0.1".to_owned()),
        ]);
        stack.up().await;
        let (manager, approver) = (stack.log_in("ec.manager").await, stack.log_in("group.admin").await);
        let admin = stack.log_in("platform.admin").await;
        Self { stack, engine, by, manager, approver, admin }
    }

    /// Submitted and approved; neither waits for the engine.
    async fn approved(&self, domain: &str) -> i64 {
        let id = submit(&self.manager, &fixtures::domain_request_for(domain)).await;
        until_status(&self.manager, id, "approving").await;
        approve(&self.approver, id).await;
        id
    }

    /// The order's task as the engine knows it, once it does.
    async fn task_of(&self, order: i64) -> String {
        eventually(&format!("the engine has the task of order {order}"), || async {
            match self.by {
                By::Camunda7 => self.engine.tasks_of(order).into_iter().next(),
                By::Webhook => self.handed(order).first().map(|task| task["taskId"].as_str().unwrap().to_owned()),
            }
        })
        .await
    }

    /// What the engine acted on for an order.
    fn handed(&self, order: i64) -> Vec<Value> {
        let effects = self.engine.book().effects;
        let dispatched = effects.values().filter(|one| one["type"] == "task.dispatched").map(|one| one["data"].clone());
        dispatched.filter(|data| data["dispatch"]["orderId"] == order).collect()
    }

    fn effects_of(&self, order: i64) -> usize {
        match self.by {
            By::Camunda7 => self.engine.tasks_of(order).len(),
            By::Webhook => self.handed(order).len(),
        }
    }

    /// The engine's people report a stage and the end, again and again until the order service has heard of it.
    async fn work(&self, order: i64, task: &str, end: &str) {
        match self.by {
            By::Webhook => {
                let stage = json!({"taskId": task, "eventId": "s-1", "stage": "配置", "result": "success"});
                let ended = json!({"taskId": task, "eventId": "end", "reason": "不符"});
                let reports = [Report::new("stage-feedback", stage), Report::new(end, ended)];
                for reply in self.engine.report(&self.stack.client(), &reports).await {
                    assert!([200, 202, 409].contains(&reply.status), "{}", reply.text());
                }
            }
            By::Camunda7 => {
                until_status(&self.manager, order, "bpmProcessing").await;
                let form = json!({"stage": "配置", "result": "success", "reason": "不符"});
                for action in ["stage", end] {
                    eventually_within(Duration::from_secs(20), "the process waits for its people", || async {
                        self.engine.work(task, action, &form).then_some(())
                    })
                    .await;
                    // An engine that loses its answers cannot be asked for anything.
                    if self.engine.profile() == Profile::LosesAnswers {
                        self.engine.is(Profile::Honest);
                    }
                }
            }
        }
    }

    /// What was given up or refused is sent again by an operator.
    async fn replay_dead_letters(&self, at_least: usize) {
        let letters = eventually("the dead letters are there", || async {
            let listed = self.admin.get("/bpm/dead-letters?pageSize=100").try_send().await.ok()?;
            let letters = listed["data"].as_array()?.clone();
            (letters.len() >= at_least).then_some(letters)
        })
        .await;
        for letter in letters {
            let path = format!("/bpm/dead-letters/{}/replay", letter["id"].as_str().unwrap());
            self.admin.post(&path).await.expect(200);
        }
    }

    /// `verify`, while the stack runs: soon nothing is on its way, and everything agrees.
    async fn agrees(&self, when: &str) {
        let layout = self.stack.layout();
        // The databases are read one after the other: what the last event has moved may be seen in one of them first.
        eventually(&format!("nothing is on its way after {when}, and everything agrees"), || async {
            let report = verify::run(&layout).ok()?;
            (report.counts.undelivered == 0 && report.agrees()).then_some(())
        })
        .await;
    }

    async fn goes_through(&self, name: &str, profile: Profile) {
        self.engine.is(profile);
        let mut orders = Vec::new();
        for number in 0..ORDERS {
            let end = if number % 2 == 0 { "close" } else { "rollback" };
            orders.push((self.approved(&format!("{name}-{number}.example.cn")).await, end));
        }
        if matches!(profile, Profile::Down | Profile::Refuses) {
            for (order, _) in &orders {
                assert_eq!(detail(&self.manager, *order).await["status"], "dispatching");
                assert_eq!(self.effects_of(*order), 0);
            }
            if profile == Profile::Refuses {
                self.engine_refused(orders.len()).await;
            }
            self.engine.is(Profile::Honest);
        }
        for (order, end) in &orders {
            let task = self.task_of(*order).await;
            self.work(*order, &task, end).await;
        }
        self.engine.is(Profile::Honest);
        for (order, end) in &orders {
            if self.by == By::Webhook {
                let task = self.task_of(*order).await;
                self.work(*order, &task, end).await;
            }
            until_status(&self.manager, *order, if *end == "close" { "finished" } else { "bpmReject" }).await;
        }
        self.agrees(name).await;
        for (order, _) in &orders {
            assert_eq!(self.effects_of(*order), 1, "{name}: order {order}");
        }
    }

    /// Its no is a dead letter at once; when it has thought better of it, an operator sends again.
    async fn engine_refused(&self, orders: usize) {
        eventually("the refusals are there", || async {
            let listed = self.admin.get("/bpm/dead-letters").try_send().await.ok()?;
            (listed["total"].as_u64()? >= u64::try_from(orders).ok()?).then_some(())
        })
        .await;
        self.engine.is(Profile::Honest);
        self.replay_dead_letters(orders).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_engine_does_each_order_has_one_effect_and_verify_agrees(
    #[values(TestDatabase::Sqlite, TestDatabase::Postgres)] kind: TestDatabase,
    #[values(By::Webhook, By::Camunda7)] by: By,
) {
    let mut desk = Desk::open(kind, by).await;
    for (name, profile) in [
        ("slow", Profile::Slow(Duration::from_millis(150))),
        ("lost", Profile::LosesAnswers),
        ("late", Profile::CommitsLate),
        ("duplicate", Profile::Duplicates),
        ("reordered", Profile::Reorders),
        ("refusing", Profile::Refuses),
        ("down", Profile::Down),
    ] {
        desk.goes_through(name, profile).await;
    }
    desk.stack.expect_agreement();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn while_the_engine_is_down_submissions_go_on_and_the_backlog_drains_when_it_is_back(
    #[values(TestDatabase::Sqlite, TestDatabase::Postgres)] kind: TestDatabase,
    #[values(By::Webhook, By::Camunda7)] by: By,
) {
    let mut desk = Desk::open(kind, by).await;
    desk.engine.is(Profile::Down);
    let mut orders = Vec::new();
    for number in 0..8 {
        orders.push(desk.approved(&format!("backlog-{number}.example.cn")).await);
    }
    for order in &orders {
        assert_eq!(detail(&desk.manager, *order).await["status"], "dispatching");
    }
    desk.engine.is(Profile::Honest);
    for order in &orders {
        until_status(&desk.manager, *order, "bpmProcessing").await;
        assert_eq!(desk.effects_of(*order), 1);
    }
    desk.agrees("the backlog").await;
    desk.stack.expect_agreement();
}
