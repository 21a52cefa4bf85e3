//! The work order itself: its kinds, states, rules, storage, and the calls that read and move it.

pub mod kind;
pub mod state;
pub mod action;
pub mod model;
pub mod trail;
pub mod rules;

pub mod row;
pub mod content;
pub mod participant;
pub mod history;
pub mod repo;
pub mod transition;
pub mod access;

pub mod privacy;
pub mod receipt;
pub mod remark;

pub mod view;
pub mod list_filter;
pub mod list_query;
pub mod list;
pub mod detail_view;
pub mod record;
pub mod show;
pub mod explain;
pub mod explain_show;

pub mod modify;
pub mod withdraw;
pub mod comment;

#[cfg(test)]
pub mod sample;
