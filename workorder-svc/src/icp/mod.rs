//! The ICP check (备案校验): domains must be filed before they go live.

pub mod rules;
