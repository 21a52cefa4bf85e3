//! Products: what an enterprise has subscribed to, and may order for.

pub mod rules;
pub mod receive;
pub mod repo;
pub mod show;
pub mod list_query;
