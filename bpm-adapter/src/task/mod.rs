//! Tasks: what lies on somebody's desk, and what they do with it.

pub mod close;
pub mod desk;
pub mod list;
pub mod model;
pub mod reassign;
pub mod repo;
pub mod rollback;
pub mod rules;
pub mod show;
pub mod stage_feedback;
pub mod state;
pub mod view;
