//! What could not be delivered, to either side: seen, and sent again, never lost in silence.

pub mod list;
pub mod replay;
pub mod repo;
