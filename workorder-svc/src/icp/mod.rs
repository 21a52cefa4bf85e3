//! The ICP check (备案校验): domains must be filed before they go live.

pub mod check;
pub mod correct;
pub mod evidence;
pub mod http;
pub mod live;
pub mod registry;
pub mod repo;
pub mod rules;
