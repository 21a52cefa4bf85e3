//! bpm-adapter as its callers see it, on both databases, beside an order service and an engine that say what they are told to.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod access;
mod bills;
mod callback;
mod camunda7;
mod dead_letter;
mod desk;
mod dispatch;
mod engine;
mod fault;
mod order_service;
mod recall;
mod reconcile;
mod replica;
mod sequence;
mod staff;
mod support;
mod trouble;
mod webhook;
