//! Attachments (附件): files that a creator uploads and an order holds, ordinary ones and those for information
//! security (信安附件).

pub mod delete;
pub mod download;
pub mod orphan;
pub mod repo;
pub mod rules;
pub mod upload;

/// Where the bytes are.
pub use shared_model::server::attachment as store;
