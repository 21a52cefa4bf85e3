//! The life of a task: which event moves it where. Everything that is not written here is illegal.
//!
//! ```text
//!             Taken             StageReported
//!  queued ───────────> dispatched ──────────> processing ⟲ StageReported
//!   │  ^                   │                      │
//!   │  │ SentAgain         ├──── Closed ──────────┤──> closed
//!   │  │                   └──── RolledBack ──────┘──> rolledBack
//!   └──┴─ GivenUp ─> deadLetter ─ Recalled ─> recalled
//! ```
//!
//! `recalled` is a dead letter whose order has taken the dispatch back: shown as `deadLetter`, and final.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use shared_model::text::Text;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Stored, and on its way to the engine.
    Queued,
    /// The engine has it: it lies on the assignee's desk.
    Dispatched,
    /// At least one stage has been reported.
    Processing,
    Closed,
    RolledBack,
    /// The engine could not be reached within the retry budget, or refused the task.
    DeadLetter,
    /// A dead letter that its order has taken back.
    Recalled,
}

/// What happens to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskEvent {
    /// The engine has accepted it.
    Taken,
    StageReported,
    RolledBack,
    Closed,
    /// The retry budget is spent, or the engine refused.
    GivenUp,
    /// An operator sends the dead letter again.
    SentAgain,
    /// The order takes the dead letter back.
    Recalled,
}

/// The event does not fit the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a task that is {from:?} knows no {event:?}")]
pub struct IllegalTransition {
    pub from: TaskState,
    pub event: TaskEvent,
}

/// The one place that decides a transition. source: contract BPM, "Tasks and bills".
pub fn next(from: TaskState, event: TaskEvent) -> Result<TaskState, IllegalTransition> {
    use TaskEvent as E;
    use TaskState as S;
    match (from, event) {
        (S::Queued, E::Taken) => Ok(S::Dispatched),
        (S::Dispatched | S::Processing, E::StageReported) => Ok(S::Processing),
        (S::Dispatched | S::Processing, E::RolledBack) => Ok(S::RolledBack),
        (S::Dispatched | S::Processing, E::Closed) => Ok(S::Closed),
        (S::Queued, E::GivenUp) => Ok(S::DeadLetter),
        (S::DeadLetter, E::SentAgain) => Ok(S::Queued),
        (S::DeadLetter, E::Recalled) => Ok(S::Recalled),
        (
            S::Queued | S::Dispatched | S::Processing | S::Closed | S::RolledBack | S::DeadLetter | S::Recalled,
            E::Taken | E::StageReported | E::RolledBack | E::Closed | E::GivenUp | E::SentAgain | E::Recalled,
        ) => Err(IllegalTransition { from, event }),
    }
}

impl TaskState {
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Dispatched,
        Self::Processing,
        Self::Closed,
        Self::RolledBack,
        Self::DeadLetter,
        Self::Recalled,
    ];

    /// The code in the table.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Dispatched => "dispatched",
            Self::Processing => "processing",
            Self::Closed => "closed",
            Self::RolledBack => "rolledBack",
            Self::DeadLetter => "deadLetter",
            Self::Recalled => "recalled",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Somebody still has to do something about it.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Queued | Self::Dispatched | Self::Processing | Self::DeadLetter => true,
            Self::Closed | Self::RolledBack | Self::Recalled => false,
        }
    }

    /// An event of the engine that comes now is early, not wrong: the engine's acceptance is not yet recorded.
    pub const fn awaits_acceptance(self) -> bool {
        match self {
            Self::Queued | Self::DeadLetter => true,
            Self::Dispatched | Self::Processing | Self::Closed | Self::RolledBack | Self::Recalled => false,
        }
    }

    pub const fn shown(self) -> ShownState {
        match self {
            Self::Queued => ShownState::Queued,
            Self::Dispatched => ShownState::Dispatched,
            Self::Processing => ShownState::Processing,
            Self::Closed => ShownState::Closed,
            Self::RolledBack => ShownState::RolledBack,
            Self::DeadLetter | Self::Recalled => ShownState::DeadLetter,
        }
    }
}

/// A task's state as clients see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ShownState {
    Queued,
    Dispatched,
    Processing,
    Closed,
    RolledBack,
    DeadLetter,
}

impl ShownState {
    /// The stored states that are shown as this one, for filters.
    pub fn stored(self) -> Vec<&'static str> {
        TaskState::ALL.into_iter().filter(|state| state.shown() == self).map(TaskState::code).collect()
    }

    pub const fn name(self) -> Text {
        match self {
            Self::Queued => Text::fixed("待下发", "queued"),
            Self::Dispatched => Text::fixed("已下发", "dispatched"),
            Self::Processing => Text::fixed("处理中", "in progress"),
            Self::Closed => Text::fixed("已关单", "closed"),
            Self::RolledBack => Text::fixed("已回退", "rolled back"),
            Self::DeadLetter => Text::fixed("死信", "a dead letter"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written a second time by hand: a row per state, a column per event.
    #[test]
    fn every_state_answers_every_event_as_the_table_says() {
        use TaskEvent as E;
        use TaskState as S;
        let events = [E::Taken, E::StageReported, E::RolledBack, E::Closed, E::GivenUp, E::SentAgain, E::Recalled];
        let table: [(S, [Option<S>; 7]); 7] = [
            (S::Queued, [Some(S::Dispatched), None, None, None, Some(S::DeadLetter), None, None]),
            (S::Dispatched, [None, Some(S::Processing), Some(S::RolledBack), Some(S::Closed), None, None, None]),
            (S::Processing, [None, Some(S::Processing), Some(S::RolledBack), Some(S::Closed), None, None, None]),
            (S::Closed, [None; 7]),
            (S::RolledBack, [None; 7]),
            (S::DeadLetter, [None, None, None, None, None, Some(S::Queued), Some(S::Recalled)]),
            (S::Recalled, [None; 7]),
        ];
        for (from, row) in table {
            for (event, expected) in events.into_iter().zip(row) {
                let expected = expected.ok_or(IllegalTransition { from, event });
                assert_eq!(next(from, event), expected, "{from:?} x {event:?}");
            }
        }
    }

    #[test]
    fn a_state_reads_back_from_its_code_and_a_recalled_one_is_shown_as_a_dead_letter() {
        for state in TaskState::ALL {
            assert_eq!(TaskState::from_code(state.code()), Some(state));
        }
        assert_eq!(TaskState::from_code("Queued"), None);
        assert_eq!(ShownState::DeadLetter.stored(), ["deadLetter", "recalled"]);
        assert_eq!(serde_json::to_string(&ShownState::RolledBack).unwrap(), "\"rolledBack\"");
    }
}
