//! Whom an order waits for in each state, and what is said of many durations. Pure.

use shared_model::text::Text;

use crate::order::state::OrderState;

/// Whom orders wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    Creator,
    IcpRegistry,
    Approver,
    Bpm,
}

impl Party {
    pub const ALL: [Self; 4] = [Self::Creator, Self::IcpRegistry, Self::Approver, Self::Bpm];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::IcpRegistry => "icpRegistry",
            Self::Approver => "approver",
            Self::Bpm => "bpm",
        }
    }

    pub const fn name(self) -> Text {
        match self {
            Self::Creator => Text::fixed("发起人", "Creator"),
            Self::IcpRegistry => Text::fixed("备案系统", "ICP registry"),
            Self::Approver => Text::fixed("审批人", "Approver"),
            Self::Bpm => Text::fixed("BPM", "BPM"),
        }
    }

    /// None where an order waits for nobody: before it is submitted and after it is closed.
    pub const fn awaited_in(state: OrderState) -> Option<Self> {
        match state {
            OrderState::IcpChecking => Some(Self::IcpRegistry),
            OrderState::Approving => Some(Self::Approver),
            OrderState::Dispatching | OrderState::BpmProcessing => Some(Self::Bpm),
            OrderState::IcpFailed | OrderState::Rejected | OrderState::BpmReject => Some(Self::Creator),
            OrderState::Draft | OrderState::Finished | OrderState::Withdrawn => None,
        }
    }
}

/// How often each duration occurs: `(hundredths of an hour, times)`.
pub type Durations = Vec<(i32, i64)>;

/// The nearest-rank percentile, in hours: the shortest duration that so many of a hundred do not exceed. None of none.
pub fn percentile(durations: &mut Durations, percent: i64) -> Option<f64> {
    durations.sort_unstable();
    let total: i64 = durations.iter().map(|(_, times)| times).sum();
    let rank = (total * percent + 99) / 100;
    let mut seen = 0;
    let found = durations.iter().find(|(_, times)| {
        seen += times;
        seen >= rank
    });
    found.map(|(centihours, _)| f64::from(*centihours) / 100.0)
}

/// Hours to the hundredth.
pub fn hours(seconds: f64) -> f64 {
    // A sum of nothing is -0.0, which nobody wants to read.
    (seconds / 36.0).round() / 100.0 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_duration_that_so_many_do_not_exceed() {
        let mut durations = vec![(300, 1), (100, 7), (200, 1), (5_000, 1)];
        assert_eq!(percentile(&mut durations, 50), Some(1.0));
        assert_eq!(percentile(&mut durations, 80), Some(2.0));
        assert_eq!(percentile(&mut durations, 90), Some(3.0));
        assert_eq!(percentile(&mut durations, 100), Some(50.0));
        assert_eq!(percentile(&mut vec![], 50), None);
        assert_eq!(percentile(&mut vec![(42, 1)], 90), Some(0.42));
    }

    #[test]
    fn every_open_state_waits_for_somebody() {
        for state in OrderState::ALL {
            assert_eq!(Party::awaited_in(state).is_some(), state.is_open(), "{state:?}");
        }
    }

    #[test]
    fn hours_have_two_places() {
        assert_eq!(hours(3_600.0), 1.0);
        assert_eq!(hours(3_618.1), 1.01);
        assert!(hours(std::iter::empty::<f64>().sum()).is_sign_positive());
    }
}
