//! pe-svc over HTTP, on both databases: every rule by a test named after it.
#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test at once")]

mod audit_log;
mod badge;
mod certification;
mod entity;
mod file;
mod life;
mod list;
mod member;
mod permissions;
mod race;
mod reference;
mod review;
mod support;
