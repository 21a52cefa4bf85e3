//! The gateway's own operations, through its real server, on both databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot have what it stands on fails at once")]

mod accounts;
mod external;
mod login;
mod pages;
mod password;
mod permissions;
mod session;
mod support;
