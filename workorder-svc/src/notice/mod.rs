//! Notices (通知): what people are told of the orders that concern them. [`tell`] is written with the change it tells
//! of: a row of the person's inbox, and what leaves by mail and robots through the outbox.

pub mod dead_letter;
pub mod facts;
pub mod hub;
pub mod kind;
pub mod list;
pub mod occasion;
pub mod preference;
pub mod read;
pub mod repo;
pub mod robot;
pub mod stream;
pub mod tell;
pub mod view;
pub mod words;

pub use facts::Facts;
pub use kind::NoticeKind;
pub use tell::{Notice, Ways, tell};
