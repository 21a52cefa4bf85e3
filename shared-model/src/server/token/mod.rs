//! Who is calling: user tokens by the issuer's public keys, service tokens by the stack's internal key.
//! A user token is never taken for a service's, nor the reverse.

mod jwks;
mod service;
mod user;

pub use service::{ServiceKeys, ServiceName};
pub use user::{TokenError, Verifier};
