//! A BPM engine that does as it is told, for tests and demonstrations: it takes tasks by signed messages after the
//! Standard Webhooks specification, or by the Camunda 7 REST calls an adapter uses; it counts what it did by key; and
//! it misbehaves in the ways engines do.

mod book;
mod camunda;
mod profile;
mod scripted;
mod signature;
mod webhook;

pub use book::{Book, Seen};
pub use profile::Profile;
pub use scripted::ScriptedEngine;
pub use signature::sign;
pub use webhook::Report;
