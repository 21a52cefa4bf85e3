//! Domain work orders: submission, ICP check, approval, dispatch, close.

pub mod approval;
pub mod domain_name;
pub mod order;
pub mod origin;
pub mod submit;
