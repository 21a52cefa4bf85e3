//! 对账: what four records say of the same order, and sending again what one of them lacks.

pub mod repair;
pub mod repo;
pub mod rules;
pub mod show;
pub mod walk;
pub mod words;
