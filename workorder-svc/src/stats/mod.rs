//! Figures (统计): how many orders there are of what, how long they stay where, and whom they wait for.

pub mod among;
pub mod query;
pub mod rules;
pub mod show;
pub mod view;
