//! Saved filters: what people look for again and again, each under a name of their own.

pub mod delete;
pub mod list;
pub mod put;
pub mod repo;
pub mod rules;
