//! Domain work orders (域名工单), in the order of the business: an order is submitted, its domains are checked against
//! the ICP registry, it is approved step by step, dispatched to BPM, and closed. Its life cycle is drawn above
//! [`order::state::OrderState`].

// the order, with its life cycle
pub mod order;

// what it is for and about
pub mod product;

pub mod domain_name;
pub mod origin;

// its way: submitted, checked, approved, done
pub mod submit;

pub mod attachment;

pub mod batch;

pub mod live;

pub mod icp;

pub mod split;

pub mod approval;

pub mod substitute;

pub mod urge;

pub mod bpm;

pub mod notice;

// the TM Forum face of it all
pub mod service_order;

pub mod mail;

pub mod dead_letter;

// how long it takes, and what is made of that
pub mod reminder;
pub mod saved_filter;
pub mod stats;
pub mod stay;

// the list as a sheet
pub mod export;

// who works on it, and what runs by itself
pub mod staff;
pub mod worker;

// the service around it
pub mod app;
pub mod desk;
pub mod error;
pub mod openapi;
pub mod reference;
pub mod routes;
pub mod schema;
pub mod settings;
