//! Urging (催办): the creator asks whoever has an order in hand for speed, not more often than is bearable.

pub mod repo;
pub mod send;
