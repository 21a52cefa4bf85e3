//! Materials 认证资料: what an application is judged by, piece by piece.

pub mod repo;
pub mod rules;

pub use rules::Material;
