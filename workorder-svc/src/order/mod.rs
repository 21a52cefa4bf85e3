//! The work order itself: its kinds, states, rules, storage, and the calls that read and move it.

pub mod content;
pub mod history;
pub mod kind;
pub mod model;
pub mod participant;
pub mod repo;
pub mod row;
#[cfg(test)]
pub mod sample;
pub mod state;
pub mod rules;
pub mod action;
pub mod privacy;
pub mod view;
pub mod detail_view;
pub mod explain;
pub mod access;
pub mod comment;
pub mod modify;
pub mod receipt;
pub mod remark;
pub mod transition;
pub mod withdraw;
pub mod list_filter;
pub mod list_query;
pub mod list;
pub mod record;
pub mod show;
pub mod explain_show;
