//! Reminders (时限提醒): whoever has an order in hand is told once when most of its time is gone, and once when all is.

pub mod repo;
pub mod round;
pub mod rules;
