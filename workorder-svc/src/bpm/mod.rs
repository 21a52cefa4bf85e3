//! BPM: the dispatch of an approved order, and what comes back of it.

pub mod dispatch;
pub mod effect;
pub mod facts;
pub mod facts_repo;
pub mod inbox;
pub mod person;
pub mod reassign;
pub mod recall;
pub mod receive;
pub mod repo;
pub mod verdict;
