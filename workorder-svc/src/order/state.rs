//! Where an order stands, and the one `match` that says what may happen next. Pure: no tables, no clock.

use serde::{Deserialize, Serialize};
use shared_model::text::Text;
use utoipa::ToSchema;

/// Where an order stands.
///
/// ```text
///              submit              icp passed             approve (last step)
///   (draft) ──────────> icpChecking ──────────> approving ──────────> dispatching ──┐ accepted by BPM
///      │                 │   ▲    by hand ↗  ▲     │  ▲ └ approve: next step  │     │
///      │      icp failed │   │               │     │  └─────── recalled ──────┤     ▼
///      │                 ▼   │ resubmit      │split│ reject                   │  bpmProcessing ⟲ stage feedback
///      │              icpFailed ─────────────┘     ▼                          │     │       │
///      │                 ▲   ▲                  rejected                      │     │       │ close
///      │                 │   └─ by hand ── approving                          │     │       ▼
///      │                 │                                                    │     │    finished
///      │  withdraw: from draft, icpChecking, icpFailed, approving,            │     ▼ rollback
///      └────────────────────── rejected, bpmReject ──> withdrawn              └> bpmReject ──> resubmit
/// ```
///
/// An order that needs no ICP check (delete, migrate) goes from submit and resubmit straight to approving.
/// From dispatching, an event of the task implies the acceptance, which is recorded first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum OrderState {
    Draft,
    IcpChecking,
    IcpFailed,
    Approving,
    Rejected,
    Dispatching,
    BpmProcessing,
    BpmReject,
    Finished,
    Withdrawn,
}

impl OrderState {
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::IcpChecking,
        Self::IcpFailed,
        Self::Approving,
        Self::Rejected,
        Self::Dispatching,
        Self::BpmProcessing,
        Self::BpmReject,
        Self::Finished,
        Self::Withdrawn,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::IcpChecking => "icpChecking",
            Self::IcpFailed => "icpFailed",
            Self::Approving => "approving",
            Self::Rejected => "rejected",
            Self::Dispatching => "dispatching",
            Self::BpmProcessing => "bpmProcessing",
            Self::BpmReject => "bpmReject",
            Self::Finished => "finished",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    pub const fn name(self) -> Text {
        match self {
            Self::Draft => Text::fixed("草稿", "Draft"),
            Self::IcpChecking => Text::fixed("备案校验中", "ICP check running"),
            Self::IcpFailed => Text::fixed("备案未通过", "ICP check failed"),
            Self::Approving => Text::fixed("审批中", "Awaiting approval"),
            Self::Rejected => Text::fixed("审批驳回", "Rejected"),
            Self::Dispatching => Text::fixed("下发中", "Dispatching"),
            Self::BpmProcessing => Text::fixed("BPM处理中", "Processed by BPM"),
            Self::BpmReject => Text::fixed("BPM驳回", "Returned by BPM"),
            Self::Finished => Text::fixed("已完成", "Finished"),
            Self::Withdrawn => Text::fixed("已撤回", "Withdrawn"),
        }
    }

    /// Nothing happens to it any more, and it holds no domain against others.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Finished | Self::Withdrawn)
    }

    /// Returned: the creator is the current handler, and may modify and resubmit.
    pub const fn is_returned(self) -> bool {
        matches!(self, Self::IcpFailed | Self::Rejected | Self::BpmReject)
    }

    /// The creator may change the form: a draft through save, a returned order through modify.
    pub const fn is_modifiable(self) -> bool {
        matches!(self, Self::Draft) || self.is_returned()
    }

    /// Submitted and not closed: its domains and files are held against others.
    pub const fn is_open(self) -> bool {
        !self.is_closed() && !matches!(self, Self::Draft)
    }
}

/// What happens to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum OrderEvent {
    /// The creator submitted it; the domains are to be checked against the ICP registry.
    Submitted,
    /// The creator submitted it; it needs no ICP check.
    SubmittedUnchecked,
    /// Every domain is checked and lawful.
    IcpPassed,
    /// The check is complete, and a domain is unlawful (or the registry never answered in time).
    IcpFailed,
    /// By hand: all domains are lawful now.
    MadeLawful,
    /// By hand: a domain of an order in approval is unlawful.
    MadeUnlawful,
    /// By hand: legality corrected, without an effect on where the order stands.
    LegalityCorrected,
    /// 会签: approved by one, and others of the step have to approve too.
    Countersigned,
    /// Approved, and the chain has a further step.
    StepApproved,
    /// Approved by the last step: the bill goes to BPM.
    Approved,
    /// Returned by an approver.
    Rejected,
    /// BPM took the task.
    DispatchAccepted,
    /// A stage was reported.
    StageReported,
    /// BPM returned it to the initiator.
    RolledBack,
    /// BPM closed it.
    Closed,
    /// The dead dispatch was voided.
    Recalled,
    /// The unlawful domains left it as an order of their own.
    Split,
    /// Modified and submitted again; the domains are to be checked.
    Resubmitted,
    /// Modified and submitted again; it needs no ICP check.
    ResubmittedUnchecked,
    /// Taken back.
    Withdrawn,
    /// Billing resumed the product, or finished its cancellation.
    BillingSettled,
    /// Handed over to another holder of the same role.
    Transferred,
    /// The approver left: routed to another.
    Rerouted,
}

impl OrderEvent {
    pub const ALL: [Self; 23] = [
        Self::Submitted,
        Self::SubmittedUnchecked,
        Self::IcpPassed,
        Self::IcpFailed,
        Self::MadeLawful,
        Self::MadeUnlawful,
        Self::LegalityCorrected,
        Self::Countersigned,
        Self::StepApproved,
        Self::Approved,
        Self::Rejected,
        Self::DispatchAccepted,
        Self::StageReported,
        Self::RolledBack,
        Self::Closed,
        Self::Recalled,
        Self::Split,
        Self::Resubmitted,
        Self::ResubmittedUnchecked,
        Self::Withdrawn,
        Self::BillingSettled,
        Self::Transferred,
        Self::Rerouted,
    ];

    /// `event` of a history row.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Submitted | Self::SubmittedUnchecked => "submitted",
            Self::IcpPassed => "icpPassed",
            Self::IcpFailed => "icpFailed",
            Self::MadeLawful => "madeLawful",
            Self::MadeUnlawful => "madeUnlawful",
            Self::LegalityCorrected => "legalityCorrected",
            Self::Countersigned => "countersigned",
            Self::StepApproved => "stepApproved",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::DispatchAccepted => "dispatched",
            Self::StageReported => "stageFeedback",
            Self::RolledBack => "rolledBack",
            Self::Closed => "closed",
            Self::Recalled => "recalled",
            Self::Split => "split",
            Self::Resubmitted | Self::ResubmittedUnchecked => "resubmitted",
            Self::Withdrawn => "withdrawn",
            Self::BillingSettled => "billingSettled",
            Self::Transferred => "transferred",
            Self::Rerouted => "rerouted",
        }
    }

    /// Submission, with or without an ICP check before approval.
    pub const fn submission(icp_check: bool) -> Self {
        if icp_check { Self::Submitted } else { Self::SubmittedUnchecked }
    }

    /// Resubmission, with or without an ICP check before approval.
    pub const fn resubmission(icp_check: bool) -> Self {
        if icp_check { Self::Resubmitted } else { Self::ResubmittedUnchecked }
    }
}

/// The event cannot happen in this state: 409 `order.state_conflict`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} cannot happen to an order that is {from:?}")]
pub struct IllegalTransition {
    pub from: OrderState,
    pub event: OrderEvent,
}

/// The state an event leads to. Who may cause it, and the guards beside the state, are [`crate::order::rules`]'.
pub const fn next(state: OrderState, event: OrderEvent) -> Result<OrderState, IllegalTransition> {
    use OrderEvent as E;
    use OrderState as S;
    Ok(match (state, event) {
        (S::Draft, E::Submitted) => S::IcpChecking,
        (S::Draft, E::SubmittedUnchecked) => S::Approving,
        (S::IcpChecking, E::IcpPassed | E::MadeLawful) => S::Approving,
        (S::IcpChecking, E::IcpFailed) => S::IcpFailed,
        (S::IcpChecking | S::IcpFailed | S::Approving, E::LegalityCorrected) => state,
        (S::IcpFailed, E::MadeLawful | E::Split) => S::Approving,
        (S::Approving, E::MadeUnlawful) => S::IcpFailed,
        (S::Approving, E::Countersigned | E::StepApproved | E::Transferred | E::Rerouted) => S::Approving,
        (S::Approving, E::Approved) => S::Dispatching,
        (S::Approving, E::Rejected) => S::Rejected,
        (S::Dispatching, E::DispatchAccepted) => S::BpmProcessing,
        (S::Dispatching, E::Recalled) => S::Approving,
        (S::Dispatching | S::BpmProcessing, E::StageReported) => S::BpmProcessing,
        (S::Dispatching | S::BpmProcessing, E::RolledBack) => S::BpmReject,
        (S::Dispatching | S::BpmProcessing, E::Closed) => S::Finished,
        (S::BpmProcessing, E::BillingSettled) => S::Finished,
        (S::IcpFailed | S::Rejected | S::BpmReject, E::Resubmitted) => S::IcpChecking,
        (S::IcpFailed | S::Rejected | S::BpmReject, E::ResubmittedUnchecked) => S::Approving,
        (S::Draft | S::IcpChecking | S::IcpFailed | S::Approving | S::Rejected | S::BpmReject, E::Withdrawn) => {
            S::Withdrawn
        }
        (from, event) => return Err(IllegalTransition { from, event }),
    })
}

/// The states an event may happen in: what a guarded update names.
pub fn legal_states(event: OrderEvent) -> Vec<OrderState> {
    OrderState::ALL.into_iter().filter(|state| next(*state, event).is_ok()).collect()
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
