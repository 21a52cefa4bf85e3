//! A thousand random sequences of duplicate, reordered, late and lost events: whatever happens on the way, the order, its
//! task and its bill end as the ordered sequence makes them end, and every effect happens once.
//!
//! The rules and tables are the service's own; the outbox and the order service are played here, step by step.

use std::collections::BTreeSet;

use bpm_adapter::app::MIGRATIONS;
use bpm_adapter::bill::{self, state::BillState};
use bpm_adapter::callback::task_event::{TaskCallback, take_in};
use bpm_adapter::dead_letter;
use bpm_adapter::dispatch::{hand_over, repo as dispatch_repo};
use bpm_adapter::error::ServiceError;
use bpm_adapter::event::apply;
use bpm_adapter::event::model::EventKind;
use bpm_adapter::event::send::ORDER_SERVICE;
use bpm_adapter::task::model::NewTask;
use bpm_adapter::task::{self, state::TaskState};
use chrono::{DateTime, Duration, Utc};
use diesel::Connection as _;
use diesel::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;
use shared_model::bpm::Dispatch;
use shared_model::server::database::{Connection, SHARED_MIGRATIONS};
use shared_model::server::outbox::schema::outbox;
use shared_model::server::outbox::{self as messages, Delivery, Fate};
use test_kit::{TestDatabase, TestUser};

use crate::engine::{Engine, OutsideEngine};
use crate::support::dispatch_body;

const SEQUENCES: u32 = 1_000;
const TASK: &str = "0190a000-0000-7000-8000-000000000001";

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The engine says its n-th event (once more).
    Report(usize),
    /// The n-th message that may go is tried.
    Try(usize, Luck),
}

/// How a try ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Luck {
    Arrives,
    /// It never got there.
    Lost,
    /// It was acted on; the answer is lost, or we die before writing it down.
    AnswerLost,
    /// It never got there, and the retry budget is spent.
    GivenUp,
}

/// What the engine does in the order it does it: some stages, then one end.
#[derive(Clone, Debug)]
struct Script {
    stages: usize,
    rolls_back: bool,
    steps: Vec<Step>,
}

fn scripts() -> impl Strategy<Value = Script> {
    let luck = prop_oneof![
        3 => Just(Luck::Arrives), 2 => Just(Luck::Lost), 2 => Just(Luck::AnswerLost), 1 => Just(Luck::GivenUp)
    ];
    let step = prop_oneof![(0..5_usize).prop_map(Step::Report), (0..4_usize, luck).prop_map(|(n, l)| Step::Try(n, l))];
    (0..4_usize, any::<bool>(), prop::collection::vec(step, 0..24)).prop_map(|(stages, rolls_back, steps)| Script {
        stages,
        rolls_back,
        steps,
    })
}

/// The order as the order service keeps it: events count once by their id, and nothing follows the end.
#[derive(Debug, Default)]
struct Order {
    heard: BTreeSet<String>,
    effects: Vec<String>,
    ended: Option<String>,
}

impl Order {
    fn hear(&mut self, kind: &str, event_id: &str) -> Delivery {
        if self.heard.contains(event_id) {
            return Delivery::Delivered(Value::Null);
        }
        // The acceptance is implied by whatever came before it, and never refused.
        if self.ended.is_some() && kind != "dispatched" {
            return Delivery::Refused { code: "409 order.state_conflict".into(), detail: kind.to_owned() };
        }
        self.heard.insert(event_id.to_owned());
        self.effects.push(kind.to_owned());
        if matches!(kind, "rollback" | "close") {
            self.ended = Some(kind.to_owned());
        }
        Delivery::Delivered(Value::Null)
    }
}

struct Play<'a> {
    conn: &'a mut Connection,
    script: &'a Script,
    order: Order,
    /// How often the engine acted on the task: it tells repetitions by the task's id.
    taken: BTreeSet<String>,
    now: DateTime<Utc>,
}

impl Play<'_> {
    fn begin(&mut self) -> Result<(), ServiceError> {
        let dispatch: Dispatch = serde_json::from_value(dispatch_body(1, 1, &TestUser::sa()))?;
        let (at, engine) = (self.now.naive_utc(), OutsideEngine::new(Engine::Takes));
        dispatch_repo::take_place(self.conn, 1, 1, Some(TASK), "", at)?;
        task::repo::insert(self.conn, &NewTask::of(TASK, &dispatch, "outside", at)?)?;
        let bill_no = bill::repo::issue(self.conn, TASK, 1, self.now, chrono_tz::Asia::Shanghai)?;
        let task = task::repo::get(self.conn, TASK)?;
        hand_over::begin(self.conn, &engine, &task, &dispatch, &bill_no, self.now)
    }

    /// An event is refused when it is late; its sender then knows. Everything else is a fault.
    fn report(&mut self, index: usize) -> Result<(), ServiceError> {
        let end = self.script.stages;
        let (kind, id) = match index % (end + 1) {
            n if n < end => (EventKind::StageFeedback, format!("s-{n}")),
            _ if self.script.rolls_back => (EventKind::Rollback, "end".to_owned()),
            _ => (EventKind::Close, "end".to_owned()),
        };
        let said = TaskCallback {
            task_id: TASK.to_owned(),
            event_id: id.clone(),
            stage: Some(id),
            result: Some("success".to_owned()),
            message: None,
            reason: Some("不符".to_owned()),
            operator: None,
        };
        match take_in(self.conn, &said, kind, None, self.now) {
            Ok(_) => Ok(()),
            Err(ServiceError::Problem(problem)) if problem.code.status == 409 => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The ids of what may go now: the first that waits of each ordering key.
    fn list_due(&mut self) -> QueryResult<Vec<String>> {
        let rows: Vec<(String, Option<String>)> = outbox::table
            .filter(outbox::state.eq("pending"))
            .order(outbox::seq)
            .select((outbox::id, outbox::ordering_key))
            .load(self.conn)?;
        let mut keys = BTreeSet::new();
        Ok(rows.into_iter().filter(|(_, key)| keys.insert(key.clone())).map(|(id, _)| id).collect())
    }

    fn try_one(&mut self, index: usize, luck: Luck) -> Result<(), ServiceError> {
        let due = self.list_due()?;
        let Some(id) = due.get(index % due.len().max(1)) else { return Ok(()) };
        let message = messages::find(self.conn, id)?.unwrap();
        let arrived = match luck {
            Luck::Lost | Luck::GivenUp => None,
            Luck::Arrives | Luck::AnswerLost if message.destination == ORDER_SERVICE => {
                let event_id = message.payload["body"]["eventId"].as_str().unwrap();
                let kind = message.payload["path"].as_str().unwrap().rsplit('/').next().unwrap();
                Some(self.order.hear(kind, event_id))
            }
            Luck::Arrives | Luck::AnswerLost => {
                self.taken.insert(message.idempotency_key.clone());
                Some(Delivery::Delivered(Value::Null))
            }
        };
        let (delivery, fate) = match (luck, arrived) {
            (Luck::Arrives, Some(delivery @ Delivery::Refused { .. })) => (delivery, Fate::Refused),
            (Luck::Arrives, Some(delivery)) => (delivery, Fate::Done),
            (Luck::GivenUp, _) => (Delivery::Failed("away".into()), Fate::Dead),
            (_, _) => (Delivery::Failed("away".into()), Fate::Retry { at: self.now }),
        };
        let state = match fate {
            Fate::Done => "delivered",
            Fate::Refused => "refused",
            Fate::Dead => "dead",
            Fate::Retry { .. } => "pending",
        };
        diesel::update(outbox::table.filter(outbox::id.eq(id))).set(outbox::state.eq(state)).execute(self.conn)?;
        if message.destination == ORDER_SERVICE {
            apply::settle_event(self.conn, &message, &delivery, fate, self.now)
        } else {
            hand_over::settle(self.conn, &message, &delivery, fate, &OutsideEngine::new(Engine::Takes), self.now)
        }
    }

    /// The sides are well again: the engine repeats what it was not thanked for, people replay what was given up, and
    /// everything goes its way.
    fn recover(&mut self) -> Result<(), ServiceError> {
        loop {
            for index in 0..=self.script.stages {
                self.report(index)?;
            }
            let (dead, _) = messages::list_dead(self.conn, 0, 100)?;
            for letter in &dead {
                dead_letter::replay::replay(self.conn, &letter.id, self.now)?;
            }
            let mut any = !dead.is_empty();
            while !self.list_due()?.is_empty() {
                self.try_one(0, Luck::Arrives)?;
                any = true;
            }
            if !any {
                return Ok(());
            }
        }
    }

    fn check(&mut self) -> Result<(), ServiceError> {
        let (task_state, bill_state, end) = match self.script.rolls_back {
            true => (TaskState::RolledBack, BillState::Voided, "rollback"),
            false => (TaskState::Closed, BillState::Closed, "close"),
        };
        assert_eq!(task::repo::get(self.conn, TASK)?.state, task_state);
        assert_eq!(bill::repo::get_of_task(self.conn, TASK)?.state, bill_state);
        assert_eq!(self.order.ended.as_deref(), Some(end));
        assert_eq!(self.taken.len(), 1, "the engine has the task once");
        let count = |kind: &str| self.order.effects.iter().filter(|one| *one == kind).count();
        assert_eq!((count("dispatched"), count(end)), (1, 1));
        // Both sides know the same stages.
        let stages: BTreeSet<_> =
            task::repo::list_stages(self.conn, TASK)?.into_iter().map(|stage| stage.event_id).collect();
        let heard: BTreeSet<_> = self.order.heard.iter().filter(|id| id.starts_with("s-")).cloned().collect();
        assert_eq!(stages, heard);
        Ok(())
    }
}

fn play(conn: &mut Connection, script: &Script) {
    conn.test_transaction::<_, ServiceError, _>(|conn| {
        let now = Utc::now();
        let mut play = Play { conn, script, order: Order::default(), taken: BTreeSet::new(), now };
        play.begin()?;
        for step in &script.steps {
            play.now += Duration::seconds(1);
            match *step {
                Step::Report(index) => play.report(index)?,
                Step::Try(index, luck) => play.try_one(index, luck)?,
            }
        }
        play.recover()?;
        play.check()
    });
}

/// The seed is printed, and taken from `FRONT_DESK_TEST_SEED` when one is to be seen again.
#[test]
fn a_thousand_random_sequences_end_as_the_ordered_one_does() {
    let given = std::env::var("FRONT_DESK_TEST_SEED").ok().and_then(|text| text.parse().ok());
    let seed: u64 = given.unwrap_or_else(rand::random);
    println!("FRONT_DESK_TEST_SEED={seed}");
    let (_own, db) = TestDatabase::Sqlite.migrated(&[&SHARED_MIGRATIONS, &MIGRATIONS]);
    let config =
        Config { cases: SEQUENCES, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&scripts(), |script| {
        play(&mut db.connection().unwrap(), &script);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("FRONT_DESK_TEST_SEED={seed}: {failure}");
    }
}
