//! What could not be delivered, to either side: seen, sent again or discarded with a
//! reason, never lost in silence.

pub mod discard;
pub mod list;
pub mod replay;
pub mod repo;
