//! What the order service is to be told: its kinds, its states, its row.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use shared_model::bpm::{
    CloseEvent, DispatchedEvent, ProductOrder, ReassignedEvent, RollbackEvent, StageFeedbackEvent,
};

use crate::schema::event;
use crate::task::model::UnknownCode;
use crate::task::state::TaskEvent;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    Dispatched,
    StageFeedback,
    Rollback,
    Close,
    Reassigned,
    ProductOrder,
}

impl EventKind {
    pub const ALL: [Self; 6] =
        [Self::Dispatched, Self::StageFeedback, Self::Rollback, Self::Close, Self::Reassigned, Self::ProductOrder];

    /// The code in the table; of a task's event also the last segment of its path at the order service.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dispatched => "dispatched",
            Self::StageFeedback => "stage-feedback",
            Self::Rollback => "rollback",
            Self::Close => "close",
            Self::Reassigned => "reassigned",
            Self::ProductOrder => "product-order",
        }
    }

    /// What its acceptance by the order service does to the task. None: it only tells what has been done already.
    pub const fn moves_task(self) -> Option<TaskEvent> {
        match self {
            Self::StageFeedback => Some(TaskEvent::StageReported),
            Self::Rollback => Some(TaskEvent::RolledBack),
            Self::Close => Some(TaskEvent::Closed),
            Self::Dispatched | Self::Reassigned | Self::ProductOrder => None,
        }
    }

    /// After it the task is done.
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Rollback | Self::Close => true,
            Self::Dispatched | Self::StageFeedback | Self::Reassigned | Self::ProductOrder => false,
        }
    }
}

impl TryFrom<String> for EventKind {
    type Error = UnknownCode;

    fn try_from(code: String) -> Result<Self, UnknownCode> {
        Self::ALL.into_iter().find(|kind| kind.code() == code).ok_or(UnknownCode(code))
    }
}

/// How far the telling has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventState {
    /// Came before the engine's acceptance was recorded: told as soon as that is.
    Held,
    /// In the outbox.
    Pending,
    Delivered,
    /// The order service said no.
    Refused,
    /// The retry budget is spent: an operator may send it again.
    Dead,
    /// The order took the dispatch back before it could be told, or operations gave it up.
    Cancelled,
}

impl EventState {
    pub const ALL: [Self; 6] = [Self::Held, Self::Pending, Self::Delivered, Self::Refused, Self::Dead, Self::Cancelled];
    /// Those that may still have an effect.
    pub const UNSETTLED: [Self; 3] = [Self::Held, Self::Pending, Self::Dead];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }
}

impl TryFrom<String> for EventState {
    type Error = UnknownCode;

    fn try_from(code: String) -> Result<Self, UnknownCode> {
        Self::ALL.into_iter().find(|state| state.code() == code).ok_or(UnknownCode(code))
    }
}

/// The wire body of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum EventBody {
    Dispatched(DispatchedEvent),
    StageFeedback(StageFeedbackEvent),
    Rollback(RollbackEvent),
    Close(CloseEvent),
    Reassigned(ReassignedEvent),
    ProductOrder(ProductOrder),
}

impl EventBody {
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Dispatched(_) => EventKind::Dispatched,
            Self::StageFeedback(_) => EventKind::StageFeedback,
            Self::Rollback(_) => EventKind::Rollback,
            Self::Close(_) => EventKind::Close,
            Self::Reassigned(_) => EventKind::Reassigned,
            Self::ProductOrder(_) => EventKind::ProductOrder,
        }
    }

    pub fn event_id(&self) -> &str {
        match self {
            Self::Dispatched(event) => &event.head.event_id,
            Self::StageFeedback(event) => &event.head.event_id,
            Self::Rollback(event) => &event.head.event_id,
            Self::Close(event) => &event.head.event_id,
            Self::Reassigned(event) => &event.head.event_id,
            Self::ProductOrder(event) => &event.event_id,
        }
    }

    pub fn to_json(&self) -> serde_json::Result<serde_json::Value> {
        match self {
            Self::Dispatched(event) => serde_json::to_value(event),
            Self::StageFeedback(event) => serde_json::to_value(event),
            Self::Rollback(event) => serde_json::to_value(event),
            Self::Close(event) => serde_json::to_value(event),
            Self::Reassigned(event) => serde_json::to_value(event),
            Self::ProductOrder(event) => serde_json::to_value(event),
        }
    }

    pub fn from_json(kind: EventKind, json: &str) -> serde_json::Result<Self> {
        match kind {
            EventKind::Dispatched => serde_json::from_str(json).map(Self::Dispatched),
            EventKind::StageFeedback => serde_json::from_str(json).map(Self::StageFeedback),
            EventKind::Rollback => serde_json::from_str(json).map(Self::Rollback),
            EventKind::Close => serde_json::from_str(json).map(Self::Close),
            EventKind::Reassigned => serde_json::from_str(json).map(Self::Reassigned),
            EventKind::ProductOrder => serde_json::from_str(json).map(Self::ProductOrder),
        }
    }
}

/// One row of `event`.
#[derive(Clone, Debug, Queryable)]
pub struct EventRow {
    /// Ours, time-ordered. `event_id` is whoever's the event is.
    pub id: String,
    pub source: String,
    pub event_id: String,
    #[diesel(deserialize_as = String)]
    pub kind: EventKind,
    pub task_id: Option<String>,
    pub body: String,
    #[diesel(deserialize_as = String)]
    pub state: EventState,
    /// Tries that reached nobody.
    pub attempts: i32,
    /// Of a refusal: the order service's status and code, such as `409 order.icp_incomplete`.
    pub code: Option<String>,
    pub detail: Option<String>,
    pub webhook_id: Option<String>,
    /// The caller's idempotency key, when one was sent.
    pub ticket: Option<String>,
    pub outbox_id: Option<String>,
    pub created_at: NaiveDateTime,
    pub settled_at: Option<NaiveDateTime>,
}

impl EventRow {
    pub fn parsed(&self) -> serde_json::Result<EventBody> {
        EventBody::from_json(self.kind, &self.body)
    }
}

#[derive(Insertable)]
#[diesel(table_name = event)]
pub struct NewEvent<'a> {
    pub id: &'a str,
    pub source: &'a str,
    pub event_id: &'a str,
    pub kind: &'a str,
    pub task_id: Option<&'a str>,
    pub body: &'a str,
    pub state: &'a str,
    pub attempts: i32,
    pub webhook_id: Option<&'a str>,
    pub ticket: Option<&'a str>,
    pub created_at: NaiveDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_states_read_back_from_their_codes() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::try_from(kind.code().to_owned()).unwrap(), kind);
        }
        for state in EventState::ALL {
            assert_eq!(EventState::try_from(state.code().to_owned()).unwrap(), state);
        }
        assert!(EventState::try_from("done".to_owned()).is_err());
    }
}
