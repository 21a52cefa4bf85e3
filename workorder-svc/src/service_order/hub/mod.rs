//! Who is told of service orders: subscriptions (`hub`), and the events that reach them through the outbox, each
//! subscription's one after another. source: TMF630 part 1, "Notification"

pub mod courier;
pub mod event_filter;
pub mod notify;
pub mod register;
pub mod repo;
pub mod unregister;
