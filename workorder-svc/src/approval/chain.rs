//! The approval chain: who has to approve, in which order. Configuration, per creator role; an order keeps the
//! chain it was submitted with, so that a change of the configuration never breaks an open order.

use serde::{Deserialize, Serialize};
use shared_model::ids::UserId;
use shared_model::role::Role;

/// The roles that approve, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chain(pub Vec<Role>);

/// An order's way through approval, kept with it as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Empty until the order is submitted.
    pub chain: Chain,
    /// The step it stands at, from 0.
    pub step: usize,
    /// Set by a rejection: where the order came back from, and what had been approved until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
}

/// Where a rejected order came back from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Returned {
    pub by: UserId,
    pub step: usize,
    /// [`fingerprint`] of the order at that moment.
    pub fingerprint: String,
}
