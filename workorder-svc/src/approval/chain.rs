//! The approval chain: who has to approve, in which order. Configuration, per creator role; an order keeps the
//! chain it was submitted with, so that a change of the configuration never breaks an open order.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared_model::ids::UserId;
use shared_model::role::Role;

use crate::order::model::Order;

/// The roles that approve, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chain(pub Vec<Role>);

/// An order's way through approval, kept with it as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Route {
    /// Empty until the order is submitted.
    pub chain: Chain,
    /// The step it stands at, from 0.
    pub step: usize,
    /// Set by a rejection: where the order came back from, and what had been approved until then.
    #[serde(skip_serializing_if = "Option::is_none")]
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

/// What an approval leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterApproval {
    /// A further step, of this role.
    Step(Role),
    /// That was the last one: the bill goes to BPM.
    Dispatch,
}

/// Where a submitted order enters the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub step: usize,
    /// None for an empty chain: nobody but PLATFORM_ADMIN approves then.
    pub role: Option<Role>,
    /// Who returned it, and gets it back if they still may.
    pub person: Option<UserId>,
}

impl Route {
    /// A first submission, with the chain configured for its creator's role.
    pub fn starting(steps: Vec<Role>) -> Self {
        Self { chain: Chain(steps), step: 0, returned: None }
    }

    /// The role whose turn it is.
    pub fn role(&self) -> Option<Role> {
        self.chain.0.get(self.step).copied()
    }

    /// What comes after the approval of the step it stands at.
    pub fn after_approval(&self) -> AfterApproval {
        self.chain.0.get(self.step + 1).map_or(AfterApproval::Dispatch, |role| AfterApproval::Step(*role))
    }

    /// The step it stands at is approved: what had been returned is settled.
    pub fn approved(&self) -> Self {
        Self { chain: self.chain.clone(), step: self.step + 1, returned: None }
    }

    /// Rejected by `by`, the order being as `fingerprint` says.
    pub fn rejected(&self, by: &UserId, fingerprint: String) -> Self {
        let returned = Returned { by: by.clone(), step: self.step, fingerprint };
        Self { chain: self.chain.clone(), step: self.step, returned: Some(returned) }
    }

    /// Returned by BPM or by the ICP check: whatever was approved counts no more.
    pub fn restarted(&self) -> Self {
        Self { chain: self.chain.clone(), step: 0, returned: None }
    }

    /// Where it enters approval, being now as `fingerprint` says: back to whoever rejected it when nothing that an
    /// earlier step approved has changed, else to the first step.
    pub fn entry(&self, fingerprint: &str) -> Entry {
        match &self.returned {
            Some(returned) if returned.fingerprint == fingerprint => Entry {
                step: returned.step,
                role: self.chain.0.get(returned.step).copied(),
                person: Some(returned.by.clone()),
            },
            Some(_) | None => Entry { step: 0, role: self.chain.0.first().copied(), person: None },
        }
    }

    /// It stands at the entered step now.
    pub fn entered(&self, entry: &Entry) -> Self {
        Self { chain: self.chain.clone(), step: entry.step, returned: self.returned.clone() }
    }
}

/// What an approval is given for: product, domains, origins, ports, https, provinces and security attachments (with
/// the enterprise and the requirement), whatever the order they are written in.
///
/// SHA-256 in hexadecimal, since a batch has ten thousand domains.
pub fn fingerprint(order: &Order) -> String {
    let mut domains: Vec<&str> = order.domains.iter().map(|domain| domain.domain.as_str()).collect();
    domains.sort_unstable();
    let mut origins: Vec<_> = order
        .origins
        .iter()
        .map(|origin| (origin.value.as_str(), origin.kind.code(), origin.main_flag, origin.weight))
        .collect();
    origins.sort_unstable();
    let mut provinces = order.provinces.clone();
    provinces.sort_unstable();
    let mut security = order.form.sec_info_file_id.clone().unwrap_or_default();
    security.sort_unstable();
    let approved = json!({
        "requirement": order.requirement,
        "enterprise": order.enterprise.as_ref().map(|enterprise| &enterprise.id),
        "product": order.product.as_ref().map(|product| &product.id),
        "domains": domains,
        "origins": origins,
        "provinces": provinces,
        "security": security,
        "port": order.form.port,
        "https": order.form.https,
        "httpSelection": order.form.http_selection,
    });
    let sum = digest(&SHA256, approved.to_string().as_bytes());
    sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::sample::order;
    use crate::origin::parse::{Origin, OriginType};

    fn two_steps() -> Route {
        Route::starting(vec![Role::GroupManagerAdmin, Role::Operator])
    }

    #[test]
    fn a_chain_is_walked_to_its_end_and_then_dispatched() {
        let first = two_steps();
        assert_eq!(first.role(), Some(Role::GroupManagerAdmin));
        assert_eq!(first.after_approval(), AfterApproval::Step(Role::Operator));
        let second = first.approved();
        assert_eq!((second.role(), second.after_approval()), (Some(Role::Operator), AfterApproval::Dispatch));
    }

    #[test]
    fn an_unchanged_order_goes_straight_back_to_whoever_rejected_it() {
        let rejected = two_steps().approved().rejected(&UserId::from("op"), "same".into());
        let entry = rejected.entry("same");
        assert_eq!(entry, Entry { step: 1, role: Some(Role::Operator), person: Some(UserId::from("op")) });
        assert_eq!(rejected.entered(&entry).role(), Some(Role::Operator));
    }

    #[test]
    fn a_changed_order_starts_the_chain_again() {
        let rejected = two_steps().approved().rejected(&UserId::from("op"), "before".into());
        let entry = rejected.entry("after");
        assert_eq!(entry, Entry { step: 0, role: Some(Role::GroupManagerAdmin), person: None });
    }

    #[test]
    fn after_a_return_by_bpm_or_the_icp_check_the_chain_starts_at_its_first_step() {
        let rejected = two_steps().approved().rejected(&UserId::from("op"), "same".into());
        assert_eq!(rejected.restarted().entry("same").step, 0);
    }

    #[test]
    fn the_order_things_are_written_in_changes_nothing() {
        let mut one = order();
        one.provinces = vec![33, 44];
        let mut other = one.clone();
        other.provinces.reverse();
        other.domains.reverse();
        other.description = "words are not approved".into();
        assert_eq!(fingerprint(&one), fingerprint(&other));
    }

    #[test]
    fn whatever_an_approval_is_given_for_changes_the_fingerprint() {
        let before = fingerprint(&order());
        type Change = fn(&mut Order);
        let changes: [Change; 8] = [
            |order| order.product = None,
            |order| order.domains.clear(),
            |order| {
                let value = "192.0.2.9".to_owned();
                order.origins.push(Origin { value, kind: OriginType::Ip, main_flag: false, weight: None });
            },
            |order| order.provinces.push(44),
            |order| order.form.port = Some(json!(8080)),
            |order| order.form.https = Some(json!(true)),
            |order| order.form.sec_info_file_id = Some(vec!["x".into()]),
            |order| order.requirement = None,
        ];
        for change in changes {
            let mut changed = order();
            change(&mut changed);
            assert_ne!(fingerprint(&changed), before);
        }
    }
}
