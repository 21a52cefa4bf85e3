//! The filings of what is live: looked at again on a schedule, because a filing may lapse while its domain serves.

pub mod recheck;
pub mod repo;
pub mod rules;
mod settle;
