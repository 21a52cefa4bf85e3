//! The way out to systems that are not ours: only to configured hosts, never where a redirect points, and to private
//! addresses only where the operator says so.

mod client;
mod policy;

pub use client::{ClientError, OutboundCaller, OutboundClient, Reply, send};
pub use policy::{UrlRefused, check_url, is_private};
