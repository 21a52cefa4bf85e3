//! Submission (提单): the form, its rules, and the calls that save or check it.

pub mod check;
pub mod content_rules;
pub mod facts;
pub mod form;
pub mod migrate_rules;
pub mod reservation;
pub mod rules;
pub mod save;
pub mod submission;
