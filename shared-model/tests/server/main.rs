//! What every service runs on, tried as a service would: on both databases, over real connections.

#![expect(clippy::unwrap_used, reason = "a test that cannot have what it stands on fails at once")]

mod attachment;
mod contention;
mod directory;
mod guard;
mod idempotency;
mod outbox;
