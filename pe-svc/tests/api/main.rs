//! pe-svc over HTTP, on both databases: every rule by a test named after it.

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
