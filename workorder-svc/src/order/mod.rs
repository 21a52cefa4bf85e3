//! The work order itself: its kinds, states, rules, storage, and the calls that read and move it.

pub mod kind;
pub mod model;
pub mod state;
