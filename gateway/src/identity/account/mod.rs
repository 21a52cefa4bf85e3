//! Accounts: who may log in, as what. Kept for ever (a disabled one keeps its record), changed only by whoever holds
//! `AUTH_Account_Write`, every change on record.

pub mod audit;
pub mod disable;
pub mod list;
pub mod mobile;
pub mod repo;
pub mod rules;
pub mod save;
pub mod show;
pub mod unlock;
pub mod view;

pub use repo::{AccountRow, NewAccount};
