//! 死信: dispatches and letters that were refused or given up: seen by PLATFORM_ADMIN, and sent again.

pub mod list;
pub mod replay;
