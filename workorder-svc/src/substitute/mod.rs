//! Substitutes (代理人): between two dates somebody of the same role sees and decides what waits for a person. They do not
//! chain: a substitute acts for whoever named them, never for those that one is the substitute of.

pub mod name;
pub mod remove;
pub mod repo;
pub mod rules;
pub mod show;
