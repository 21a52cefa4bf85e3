//! What the three desk calls share: the assignee reports, the order service hears it, the task follows.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use shared_model::bpm::{Operator, TaskEventHead};
use shared_model::permission::Permission;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::IfMatch;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::{self, Ticket};
use shared_model::text::Text;

use super::model::TaskRow;
use super::repo;
use super::rules::Viewer;
use super::view::TaskView;
use crate::app::Parts;
use crate::driver::embedded;
use crate::error::ServiceError;
use crate::event::accept::{self, Accepted};
use crate::event::model::{EventBody, EventRow, EventState};
use crate::event::send::Origin;
use crate::event::{answer, outcome, repo as event_repo};

/// What the caller may see of tasks.
pub fn viewer_of(caller: &Caller) -> Viewer {
    Viewer {
        id: caller.id().clone(),
        sees_all: caller.may(Permission::BpmDeadLetterManage),
        reads_pii: caller.may(Permission::BpmPiiRead),
    }
}

/// The same for a task that is not there and for one that is somebody else's.
pub fn unknown_task() -> Problem {
    Problem::new(&codes::NOT_FOUND).detail(Text::fixed("任务不存在", "there is no such task"))
}

/// 412 when the task has changed since the caller read it.
pub fn check_version(task: &TaskRow, IfMatch(wanted): IfMatch) -> Result<(), Problem> {
    if wanted.is_some_and(|version| version != task.version) { Err(Problem::new(&codes::STALE)) } else { Ok(()) }
}

/// One call at the desk.
pub struct DeskCall {
    pub task_id: String,
    pub caller: Caller,
    pub if_match: IfMatch,
    pub ticket: Option<Ticket>,
}

/// Makes the event's body once the task is known.
pub type MakeBody = Arc<dyn Fn(TaskEventHead) -> EventBody + Send + Sync>;

/// Takes the event in, waits a moment for the order service's answer, and gives it: 200 done, 202 on its way, or the
/// refusal under its own code. A body that is not acceptable is told only to who may see the task.
pub async fn report(parts: &Parts, call: DeskCall, make: Result<MakeBody, Problem>) -> Result<Answer, Problem> {
    let call = Arc::new(call);
    let (now, taking) = (parts.clock.now(), call.clone());
    let taken = parts.db.write(move |conn| take_in(conn, &taking, &make, now)).await?;
    let event_row = match taken {
        Taken::Answered(answer) => return Ok(answer),
        Taken::Under(event_row) => event_row,
    };
    parts.outbox.nudge();
    let event = outcome::wait(&parts.db, &event_row, parts.patience()).await?;
    let (zone, now) = (parts.zone, parts.clock.now());
    if call.ticket.is_none() {
        return parts.db.read(move |conn| answer_of(conn, &call, &event, zone)).await?;
    }
    parts.db.write(move |conn| conclude(conn, &call, &event, zone, now)).await?
}

enum Taken {
    /// The same key was answered before.
    Answered(Answer),
    /// The event's row.
    Under(String),
}

fn take_in(
    conn: &mut Connection,
    call: &DeskCall,
    make: &Result<MakeBody, Problem>,
    now: DateTime<Utc>,
) -> Result<Taken, ServiceError> {
    let viewer = viewer_of(&call.caller);
    let task = repo::find_held(conn, &call.task_id)?.filter(|task| viewer.sees(&task.assignee_id));
    let task = task.ok_or_else(unknown_task)?;
    let make = make.as_ref().map_err(Clone::clone)?;
    match idempotency::begin::<ServiceError>(conn, call.ticket.as_ref(), now) {
        Ok(Some(answer)) => return Ok(Taken::Answered(answer)),
        Ok(None) => {}
        // Its event is on its way (or its process died): wait for that one.
        Err(ServiceError::Problem(problem)) if problem.code == &codes::IDEMPOTENCY_IN_FLIGHT => {
            let ticket = call.ticket.as_ref().map(ticket_code).unwrap_or_default();
            let event = event_repo::find_by_ticket(conn, &ticket)?.ok_or(ServiceError::Problem(problem))?;
            return Ok(Taken::Under(event.id));
        }
        Err(error) => return Err(error),
    }
    check_desk(&task, &call.caller)?;
    check_version(&task, call.if_match)?;
    let body = make(head(&task, &call.caller, now));
    let origin = Origin { webhook_id: None, ticket: call.ticket.as_ref().map(ticket_code) };
    let Accepted { event_row, .. } = accept::accept(conn, &task, &body, &origin, false, now)?;
    Ok(Taken::Under(event_row))
}

/// Only the assignee reports, and only where the desk is the engine.
fn check_desk(task: &TaskRow, caller: &Caller) -> Result<(), Problem> {
    if task.assignee_id != caller.id().as_str() {
        return Err(Problem::new(&codes::FORBIDDEN)
            .detail(Text::fixed("只有任务的处理人可以操作", "only the task's assignee may do this")));
    }
    if task.driver != embedded::NAME {
        return Err(Problem::new(&codes::TASK_DRIVER_EXTERNAL));
    }
    Ok(())
}

fn head(task: &TaskRow, caller: &Caller, now: DateTime<Utc>) -> TaskEventHead {
    TaskEventHead {
        task_id: task.id.clone().into(),
        event_id: Uuid::now_v7().to_string(),
        attempt: Some(task.attempt),
        operator: Some(Operator { id: Some(caller.id().clone()), name: caller.claims.name.clone() }),
        occurred_at: now,
    }
}

/// A key belongs to its caller.
fn ticket_code(ticket: &Ticket) -> String {
    format!("{}\u{1f}{}", ticket.caller, ticket.key)
}

/// What the caller hears of the event as it stands.
fn answer_of(
    conn: &mut Connection,
    call: &DeskCall,
    event: &EventRow,
    zone: Tz,
) -> Result<Result<Answer, Problem>, ServiceError> {
    if event.state == EventState::Refused {
        return Ok(Err(answer::refusal(event)));
    }
    let task = repo::find(conn, &call.task_id)?.ok_or_else(unknown_task)?;
    let view = TaskView::load(conn, &task, &viewer_of(&call.caller), zone)?;
    let done = event.state == EventState::Delivered;
    Ok(Ok(if done { Answer::ok(&view) } else { Answer::accepted(&view) }.etag(view.version)))
}

/// The same, kept under the caller's key: whoever sent it hears the first answer. A refusal is not kept, and frees the
/// key, because it had no effect.
fn conclude(
    conn: &mut Connection,
    call: &DeskCall,
    event: &EventRow,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Result<Answer, Problem>, ServiceError> {
    // Held, so that of several calls under one key one is first.
    repo::find_held(conn, &call.task_id)?.ok_or_else(unknown_task)?;
    let answer = match answer_of(conn, call, event, zone)? {
        Ok(answer) => answer,
        Err(refusal) => {
            idempotency::release(conn, call.ticket.as_ref())?;
            return Ok(Err(refusal));
        }
    };
    match idempotency::begin::<ServiceError>(conn, call.ticket.as_ref(), now) {
        Ok(Some(kept)) => return Ok(Ok(kept)),
        Ok(None) => {}
        Err(ServiceError::Problem(problem)) if problem.code == &codes::IDEMPOTENCY_IN_FLIGHT => {}
        Err(error) => return Err(error),
    }
    idempotency::complete(conn, call.ticket.as_ref(), &answer)?;
    Ok(Ok(answer))
}
