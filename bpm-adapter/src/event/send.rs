//! Puts events on their way: the row that says what happened, and the outbox message that tells it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use shared_model::server::database::Connection;
use shared_model::server::outbox::{self, NewMessage};

use super::model::{EventBody, EventKind, EventRow, EventState, NewEvent};
use super::repo;
use crate::error::ServiceError;
use crate::task::model::TaskRow;

/// `destination` of messages to the order service.
pub const ORDER_SERVICE: &str = "workorder-svc";
/// `source` of product orders, whose ids are billing's.
pub const BILLING: &str = "billing";

/// What an outbox message to the order service says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Letter {
    pub path: String,
    pub body: Value,
}

/// Where an event comes from, for finding it again.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub webhook_id: Option<String>,
    pub ticket: Option<String>,
}

/// Stores an event of a task in the given state, and answers its row's id.
pub fn store(
    conn: &mut Connection,
    source: &str,
    task_id: Option<&str>,
    body: &EventBody,
    state: EventState,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<String, ServiceError> {
    let id = Uuid::now_v7().to_string();
    let new = NewEvent {
        id: &id,
        source,
        event_id: body.event_id(),
        kind: body.kind().code(),
        task_id,
        body: &body.to_json()?.to_string(),
        state: state.code(),
        attempts: 0,
        webhook_id: origin.webhook_id.as_deref(),
        ticket: origin.ticket.as_deref(),
        created_at: now.naive_utc(),
    };
    repo::insert(conn, &new)?;
    Ok(id)
}

/// Puts a stored event of a task into the outbox; the events of one task are told strictly in order.
pub fn tell_of_task(
    conn: &mut Connection,
    task: &TaskRow,
    event: &EventRow,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let path = format!("/internal/orders/{}/{}", task.order_id, event.kind.code());
    tell(conn, event, path, task.id.clone(), now)
}

/// Puts a stored product order into the outbox; those of one subscription are told strictly in order.
pub fn tell_of_product(
    conn: &mut Connection,
    event: &EventRow,
    subscription: String,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    tell(conn, event, "/internal/enterprise-products".to_owned(), subscription, now)
}

fn tell(
    conn: &mut Connection,
    event: &EventRow,
    path: String,
    ordering_key: String,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let letter = Letter { path, body: serde_json::from_str(&event.body)? };
    let message = NewMessage {
        kind: message_kind(event.kind),
        destination: ORDER_SERVICE,
        ordering_key: Some(ordering_key),
        idempotency_key: format!("{}:{}", event.source, event.event_id),
        payload: serde_json::to_value(letter)?,
    };
    let outbox_id = outbox::enqueue(conn, &message, now)?;
    repo::apply_sent(conn, &event.id, &outbox_id)?;
    Ok(())
}

/// Stores an event of a task that only tells what has been done, and puts it on its way.
pub fn tell_done(
    conn: &mut Connection,
    task: &TaskRow,
    body: &EventBody,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let id = store(conn, &task.id, Some(&task.id), body, EventState::Pending, &Origin::default(), now)?;
    let row = get(conn, &id)?;
    tell_of_task(conn, task, &row, now)
}

/// A row that must be there.
pub fn get(conn: &mut Connection, id: &str) -> Result<EventRow, ServiceError> {
    repo::find(conn, id)?.ok_or_else(|| ServiceError::Unreadable(format!("event {id} is gone")))
}

/// `kind` of the message that tells of such an event.
pub const fn message_kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Dispatched => "task.dispatched",
        EventKind::StageFeedback => "task.stage-feedback",
        EventKind::Rollback => "task.rollback",
        EventKind::Close => "task.close",
        EventKind::Reassigned => "task.reassigned",
        EventKind::ProductOrder => "billing.product-order",
    }
}
