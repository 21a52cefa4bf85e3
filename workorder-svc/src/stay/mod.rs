//! Stays: how long orders were in each state, kept beside the history that tells it, so that figures over many orders
//! need not read the history of each.

pub mod repo;
