//! Takes an event of a task in: checked, stored once, and put on its way, in one transaction. Nothing is changed yet:
//! what it does to the task happens when the order service has said yes.

use chrono::{DateTime, Utc};

use shared_model::problem::{Problem, codes};
use shared_model::server::database::Connection;
use shared_model::text::Text;

use super::model::{EventBody, EventRow, EventState};
use super::repo;
use super::rules::{self, Admission, Refusal};
use super::send::{self, Origin};
use crate::error::ServiceError;
use crate::task::model::TaskRow;

/// The event, as it stands after it was taken in.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub event_row: String,
    /// It had been taken in before: nothing was done now.
    pub known: bool,
}

/// `task` is held by this transaction, so events of one task are taken in one after the other.
///
/// An event that the order service refused before may be said again under its id: a refusal has had no effect.
pub fn accept(
    conn: &mut Connection,
    task: &TaskRow,
    body: &EventBody,
    origin: &Origin,
    early_allowed: bool,
    now: DateTime<Utc>,
) -> Result<Accepted, ServiceError> {
    let before = find_known(conn, task, body, origin)?;
    if before.as_ref().is_some_and(|known| known.source != task.id || known.kind != body.kind()) {
        return Err(mismatch().into());
    }
    if let Some(known) = &before
        && known.state != EventState::Refused
    {
        return Ok(Accepted { event_row: known.id.clone(), known: true });
    }
    let unsettled = repo::list_unsettled(conn, &task.id)?;
    let admission = rules::check_event(task.state, body.kind(), &unsettled, early_allowed)
        .map_err(|refusal| conflict(task, refusal))?;
    let id = match before {
        Some(refused) => {
            repo::apply_said_again(conn, &refused.id, &body.to_json()?.to_string(), now.naive_utc())?;
            refused.id
        }
        None => send::store(conn, &task.id, Some(&task.id), body, EventState::Held, origin, now)?,
    };
    match admission {
        Admission::Send => {
            let row = send::get(conn, &id)?;
            send::tell_of_task(conn, task, &row, now)?;
        }
        Admission::Hold => repo::apply_settled(conn, &id, EventState::Held, None, now.naive_utc())?,
    }
    Ok(Accepted { event_row: id, known: false })
}

fn find_known(
    conn: &mut Connection,
    task: &TaskRow,
    body: &EventBody,
    origin: &Origin,
) -> Result<Option<EventRow>, ServiceError> {
    if let Some(known) = repo::find_by_source(conn, &task.id, body.event_id())? {
        return Ok(Some(known));
    }
    Ok(match &origin.webhook_id {
        Some(webhook_id) => repo::find_of_engine(conn, webhook_id)?,
        None => None,
    })
}

/// Its sender named two different things alike: nothing is done, and it must not believe that something was.
pub fn mismatch() -> Problem {
    Problem::new(&codes::IDEMPOTENCY_MISMATCH).detail(Text::fixed(
        "该 webhook-id 或 eventId 已用于另一事件",
        "this webhook-id or eventId was used for another event",
    ))
}

/// 409, in words that say what stands in the way.
fn conflict(task: &TaskRow, refusal: Refusal) -> Problem {
    let detail = match refusal {
        Refusal::State => {
            let name = task.state.shown().name();
            Text::new(format!("任务{}，不能执行此操作", name.zh), format!("the task is {}", name.en))
        }
        Refusal::EndPending => Text::fixed(
            "该任务的回退或关单已提交，正在送达工单系统",
            "a rollback or close of this task is on its way to the order service",
        ),
        Refusal::EndDead => Text::fixed(
            "该任务的回退或关单已提交，但未能送达工单系统，已进入死信，请联系运营人员重发或作废",
            "a rollback or close of this task could not be delivered to the order service and is a dead letter: ask \
             operations to replay or discard it",
        ),
    };
    Problem::new(&codes::TASK_STATE_CONFLICT).detail(detail)
}
