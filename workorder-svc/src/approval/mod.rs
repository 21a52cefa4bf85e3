//! Approval: who has to approve, who is chosen, and the decision.

pub mod chain;
pub mod choose;
