//! What crosses a service border: the words all services share (ids, roles, permissions, endpoints),
//! the bodies they send one another, and the problem body every error is answered with.
//!
//! Without the feature `server` nothing here does IO or takes a business decision. With it come the parts
//! every service runs on: settings, telemetry, database, tokens, idempotency keys, outbox, HTTP server and client.

pub mod access;
pub mod account;
pub mod bpm;
pub mod claims;
pub mod ids;
pub mod local_time;
pub mod page;
pub mod permission;
pub mod problem;
pub mod province;
pub mod role;
pub mod text;

#[cfg(feature = "server")]
pub mod server;
