//! The public proof of a certification 认证徽章: a signed statement that anybody can check, online or off.

pub mod show;
pub mod signer;
pub mod statement;
