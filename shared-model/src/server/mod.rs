//! What every service runs on: settings, telemetry, database, tokens, idempotency keys, outbox, HTTP.

pub mod answer;
#[cfg(feature = "attachment")]
pub mod attachment;
pub mod body;
pub mod caller;
pub mod client;
pub mod clock;
pub mod database;
pub mod directory;
pub mod http;
pub mod idempotency;
pub mod outbound;
pub mod outbox;
pub mod problem;
pub mod readiness;
pub mod secrets;
pub mod service_main;
pub mod settings;
pub mod telemetry;
pub mod token;
