//! Asks the engine for what its people have reported, tells the order service, and lets the process go on: forward when
//! the order has moved, back to its people when the order service said no.
//!
//! Locks are short and extended while the order service is waited for, so that a killed process holds nothing for long.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::web;
use tokio::sync::Semaphore;

use shared_model::problem::{Problem, codes};

use super::standing::{Standing, standing};
use super::variable::ExternalTask;
use super::{Camunda7, process, rest::Fault};
use crate::app::Parts;
use crate::callback::task_event;
use crate::error::ServiceError;
use crate::event::model::{EventRow, EventState};
use crate::event::{answer, outcome};
use crate::task;

/// Pauses while the engine is away: doubled up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Between two fetches, for an engine that answers a long poll at once.
const BREATH: Duration = Duration::from_millis(50);

/// Never ends by itself.
pub async fn run(engine: Arc<Camunda7>, parts: web::Data<Parts>) {
    let room = Arc::new(Semaphore::new(engine.pace.at_once));
    let mut pause = FIRST_PAUSE;
    loop {
        match fetch(&engine, &room).await {
            Ok(fetched) => {
                pause = FIRST_PAUSE;
                for external in fetched {
                    let Ok(place) = room.clone().acquire_owned().await else { return };
                    let (engine, parts) = (engine.clone(), parts.clone());
                    tokio::spawn(async move {
                        handle(&engine, &parts, &external).await;
                        drop(place);
                    });
                }
                tokio::time::sleep(BREATH).await;
            }
            Err(fault) => {
                tracing::warn!(%fault, "the engine cannot be asked for external tasks");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// No more than there is room for: what is locked here is locked for others.
async fn fetch(engine: &Camunda7, room: &Arc<Semaphore>) -> Result<Vec<ExternalTask>, Fault> {
    engine.ensure_deployed().await?;
    while room.available_permits() == 0 {
        drop(room.acquire().await);
    }
    let pace = &engine.pace;
    let at_most = room.available_permits().max(1);
    engine.rest.fetch_and_lock(&pace.worker_id, at_most, pace.lock, pace.long_poll, process::KEY).await
}

/// What the engine is told of an external task.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// The order has moved.
    Done,
    /// The order service, or we, said no: its people must do something else.
    Refused(String),
    /// Not settled in the time we wait: to be fetched again later.
    Later(String),
    /// It belongs to no task of ours: its own people must look.
    Stray(String),
    /// Its instance is not the task's own: it ends, and nothing comes of it.
    Surplus,
}

async fn handle(engine: &Camunda7, parts: &Parts, external: &ExternalTask) {
    let (rest, pace, id) = (&engine.rest, &engine.pace, external.id.as_str());
    let Some(verdict) = judge(engine, parts, external).await else { return };
    let worker = pace.worker_id.as_str();
    let told = match &verdict {
        Verdict::Done => rest.complete(worker, id).await,
        Verdict::Refused(why) => rest.bpmn_error(worker, id, process::REFUSED, why).await,
        Verdict::Later(why) => rest.failure(worker, id, why, 1, pace.put_back).await,
        Verdict::Stray(why) => rest.failure(worker, id, why, 0, pace.put_back).await,
        Verdict::Surplus => {
            tracing::warn!(
                external_task = id,
                instance = external.process_instance_id,
                "an instance too many is deleted"
            );
            rest.delete_instance(&external.process_instance_id).await
        }
    };
    if let Err(fault) = told {
        // Its lock runs out and it is fetched again: the event is known by then, and has its one effect.
        tracing::warn!(external_task = id, ?verdict, %fault, "the engine did not hear how its external task ended");
    }
}

/// None when the lock is lost: another has it now.
async fn judge(engine: &Camunda7, parts: &Parts, external: &ExternalTask) -> Option<Verdict> {
    match stands(engine, parts, external).await {
        Ok(Standing::Own) => {}
        Ok(Standing::Surplus) => return Some(Verdict::Surplus),
        Ok(Standing::NotYetKnown) => {
            return Some(Verdict::Later("话单的下发尚未确认 the hand-over is not written down yet".to_owned()));
        }
        Err(error) => return Some(Verdict::Later(error.to_string())),
    }
    let event_row = match take_in(parts, external).await {
        Ok(event_row) => event_row,
        Err(ServiceError::Problem(problem)) if problem.code == &codes::NOT_FOUND => {
            return Some(Verdict::Stray("不是本系统的任务 no task of this system".to_owned()));
        }
        Err(ServiceError::Problem(problem)) => return Some(Verdict::Refused(in_words(&problem))),
        Err(error) => return Some(Verdict::Later(error.to_string())),
    };
    parts.outbox.nudge();
    let (pace, begun) = (&engine.pace, Instant::now());
    loop {
        let event = match outcome::settled(&parts.db, &event_row, pace.lock / 3).await {
            Ok(event) => event,
            Err(error) => return Some(Verdict::Later(error.to_string())),
        };
        if let Some(verdict) = verdict_of(&event, begun.elapsed() >= pace.patience) {
            return Some(verdict);
        }
        if let Err(fault) = engine.rest.extend_lock(&pace.worker_id, &external.id, pace.lock).await {
            tracing::warn!(external_task = external.id, %fault, "a lock could not be extended");
            if matches!(fault, Fault::Refused { .. }) {
                return None;
            }
        }
    }
}

/// Whether the report comes from the task's own instance. While the hand-over is being written down that is waited for,
/// as long as the lock lasts.
async fn stands(engine: &Camunda7, parts: &Parts, external: &ExternalTask) -> Result<Standing, ServiceError> {
    let begun = Instant::now();
    loop {
        let (task_id, instance) = (external.task_id(), external.process_instance_id.clone());
        let found = parts
            .db
            .read(move |conn| {
                let task = task::repo::find(conn, &task_id).map_err(ServiceError::from)?;
                Ok::<_, ServiceError>(standing(task.as_ref(), &instance))
            })
            .await?;
        if found != Standing::NotYetKnown || begun.elapsed() >= engine.pace.lock / 2 {
            return Ok(found);
        }
        tokio::time::sleep(BREATH).await;
    }
}

/// Stores the report once, by the external task's id.
async fn take_in(parts: &Parts, external: &ExternalTask) -> Result<String, ServiceError> {
    let Some(kind) = process::kind_of(&external.topic_name) else {
        return Err(Problem::new(&codes::NOT_FOUND).into());
    };
    let (said, now) = (external.report(), parts.clock.now());
    let accepted = parts.db.write(move |conn| task_event::take_in(conn, &said, kind, None, now)).await?;
    Ok(accepted.event_row)
}

fn verdict_of(event: &EventRow, impatient: bool) -> Option<Verdict> {
    let waits =
        || event.detail.clone().unwrap_or_else(|| "工单系统尚未受理 not yet told to the order service".to_owned());
    match event.state {
        EventState::Delivered => Some(Verdict::Done),
        EventState::Refused => Some(Verdict::Refused(in_words(&answer::refusal(event)))),
        EventState::Cancelled => {
            let recalled = || "工单已召回该话单 the order has taken the task back".to_owned();
            Some(Verdict::Refused(event.detail.clone().unwrap_or_else(recalled)))
        }
        EventState::Dead => Some(Verdict::Later(waits())),
        EventState::Held | EventState::Pending => impatient.then(|| Verdict::Later(waits())),
    }
}

/// A problem as the engine's people read it: Chinese first, English beside it.
fn in_words(problem: &Problem) -> String {
    let why = problem.detail.as_ref().unwrap_or(&problem.code.title);
    let faults: String =
        problem.faults.iter().map(|fault| format!(" {} {}", fault.pointer, fault.message.zh)).collect();
    format!("{} {}{faults} ({})", why.zh, why.en, problem.code.code)
}
