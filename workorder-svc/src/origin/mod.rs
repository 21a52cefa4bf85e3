//! Origins (源站): where the CDN fetches a customer's content from.

pub mod parse;
pub mod routable;
