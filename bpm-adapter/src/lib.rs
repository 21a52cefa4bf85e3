//! bpm-adapter: between the front desk and whatever runs the work. One BPM engine behind a driver, and billing (BBOSS).
//!
//! ```text
//!  workorder-svc ── dispatch ──> task + bill ──> driver ──> desk or engine
//!        ^                                                     │
//!        └────────────── event (outbox) <── desk call, call-back
//! ```
//!
//! A task lives as `task::state` says, its bill with it; whatever happens to a task is an event that the order service
//! hears first and the task follows (`event`).

pub mod app;
pub mod bill;
pub mod breaker;
pub mod callback;
pub mod dead_letter;
pub mod dispatch;
pub mod driver;
pub mod error;
pub mod event;
pub mod openapi;
pub mod reconcile;
pub mod routes;
pub mod schema;
pub mod settings;
pub mod staff;
pub mod task;

pub use openapi::openapi;
