//! Approval: who has to approve, who is chosen, and the decision.

pub mod chain;
pub mod choose;
pub mod decide;
pub mod decide_many;
pub mod decision;
pub mod route;
pub mod seats;
pub mod transfer;
