//! Whether an event may be taken in now, later, or not at all. Pure.

use super::model::EventKind;
use crate::task::state::{self, TaskState};

/// What to do with an event that is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Tell the order service.
    Send,
    /// Keep it until the engine's acceptance is recorded, and tell then.
    Hold,
}

/// Why an event is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The task's state knows no such event.
    State,
    /// A rollback or close has been taken in and is not settled yet.
    EndPending,
    /// One has been taken in and was given up: it waits for operations, which may still send it again.
    EndDead,
}

/// An event of the task that may still have an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsettled {
    pub kind: EventKind,
    /// Given up: only a replay sends it again.
    pub dead: bool,
}

/// `unsettled` are the task's events that may still have an effect.
///
/// An early event is kept only when its sender may be ahead of us (`early_allowed`: a call-back); nobody acts at a desk
/// on a task that has not arrived there. Call-backs overtake one another, so a stage may still come after the end that
/// is kept beside it: it is told before. source: contract BPM, "Call-backs from outside".
pub fn check_event(
    state: TaskState,
    kind: EventKind,
    unsettled: &[Unsettled],
    early_allowed: bool,
) -> Result<Admission, Refusal> {
    let Some(event) = kind.moves_task() else { return Ok(Admission::Send) };
    let end = unsettled.iter().find(|other| other.kind.is_terminal());
    let in_the_way = end.map(|end| if end.dead { Refusal::EndDead } else { Refusal::EndPending });
    if state.awaits_acceptance() {
        return match (early_allowed, in_the_way.filter(|_| kind.is_terminal())) {
            (false, _) => Err(Refusal::State),
            (true, Some(refusal)) => Err(refusal),
            (true, None) => Ok(Admission::Hold),
        };
    }
    if let Some(refusal) = in_the_way {
        return Err(refusal);
    }
    state::next(state, event).map(|_| Admission::Send).map_err(|_| Refusal::State)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn under_way(kind: EventKind) -> Unsettled {
        Unsettled { kind, dead: false }
    }

    const MOVING: [EventKind; 3] = [EventKind::StageFeedback, EventKind::Rollback, EventKind::Close];

    #[test]
    fn a_task_on_the_desk_takes_all_three_and_a_finished_one_none() {
        for kind in MOVING {
            for state in [TaskState::Dispatched, TaskState::Processing] {
                assert_eq!(check_event(state, kind, &[], false), Ok(Admission::Send));
            }
            for state in [TaskState::Closed, TaskState::RolledBack, TaskState::Recalled] {
                assert_eq!(check_event(state, kind, &[], true), Err(Refusal::State));
            }
        }
    }

    #[test]
    fn an_early_call_back_is_kept_and_an_early_desk_call_is_not() {
        for kind in MOVING {
            for state in [TaskState::Queued, TaskState::DeadLetter] {
                assert_eq!(check_event(state, kind, &[], true), Ok(Admission::Hold));
                assert_eq!(check_event(state, kind, &[], false), Err(Refusal::State));
            }
        }
    }

    #[test]
    fn nothing_follows_an_end_that_is_not_settled_but_a_stage_may_wait_before_it() {
        for end in [EventKind::Rollback, EventKind::Close] {
            for kind in MOVING {
                assert_eq!(check_event(TaskState::Dispatched, kind, &[under_way(end)], true), Err(Refusal::EndPending));
            }
            for second in [EventKind::Rollback, EventKind::Close] {
                assert_eq!(check_event(TaskState::Queued, second, &[under_way(end)], true), Err(Refusal::EndPending));
            }
            assert_eq!(
                check_event(TaskState::Queued, EventKind::StageFeedback, &[under_way(end)], true),
                Ok(Admission::Hold)
            );
        }
        let waiting = [under_way(EventKind::Dispatched), under_way(EventKind::StageFeedback)];
        assert_eq!(check_event(TaskState::Processing, EventKind::Close, &waiting, false), Ok(Admission::Send));
    }

    #[test]
    fn an_end_that_was_given_up_still_bars_another_one_and_is_named_as_what_it_is() {
        let dead = [Unsettled { kind: EventKind::Close, dead: true }];
        for kind in MOVING {
            assert_eq!(check_event(TaskState::Processing, kind, &dead, false), Err(Refusal::EndDead));
        }
        let stage = [Unsettled { kind: EventKind::StageFeedback, dead: true }];
        assert_eq!(check_event(TaskState::Processing, EventKind::Close, &stage, false), Ok(Admission::Send));
    }

    #[test]
    fn what_only_tells_is_always_sent() {
        for state in TaskState::ALL {
            assert_eq!(
                check_event(state, EventKind::Reassigned, &[under_way(EventKind::Close)], false),
                Ok(Admission::Send)
            );
        }
    }
}
