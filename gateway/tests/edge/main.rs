//! The edge between raw clients and services that behave as a script says, byte by byte.
#![expect(clippy::unwrap_used, reason = "a test that cannot have what it stands on fails at once")]

mod body;
mod failure;
mod head;
mod raw;
mod support;
mod token;
mod upstream;
