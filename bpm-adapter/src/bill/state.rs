//! The life of a bill (话单): issued with its task, closed or voided with it, never changed again.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a bill stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum BillState {
    Issued,
    Closed,
    Voided,
}

/// What happens to its task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillEvent {
    TaskClosed,
    /// The order went back to its initiator: a new dispatch gets a bill of its own.
    TaskRolledBack,
    /// The order took the dead dispatch back.
    TaskRecalled,
}

/// The bill has been settled before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a bill that is {from:?} knows no {event:?}")]
pub struct IllegalTransition {
    pub from: BillState,
    pub event: BillEvent,
}

/// source: contract BPM, "Tasks and bills": `issued` -> `closed` | `voided`.
pub fn next(from: BillState, event: BillEvent) -> Result<BillState, IllegalTransition> {
    match (from, event) {
        (BillState::Issued, BillEvent::TaskClosed) => Ok(BillState::Closed),
        (BillState::Issued, BillEvent::TaskRolledBack | BillEvent::TaskRecalled) => Ok(BillState::Voided),
        (
            BillState::Closed | BillState::Voided,
            BillEvent::TaskClosed | BillEvent::TaskRolledBack | BillEvent::TaskRecalled,
        ) => Err(IllegalTransition { from, event }),
    }
}

impl BillState {
    pub const ALL: [Self; 3] = [Self::Issued, Self::Closed, Self::Voided];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Closed => "closed",
            Self::Voided => "voided",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_answers_every_event_as_the_table_says() {
        use BillEvent as E;
        use BillState as S;
        let expected = [
            (S::Issued, E::TaskClosed, Some(S::Closed)),
            (S::Issued, E::TaskRolledBack, Some(S::Voided)),
            (S::Issued, E::TaskRecalled, Some(S::Voided)),
            (S::Closed, E::TaskClosed, None),
            (S::Closed, E::TaskRolledBack, None),
            (S::Closed, E::TaskRecalled, None),
            (S::Voided, E::TaskClosed, None),
            (S::Voided, E::TaskRolledBack, None),
            (S::Voided, E::TaskRecalled, None),
        ];
        for (from, event, to) in expected {
            assert_eq!(next(from, event), to.ok_or(IllegalTransition { from, event }), "{from:?} x {event:?}");
        }
    }

    #[test]
    fn a_state_reads_back_from_its_code() {
        for state in BillState::ALL {
            assert_eq!(BillState::from_code(state.code()), Some(state));
        }
        assert_eq!(BillState::from_code("open"), None);
    }
}
