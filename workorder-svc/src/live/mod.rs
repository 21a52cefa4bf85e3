//! Live-streaming orders (直播域名需求): push and pull domains of one application, how streams are taken in and given
//! out. Kept in `live_order_info` and `live_order_domain_info`; live in `live_stream_domain_config`.

pub mod config;
pub mod form;
pub mod repo;
pub mod rules;
pub mod settings;
