//! What the gateway hands out to browsers: the console, the page of the API document, and what it says of itself.

pub mod console;
pub mod docs;
pub mod health;

use crate::openapi::collect::Collected;
use crate::readiness::GatewayReadiness;

/// What these pages share.
pub struct Site {
    pub console: bool,
    pub openapi: Collected,
    pub readiness: GatewayReadiness,
}
