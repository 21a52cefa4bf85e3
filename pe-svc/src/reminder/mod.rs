//! Reminders 续期提醒: before a certification ends its owner is told, 90, 60, 30 and 7 days ahead, once each.

pub mod list;
pub mod remind;
pub mod repo;
