//! Staff: the people of the directory, and what becomes of an order when one leaves.

pub mod list;
pub mod sync;
