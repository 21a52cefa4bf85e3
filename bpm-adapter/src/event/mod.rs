//! What happens to a task, on its way to the order service and back into the task.
//!
//! ```text
//!  desk call, call-back ─> accept: event + outbox row, one transaction      (nothing is changed yet)
//!                            │
//!                  courier: the order service hears it, outside any transaction
//!                            │
//!                          apply: outbox mark + event + task + stage + bill, one transaction
//! ```
//!
//! A crash before `accept` leaves nothing; after it the outbox goes on by itself; between the order service's yes and
//! `apply` the same event is told again under the same id, and heard once. So order, task and bill always agree in the end.

pub mod accept;
pub mod answer;
pub mod apply;
pub mod courier;
pub mod model;
pub mod outcome;
pub mod repo;
pub mod rules;
pub mod send;
