//! Domain work orders (域名工单), in the order of the business: an order is submitted, its domains are checked against
//! the ICP registry, it is approved step by step, dispatched to BPM, and closed. Its life cycle is drawn above
//! [`order::state::OrderState`].

pub mod order;
pub mod product;
pub mod domain_name;
pub mod origin;
pub mod submit;
pub mod attachment;
pub mod icp;
pub mod approval;
pub mod bpm;
pub mod mail;
pub mod staff;
pub mod worker;

pub mod app;
pub mod desk;
pub mod error;
pub mod openapi;
pub mod reference;
pub mod routes;
pub mod schema;
pub mod settings;
