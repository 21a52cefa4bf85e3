//! `POST /bpm/reconcile/repair`: mends differences by sending again what a side does not have.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::database::Connection;
use shared_model::server::idempotency;
use shared_model::text::Text;

use super::rules::{EVENT, HANDOVER};
use crate::app::Parts;
use crate::dead_letter;
use crate::dispatch::hand_over::{HAND_OVER, engine_key};
use crate::error::ServiceError;
use crate::event::{self, model::EventState, send};
use crate::task;

/// The most differences mended in one call.
const LIMIT: usize = 100;

/// 要修复的差异。
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Repair {
    /// `GET /bpm/reconcile` 给出的编号，1 到 100 个。
    differences: Vec<String>,
}

/// 修复结果，与请求同序。
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Repaired {
    pub results: Vec<RepairResult>,
}

/// 一处差异的修复结果。
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RepairResult {
    pub id: String,
    pub outcome: RepairOutcome,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RepairOutcome {
    /// 已重发。 Sent again.
    Sent,
    /// 正在送达，无需重发。 On its way already.
    UnderWay,
    /// 须人工处理。 Sending again does not mend it.
    NotRepairable,
}

/// 修复差异。 Sends again what a side does not have.
#[utoipa::path(
    post,
    path = "/bpm/reconcile/repair",
    tag = "对账 Reconciliation",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = Repair,
    responses((status = 200, body = Repaired), (status = 422, description = "field.invalid"))
)]
pub async fn repair_differences(parts: web::Data<Parts>, command: Command<Repair>) -> Result<Answer, Problem> {
    let now = parts.clock.now();
    check(&command.body)?;
    let answer = parts
        .db
        .write(move |conn| {
            idempotency::once(conn, command.ticket.as_ref(), now, |conn| {
                let ids = command.body.differences.iter();
                let results = ids.map(|id| Ok(RepairResult { id: id.clone(), outcome: mend(conn, id, now)? }));
                Ok::<_, ServiceError>(Answer::ok(&Repaired { results: results.collect::<Result<_, ServiceError>>()? }))
            })
        })
        .await?;
    parts.outbox.nudge();
    Ok(answer)
}

fn check(repair: &Repair) -> Result<(), Problem> {
    if (1..=LIMIT).contains(&repair.differences.len()) {
        return Ok(());
    }
    let text = Text::new(format!("须为 1 到 {LIMIT} 处差异"), format!("1 to {LIMIT} differences"));
    Err(Problem::of_faults(vec![Fault::new("/differences", &codes::FIELD_INVALID, text)]))
}

fn mend(conn: &mut Connection, id: &str, now: DateTime<Utc>) -> Result<RepairOutcome, ServiceError> {
    if let Some(task) = id.strip_prefix(HANDOVER) {
        return hand_over_again(conn, task, now);
    }
    match id.strip_prefix(EVENT) {
        Some(row) => tell_again(conn, row, now),
        None => Ok(RepairOutcome::NotRepairable),
    }
}

fn hand_over_again(conn: &mut Connection, task: &str, now: DateTime<Utc>) -> Result<RepairOutcome, ServiceError> {
    let undelivered = dead_letter::repo::list_undelivered(conn, &engine_key(task), HAND_OVER)?;
    match undelivered.first() {
        Some((letter, _)) => replay(conn, letter, now),
        None => Ok(RepairOutcome::NotRepairable),
    }
}

/// A dead letter is replayed; what was delivered and is not there (its receiver came back from a backup) is told once
/// more under its old id.
fn tell_again(conn: &mut Connection, row: &str, now: DateTime<Utc>) -> Result<RepairOutcome, ServiceError> {
    let Some(event) = event::repo::find(conn, row)? else { return Ok(RepairOutcome::NotRepairable) };
    let (Some(task_id), Some(letter)) = (&event.task_id, &event.outbox_id) else {
        return Ok(RepairOutcome::NotRepairable);
    };
    match event.state {
        EventState::Held | EventState::Pending => Ok(RepairOutcome::UnderWay),
        EventState::Cancelled => Ok(RepairOutcome::NotRepairable),
        EventState::Dead | EventState::Refused => replay(conn, letter, now),
        EventState::Delivered => {
            let task = task::repo::find_held(conn, task_id)?;
            let task = task.ok_or_else(|| ServiceError::Unreadable(format!("task {task_id} is gone")))?;
            send::tell_of_task(conn, &task, &event, now)?;
            Ok(RepairOutcome::Sent)
        }
    }
}

/// Somebody may have replayed it a moment ago.
fn replay(conn: &mut Connection, letter: &str, now: DateTime<Utc>) -> Result<RepairOutcome, ServiceError> {
    match dead_letter::replay::replay(conn, letter, now) {
        Ok(()) => Ok(RepairOutcome::Sent),
        Err(ServiceError::Problem(problem)) if problem.code == &codes::TASK_NOT_DEAD_LETTER => {
            Ok(RepairOutcome::UnderWay)
        }
        Err(error) => Err(error),
    }
}
