//! What the order service's answer does: to the event, the task, its stages and its bill, in the transaction that
//! marks the delivery.

use chrono::{DateTime, NaiveDateTime, Utc};

use shared_model::server::database::Connection;
use shared_model::server::outbox::{Delivery, Fate, Message};

use super::courier::outcome_of;
use super::model::{EventBody, EventRow, EventState};
use super::repo;
use crate::bill::{self, state::BillEvent};
use crate::error::ServiceError;
use crate::task::model::{NewDelivery, NewStage, TaskRow};
use crate::task::{
    self,
    state::{TaskEvent, TaskState},
};

/// Writes down how the delivery of an event ended.
pub fn settle_event(
    conn: &mut Connection,
    message: &Message,
    delivery: &Delivery,
    fate: Fate,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let Some(event) = repo::find_by_outbox(conn, &message.id)? else {
        return Err(ServiceError::Unreadable(format!("message {} tells of no event", message.id)));
    };
    let at = now.naive_utc();
    if let Some(task_id) = &event.task_id {
        let (outcome, detail) = outcome_of(delivery, fate);
        let row = NewDelivery { task_id, kind: event.kind.code(), at, outcome, detail: &detail };
        task::repo::insert_delivery(conn, &row)?;
    }
    match (delivery, fate) {
        (Delivery::Delivered(_), _) => {
            apply_effect(conn, &event, at)?;
            repo::apply_settled(conn, &event.id, EventState::Delivered, None, at)?;
        }
        (Delivery::Refused { code, detail }, _) => {
            repo::apply_settled(conn, &event.id, EventState::Refused, Some((code, detail)), at)?;
        }
        (Delivery::Failed(why), Fate::Dead) => {
            repo::apply_failed_try(conn, &event.id, why)?;
            repo::apply_settled(conn, &event.id, EventState::Dead, None, at)?;
        }
        (Delivery::Failed(why), Fate::Done | Fate::Refused | Fate::Retry { .. }) => {
            repo::apply_failed_try(conn, &event.id, why)?;
        }
    }
    Ok(())
}

/// The order has taken the event: so do the task, its stages and its bill.
fn apply_effect(conn: &mut Connection, event: &EventRow, at: NaiveDateTime) -> Result<(), ServiceError> {
    let (Some(task_id), Some(moves)) = (&event.task_id, event.kind.moves_task()) else { return Ok(()) };
    let Some(task) = task::repo::find_held(conn, task_id)? else {
        return Err(ServiceError::Unreadable(format!("task {task_id} is gone")));
    };
    if is_applied(conn, &task, event, moves)? {
        return Ok(());
    }
    match task::repo::apply_transition(conn, &task, moves, at) {
        Ok(_) => {}
        // The order had taken the stage before the end; its answer has come after it.
        Err(ServiceError::Task(_)) if moves == TaskEvent::StageReported => {}
        // The order has moved, the task cannot: it had been settled in another way. Kept as it is, and told.
        Err(ServiceError::Task(illegal)) => {
            tracing::error!(task_id, event_id = event.event_id, %illegal, "the order took what the task cannot");
            return Ok(());
        }
        Err(error) => return Err(error),
    }
    record_stage(conn, &task, &event.parsed()?, at)?;
    match moves {
        TaskEvent::Closed => bill::repo::apply_event(conn, task_id, BillEvent::TaskClosed, at).map(drop),
        TaskEvent::RolledBack => bill::repo::apply_event(conn, task_id, BillEvent::TaskRolledBack, at).map(drop),
        TaskEvent::Taken
        | TaskEvent::StageReported
        | TaskEvent::GivenUp
        | TaskEvent::SentAgain
        | TaskEvent::Recalled => Ok(()),
    }
}

/// It was told once more, after a side came back from a backup: here it has had its effect.
fn is_applied(conn: &mut Connection, task: &TaskRow, event: &EventRow, moves: TaskEvent) -> Result<bool, ServiceError> {
    Ok(match moves {
        TaskEvent::Closed => task.state == TaskState::Closed,
        TaskEvent::RolledBack => task.state == TaskState::RolledBack,
        TaskEvent::StageReported => {
            task::repo::list_stages(conn, &task.id)?.iter().any(|stage| stage.event_id == event.event_id)
        }
        TaskEvent::Taken | TaskEvent::GivenUp | TaskEvent::SentAgain | TaskEvent::Recalled => false,
    })
}

fn record_stage(
    conn: &mut Connection,
    task: &TaskRow,
    body: &EventBody,
    at: NaiveDateTime,
) -> Result<(), ServiceError> {
    let EventBody::StageFeedback(event) = body else { return Ok(()) };
    let operator = event.head.operator.as_ref().map(|operator| operator.name.as_str());
    let stage = NewStage {
        task_id: &task.id,
        event_id: &event.head.event_id,
        stage: &event.stage,
        result: event.result.code(),
        message: &event.message,
        operator: operator.unwrap_or_default(),
        at,
    };
    Ok(task::repo::insert_stage(conn, &stage)?)
}
