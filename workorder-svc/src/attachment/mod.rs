//! Attachments (附件): files that a creator uploads and an order holds, ordinary ones and those for information
//! security (信安附件).

pub mod delete;
pub mod download;
pub mod repo;
pub mod rules;
pub mod store;
pub mod upload;
