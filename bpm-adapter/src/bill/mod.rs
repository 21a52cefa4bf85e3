//! Bills (话单): one per task, settled with it.

pub mod list;
pub mod repo;
pub mod state;
