//! Domain names: how they are written, and whether they exist already.

pub mod existence;
pub mod live;
pub mod parse;
pub mod repo;
