//! A task's way to the engine, and what follows when the engine has it or cannot be reached.

use chrono::{DateTime, Utc};

use serde::Deserialize;
use shared_model::bpm::{Dispatch, DispatchedEvent, ReassignedEvent, TaskEventHead};
use shared_model::ids::{OrderId, TaskId};
use shared_model::server::database::Connection;
use shared_model::server::outbox::{self, Delivery, Fate, Message, NewMessage};
use uuid::Uuid;

use super::afterthought;
use crate::bill;
use crate::dead_letter;
use crate::driver::{Driver, Handing, Handover, Notice, embedded};
use crate::error::ServiceError;
use crate::event;
use crate::event::courier::outcome_of;
use crate::event::model::{EventBody, EventState};
use crate::event::send;
use crate::task::model::{NewDelivery, TaskRow};
use crate::task::{
    self,
    state::{TaskEvent, TaskState},
};

/// `destination` and `kind` of the message that hands a task to the engine.
pub const ENGINE: &str = "engine";
pub const HAND_OVER: &str = "engine.hand-over";
/// `kind` of the message that tells the engine of another assignee.
pub const NOTICE: &str = "engine.task-reassigned";

/// Puts a queued task on its way: on the desk at once, or into the outbox.
pub fn begin(
    conn: &mut Connection,
    driver: &dyn Driver,
    task: &TaskRow,
    dispatch: &Dispatch,
    bill_no: &str,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    match driver.handing() {
        Handing::AtTheDesk => {
            let at = now.naive_utc();
            let row = NewDelivery { task_id: &task.id, kind: ENGINE, at, outcome: "delivered", detail: "" };
            task::repo::insert_delivery(conn, &row)?;
            taken(conn, task, driver.name(), None, now)
        }
        Handing::ByDelivery => {
            let handover = Handover {
                task_id: task.id.clone().into(),
                bill_no: bill_no.to_owned(),
                dispatch: dispatch.clone(),
                dispatched_at: now,
            };
            let message = NewMessage {
                kind: HAND_OVER,
                destination: ENGINE,
                // A key of its own: what the order service is told of the task does not wait for the engine.
                ordering_key: Some(engine_key(&task.id)),
                idempotency_key: task.id.clone(),
                payload: serde_json::to_value(handover)?,
            };
            outbox::enqueue(conn, &message, now)?;
            Ok(())
        }
    }
}

/// `ordering_key` of the message that hands a task over, for finding it again.
pub fn engine_key(task_id: &str) -> String {
    format!("{ENGINE}:{task_id}")
}

/// Tells an engine outside that a task has gone to another person. What is still to be handed over names the new one;
/// what has been, or is under way at this moment, is followed by a notice.
pub fn readdress(
    conn: &mut Connection,
    task: &TaskRow,
    event: &ReassignedEvent,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    if task.driver == embedded::NAME {
        return Ok(());
    }
    for (id, payload) in dead_letter::repo::list_undelivered(conn, &engine_key(&task.id), HAND_OVER)? {
        let mut handover: Handover = serde_json::from_str(&payload)?;
        handover.dispatch.assignee = event.assignee.clone();
        dead_letter::repo::apply_payload(conn, &id, &serde_json::to_string(&handover)?)?;
    }
    if task.state == TaskState::DeadLetter {
        return Ok(());
    }
    let notice = Notice {
        event_id: event.head.event_id.clone(),
        task_id: task.id.clone().into(),
        order_id: OrderId(task.order_id),
        assignee: event.assignee.clone(),
        comment: event.comment.clone(),
        occurred_at: now,
    };
    let message = NewMessage {
        kind: NOTICE,
        destination: ENGINE,
        ordering_key: Some(engine_key(&task.id)),
        idempotency_key: notice.event_id.clone(),
        payload: serde_json::to_value(notice)?,
    };
    outbox::enqueue(conn, &message, now)?;
    Ok(())
}

/// The engine has the task: the order is told, and then whatever came early, in the order it came but the end last.
fn taken(
    conn: &mut Connection,
    task: &TaskRow,
    driver: &str,
    engine_ref: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    task::repo::apply_taken_by(conn, &task.id, driver, engine_ref)?;
    let task = task::repo::apply_transition(conn, task, TaskEvent::Taken, now.naive_utc())?;
    let bill_no = bill::repo::get_of_task(conn, &task.id)?.bill_no;
    let event = DispatchedEvent {
        head: TaskEventHead {
            task_id: task.id.clone().into(),
            event_id: Uuid::now_v7().to_string(),
            attempt: Some(task.attempt),
            operator: None,
            occurred_at: now,
        },
        bill_no,
    };
    send::tell_done(conn, &task, &EventBody::Dispatched(event), now)?;
    let mut early = event::repo::list_of_task(conn, &task.id, &[EventState::Held])?;
    early.sort_by_key(|event| event.kind.is_terminal());
    for held in early {
        send::tell_of_task(conn, &task, &held, now)?;
    }
    Ok(())
}

/// What every message to the engine says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AboutTask {
    pub task_id: TaskId,
}

/// Writes down how telling the engine of a task ended.
pub fn settle(
    conn: &mut Connection,
    message: &Message,
    delivery: &Delivery,
    fate: Fate,
    driver: &dyn Driver,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let about: AboutTask = serde_json::from_value(message.payload.clone())?;
    let task_id = about.task_id.as_str();
    let Some(task) = task::repo::find_held(conn, task_id)? else {
        return Err(ServiceError::Unreadable(format!("task {task_id} is gone")));
    };
    let (outcome, detail) = outcome_of(delivery, fate);
    let at = now.naive_utc();
    task::repo::insert_delivery(conn, &NewDelivery { task_id, kind: ENGINE, at, outcome, detail: &detail })?;
    if message.kind != HAND_OVER {
        return Ok(());
    }
    match (delivery, fate) {
        (Delivery::Delivered(answer), _) => {
            let engine_ref = driver.engine_ref(answer);
            taken(conn, &task, driver.name(), engine_ref.as_deref(), now)?;
            match engine_ref {
                Some(engine_ref) if message.attempts > 1 => {
                    afterthought::single_out(conn, driver, &task, &engine_ref, now)
                }
                Some(_) | None => Ok(()),
            }
        }
        // A refusal is as final as a spent budget: the order may take the dispatch back.
        (Delivery::Refused { .. }, _) | (Delivery::Failed(_), Fate::Dead) => {
            task::repo::apply_transition(conn, &task, TaskEvent::GivenUp, at).map(drop)
        }
        (Delivery::Failed(_), Fate::Done | Fate::Refused | Fate::Retry { .. }) => Ok(()),
    }
}
