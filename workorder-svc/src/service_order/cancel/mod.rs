//! `cancelServiceOrder`: requests to cancel a service order. Taking an order back is one transaction, so a request is
//! done when it is there; one that the order's state forbids is refused and leaves nothing.

pub mod create;
pub mod list;
pub mod repo;
pub mod show;
pub mod view;
