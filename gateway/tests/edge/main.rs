//! The edge between raw clients and services that behave as a script says, byte by byte.

mod body;
mod failure;
mod head;
mod raw;
mod support;
mod token;
mod upstream;
