//! 下发话单: an approved order becomes a task at the engine and a bill, or is taken back.

pub mod afterthought;
pub mod hand_over;
pub mod recall;
pub mod receive;
pub mod repo;
