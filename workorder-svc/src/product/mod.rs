//! Products: what an enterprise has subscribed to, and may order for.

pub mod rules;
