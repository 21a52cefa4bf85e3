//! Every effect that leaves a service: written in the transaction of the change, delivered under a lease, at least once,
//! with an idempotency key; retried with back-off, given up after a budget as a dead letter that can be replayed.
//! What was delivered is forgotten after some days.
//!
//! ```text
//!            claim            delivered
//!  pending ─────────> leased ──────────> delivered
//!     ^                 │ failed: back-off; budget spent ──> dead ──> replay ──> pending
//!     └─────────────────┤                                     └─────> cancelled
//!                       └ refused (a business answer, never retried) ──> refused ──> replay ──> pending
//! ```

mod dispatcher;
mod retry;
pub mod schema;
mod store;

pub use dispatcher::{Deliver, Delivery, Dispatcher, Fate};
pub use retry::RetryPolicy;
pub use store::{
    Message, NewMessage, cancel_dead, enqueue, enqueue_at, find, list_dead, list_pending_of, list_stuck, replay,
};
