//! The work order itself: its kinds, states, rules, storage, and the calls that read and move it.

pub mod action;
pub mod kind;
pub mod model;
pub mod rules;
pub mod state;
pub mod trail;

pub mod access;
pub mod content;
pub mod history;
pub mod participant;
pub mod repo;
pub mod row;
pub mod transition;

pub mod privacy;
pub mod receipt;
pub mod remark;

pub mod detail_view;
pub mod domain_view;
pub mod explain;
pub mod explain_show;
pub mod list;
pub mod list_filter;
pub mod list_query;
pub mod record;
pub mod show;
pub mod step_view;
pub mod view;

pub mod comment;
pub mod modify;
pub mod withdraw;

#[cfg(test)]
pub mod sample;
