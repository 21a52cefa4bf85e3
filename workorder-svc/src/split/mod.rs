//! Splitting (拆分): of an order whose ICP check failed, the lawful domains go on; the others become an order of their
//! own, and the two know one another.

pub mod divide;
pub mod link;
pub mod parts;
