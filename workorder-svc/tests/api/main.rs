//! workorder-svc as its callers see it, on both databases, beside a BPM side and a registry that say what they are told to.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails where it stands")]

mod access;
mod approval;
mod approval_batch;
mod batch;
mod bpm_events;
mod bpm_side;
mod chain;
mod choose;
mod dead_letter;
mod detail;
mod export;
mod files;
mod filings;
mod hub;
mod icp;
mod list;
mod live;
mod migrate;
mod modify;
mod notices;
mod product_feed;
mod recall;
mod registry;
mod robots;
mod saved_filters;
mod service_order;
mod smtp;
mod split;
mod staff;
mod stats;
mod submit;
mod substitute;
mod support;
mod trouble;
mod urge;
