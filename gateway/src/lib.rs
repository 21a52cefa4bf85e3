//! The gateway: the one public door. It checks who calls and whether they may, then passes the request on to the
//! service that answers it; it holds the accounts and signs the tokens; it hands out the console's files.

pub mod admin;
pub mod app;
pub mod demo;
pub mod directory_push;
pub mod edge;
pub mod error;
pub mod identity;
pub mod openapi;
pub mod readiness;
pub mod routes;
pub mod schema;
pub mod settings;
pub mod site;
pub mod upkeep;

pub use app::{Application, MIGRATIONS, StartError};
pub use openapi::openapi;
pub use settings::Settings;
