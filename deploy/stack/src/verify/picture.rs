//! What the databases of the order service and of the BPM adapter hold, side by side.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;

/// An order and everything the order service keeps of it.
#[derive(Clone, Debug, Default)]
pub struct OrderPicture {
    pub id: i64,
    /// `enumType`.
    pub kind: String,
    /// Empty when it has none.
    pub requirement: String,
    pub status: String,
    pub product_id: String,
    /// Of a migration: the subscription its domains leave.
    pub source_product: Option<String>,
    /// The current dispatch, 0 before the first.
    pub attempt: i32,
    pub domains: BTreeSet<String>,
    /// Oldest first.
    pub history: Vec<Step>,
    /// By attempt.
    pub dispatches: BTreeMap<i32, DispatchPicture>,
}

/// One row of the history.
#[derive(Clone, Debug, Default)]
pub struct Step {
    pub id: i64,
    pub at: NaiveDateTime,
    pub event: String,
    pub from: Option<String>,
    pub to: String,
}

/// A dispatch as the order service knows it.
#[derive(Clone, Debug, Default)]
pub struct DispatchPicture {
    pub task_id: Option<String>,
    pub bill_no: Option<String>,
    pub outbox_id: String,
}

/// A task as the BPM adapter keeps it, with its bills.
#[derive(Clone, Debug, Default)]
pub struct TaskPicture {
    pub id: String,
    pub order_id: i64,
    pub attempt: i32,
    pub state: String,
    pub bills: Vec<BillPicture>,
    /// Some event of it has not reached the order service, or not come back from there.
    pub event_waits: bool,
}

#[derive(Clone, Debug, Default)]
pub struct BillPicture {
    pub number: String,
    pub order_id: i64,
    pub state: String,
}

/// A live domain.
#[derive(Clone, Debug, Default)]
pub struct LivePicture {
    pub domain: String,
    pub order_id: Option<i64>,
    /// `order`, or `imported` with no order behind it.
    pub source: String,
}

/// A message of an outbox.
#[derive(Clone, Debug, Default)]
pub struct MessagePicture {
    pub service: &'static str,
    pub id: String,
    pub kind: String,
    pub state: String,
}

impl MessagePicture {
    /// It may still have its effect.
    pub fn is_undelivered(&self) -> bool {
        matches!(self.state.as_str(), "pending" | "dead")
    }
}

/// An event of the BPM adapter that the order service has acknowledged.
#[derive(Clone, Debug, Default)]
pub struct ToldEvent {
    pub task_id: String,
    pub event_id: String,
}

/// Both sides.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    pub orders: BTreeMap<i64, OrderPicture>,
    pub tasks: BTreeMap<(i64, i32), TaskPicture>,
    pub live: Vec<LivePicture>,
    /// When billing last finished a product's cancellation, and whether the product is still closed.
    pub cancelled: BTreeMap<String, (NaiveDateTime, bool)>,
    /// Domain to the order that holds it.
    pub reservations: BTreeMap<String, i64>,
    pub messages: Vec<MessagePicture>,
    pub told: Vec<ToldEvent>,
    /// `(task, event)` the order service has applied.
    pub heard: BTreeSet<(String, String)>,
}

impl Picture {
    /// An undelivered message of the order service stands behind this dispatch.
    pub fn dispatch_waits(&self, dispatch: &DispatchPicture) -> bool {
        self.messages.iter().any(|message| message.id == dispatch.outbox_id && message.is_undelivered())
    }
}

/// Orders billing writes have no task and reserve no domain.
pub fn is_from_billing(kind: &str) -> bool {
    matches!(kind, "PRODUCT_SUSPEND" | "PRODUCT_CANCEL")
}
