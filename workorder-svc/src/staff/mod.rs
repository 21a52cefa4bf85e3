//! Staff: the people of the directory, and what becomes of an order when one leaves.

pub mod sync;
pub mod list;
