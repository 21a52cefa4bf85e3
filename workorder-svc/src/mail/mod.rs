//! Mail to people: written into the outbox with the change it tells of, sent from there.

pub mod letter;
pub mod template;
pub mod transport;
