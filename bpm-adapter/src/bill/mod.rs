//! Bills (话单): one per task, settled with it.

pub mod export;
pub mod list;
pub mod repo;
pub mod sheet;
pub mod state;
