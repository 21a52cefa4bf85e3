//! The people tasks go to, and what happens to the tasks of those who can't do them any more.

pub mod receive;
pub mod reroute;
pub mod rules;
