//! The gateway's own operations, through its real server, on both databases.

mod accounts;
mod external;
mod login;
mod pages;
mod password;
mod permissions;
mod session;
mod support;
