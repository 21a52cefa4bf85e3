//! Call-backs from outside: the engine's verdicts and billing's product orders. They carry no user token; a signature
//! proves them, or nothing is looked at.

pub mod keyring;
pub mod product_order;
pub mod request;
pub mod signature;
pub mod task_event;
