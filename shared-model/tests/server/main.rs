//! What every service runs on, tried as a service would: on both databases, over real connections.

mod directory;
mod guard;
mod idempotency;
mod outbox;
