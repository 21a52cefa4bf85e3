//! The TM Forum face of work orders: TMF641 Service Ordering v4.1 under `/tmf-api/serviceOrdering/v4`.
//!
//! ```text
//!  serviceOrder document ──reading──> form ──submit──> work order ──face──> serviceOrder document
//!        │                                                ▲                      │
//!        └── kept as it came (service_order) ─────────────┼──────────────────────┘
//!                                    desk, ICP check, BPM ┘──> hub: events to whoever subscribed
//! ```
//!
//! Whatever the document says that is no part of a domain order is kept and given back. An order whose content is not
//! (yet) a valid domain order stays a draft. source: TMF641 Service Ordering Management API REST specification v4.1

// pure: from the document to the form, and back
pub mod characteristic;
pub mod document;
pub mod face;
pub mod matching;
pub mod reading;
pub mod selection;
pub mod state;

// what is kept
pub mod filter;
pub mod repo;
pub mod search;

// the calls
pub mod answer;
pub mod create;
pub mod delete;
pub mod list;
pub mod merge;
pub mod patch;
pub mod resource;
pub mod show;

pub mod cancel;
pub mod hub;

/// Where all of it lies.
pub const BASE: &str = "/tmf-api/serviceOrdering/v4";
