//! The ways an engine behaves.

use std::time::Duration;

/// How the engine answers from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    #[default]
    Honest,
    /// It takes its time before it acts and answers.
    Slow(Duration),
    /// It acts, and the connection breaks before its answer arrives.
    LosesAnswers,
    /// The connection breaks before it has acted: it does so when it is told to, or when the next start of the same task
    /// comes. (Camunda; elsewhere as honest.)
    CommitsLate,
    /// It reports everything twice.
    Duplicates,
    /// It reports the last thing first.
    Reorders,
    /// Its business says no to every task.
    Refuses,
    /// It is not there: 503 to everything, and nothing is done.
    Down,
}

impl Profile {
    /// The order reports leave the engine in.
    pub fn script<T: Clone>(self, reports: &[T]) -> Vec<T> {
        match self {
            Self::Duplicates => reports.iter().flat_map(|report| [report.clone(), report.clone()]).collect(),
            Self::Reorders => reports.iter().rev().cloned().collect(),
            Self::Honest | Self::Slow(_) | Self::LosesAnswers | Self::CommitsLate | Self::Refuses | Self::Down => {
                reports.to_vec()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_doubled_or_turned_round_as_the_profile_says() {
        assert_eq!(Profile::Duplicates.script(&[1, 2]), [1, 1, 2, 2]);
        assert_eq!(Profile::Reorders.script(&[1, 2]), [2, 1]);
        assert_eq!(Profile::Honest.script(&[1, 2]), [1, 2]);
    }
}
