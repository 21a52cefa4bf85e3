//! The engine that needs no other system: people work on tasks at their desk in the console.

use futures_util::future::{BoxFuture, ready};
use serde_json::Value;

use shared_model::server::outbox::Delivery;

use super::{Driver, Handing, Handover};

/// Kept with the tasks it runs.
pub const NAME: &str = "embedded";

/// The console's own desk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Embedded;

impl Driver for Embedded {
    fn name(&self) -> &'static str {
        NAME
    }

    fn handing(&self) -> Handing {
        Handing::AtTheDesk
    }

    /// A stored task is on the desk already.
    fn hand_over<'a>(&'a self, _: &'a Handover) -> BoxFuture<'a, Delivery> {
        Box::pin(ready(Delivery::Delivered(Value::Null)))
    }
}
