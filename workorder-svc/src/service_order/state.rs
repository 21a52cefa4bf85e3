//! The state of a service order, from that of the work order. Pure. source: work-order contract, "TMF641 v4.1"

use crate::order::state::OrderState;

/// States of TMF641 that a work order can be in. `failed`, `held` and the rest are never reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceOrderState {
    /// From the draft to the approval.
    Acknowledged,
    /// Dispatched, or worked on.
    InProgress,
    /// Returned: it waits for its creator.
    Pending,
    Completed,
    Cancelled,
}

impl ServiceOrderState {
    pub const fn of(state: OrderState) -> Self {
        match state {
            OrderState::Draft | OrderState::IcpChecking | OrderState::Approving => Self::Acknowledged,
            OrderState::IcpFailed | OrderState::Rejected | OrderState::BpmReject => Self::Pending,
            OrderState::Dispatching | OrderState::BpmProcessing => Self::InProgress,
            OrderState::Finished => Self::Completed,
            OrderState::Withdrawn => Self::Cancelled,
        }
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::InProgress => "inProgress",
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The order states that are reported as one of these codes.
pub fn states_of<'a>(codes: impl Iterator<Item = &'a str>) -> Vec<OrderState> {
    let wanted: Vec<&str> = codes.collect();
    OrderState::ALL.into_iter().filter(|state| wanted.contains(&ServiceOrderState::of(*state).code())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reported_as_the_contract_says() {
        let reported = OrderState::ALL.map(|state| format!("{} {}", state.code(), ServiceOrderState::of(state).code()));
        let expected = [
            "draft acknowledged",
            "icpChecking acknowledged",
            "icpFailed pending",
            "approving acknowledged",
            "rejected pending",
            "dispatching inProgress",
            "bpmProcessing inProgress",
            "bpmReject pending",
            "finished completed",
            "withdrawn cancelled",
        ];
        assert_eq!(reported.as_slice(), expected.as_slice());
        assert_eq!(
            states_of(["inProgress", "failed"].into_iter()),
            [OrderState::Dispatching, OrderState::BpmProcessing]
        );
    }
}
