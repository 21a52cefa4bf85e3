//! The edge: takes requests from outside, decides which are let in, and passes them to the services.
//!
//! ```text
//! head ─> path ─> route ─> rates ─> token ─> permission ─> own operation | page | hop to a service
//! (everything up to here before a body byte is asked for, and before "100 Continue" is said)
//! ```

pub mod admission;
pub mod cors;
pub mod download;
pub mod forward;
pub mod frame;
pub mod headers;
pub mod health;
pub mod hop;
pub mod limits;
pub mod path;
pub mod route;
pub mod server;
pub mod token_cache;
pub mod upload;
pub mod upstream;
pub mod worker;
