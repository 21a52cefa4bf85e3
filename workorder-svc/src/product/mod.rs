//! Products: what an enterprise has subscribed to, and may order for.

pub mod list_query;
pub mod receive;
pub mod repo;
pub mod rules;
pub mod show;
