//! What the tests of every service stand on: a database of their own on either backend, tokens of every role,
//! typed people, a small HTTP client and waiting on conditions.
//!
//! ```no_run
//! use shared_model::role::Role;
//! use test_kit::{Client, TestDatabase, TestUser};
//!
//! # async fn example(address: std::net::SocketAddr) {
//! let database = TestDatabase::Sqlite.create(); // or TestDatabase::Postgres: the same suite runs on both
//! let manager = TestUser::ec_manager();
//! let api = Client::new(address).as_user(&manager);
//! let order = api.post("/workorder/custom/save").json(&test_kit::fixtures::domain_request()).await.expect(200);
//! assert!(order["id"].is_i64(), "{}", database.url());
//! assert_eq!(manager.role(), Role::EcManager);
//! # }
//! ```
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot have what it stands on fails at once and says why"
)]

mod client;
mod database;
pub mod engine;
mod events;
mod eventually;
pub mod fixtures;
mod issuer;
mod people;
pub mod s3;

pub use client::{Client, Reply, Request};
pub use database::{OwnDatabase, POSTGRES_VARIABLE, TestDatabase};
pub use events::{EventStream, ServerEvent};
pub use eventually::{eventually, eventually_within};
pub use issuer::{Issuer, internal_settings, issuer, service_bearer, service_keys};
pub use people::TestUser;
