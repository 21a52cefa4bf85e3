//! When a destination is left alone, and for how long. Pure.
//!
//! ```text
//!            as many failures in a row as allowed         pause over
//!  closed ──────────────────────────────────────> open ─────────────> probing
//!    ^                                              ^  failed: twice the pause │
//!    └───────────────── success ────────────────────┴──────────────────────────┘
//! ```

use std::time::Duration;

use chrono::{DateTime, Utc};

/// How much is borne.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Technical failures in a row that open it. 0: it never opens.
    pub failures: u32,
    /// The first pause; doubled while probes fail.
    pub pause: Duration,
    /// The longest pause.
    pub cap: Duration,
}

/// What is known of one destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Open {
    until: DateTime<Utc>,
    pause: Duration,
    /// A probe is under way; should it never end, the next follows after the pause.
    probed: bool,
}

impl Breaker {
    /// Nothing is sent now.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.open.is_some_and(|open| open.until > now)
    }

    /// One probe may be sent now.
    pub fn awaits_probe(&self, now: DateTime<Utc>) -> bool {
        self.open.is_some_and(|open| open.until <= now)
    }

    /// Something is being sent: when it is the probe, all else waits for what comes of it.
    pub fn after_sending(self, now: DateTime<Utc>) -> Self {
        match self.open {
            Some(open) if open.until <= now => Self { open: Some(open.again(open.pause, true, now)), ..self },
            Some(_) | None => self,
        }
    }

    /// The destination has answered, if only by a refusal.
    pub fn after_answer(self) -> Self {
        Self::default()
    }

    /// It could not be reached, or was in trouble itself. Failures of deliveries that were under way when it opened
    /// change nothing.
    pub fn after_failure(self, policy: &BreakerPolicy, now: DateTime<Utc>) -> Self {
        let undisturbed = self.is_open(now) && !self.open.is_some_and(|open| open.probed);
        if policy.failures == 0 || undisturbed {
            return self;
        }
        let failures = self.failures.saturating_add(1);
        let open = match self.open {
            Some(open) => Some(open.again((open.pause * 2).min(policy.cap), false, now)),
            None if failures >= policy.failures => {
                let pause = policy.pause.min(policy.cap);
                Some(Open { until: now, pause, probed: false }.again(pause, false, now))
            }
            None => None,
        };
        Self { failures, open }
    }
}

impl Open {
    fn again(self, pause: Duration, probed: bool, now: DateTime<Utc>) -> Self {
        Self { until: now + chrono::Duration::from_std(pause).unwrap_or_default(), pause, probed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: BreakerPolicy =
        BreakerPolicy { failures: 3, pause: Duration::from_secs(1), cap: Duration::from_secs(3) };

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_an_answer_closes_it() {
        let mut breaker = Breaker::default();
        for _ in 0..2 {
            breaker = breaker.after_failure(&POLICY, at(0));
        }
        assert!(!breaker.is_open(at(0)));
        assert!(!breaker.after_answer().after_failure(&POLICY, at(0)).is_open(at(0)), "only those in a row count");
        breaker = breaker.after_failure(&POLICY, at(0));
        assert!(breaker.is_open(at(0)) && !breaker.is_open(at(1)));
        assert_eq!(breaker.after_answer(), Breaker::default());
    }

    #[test]
    fn each_probe_that_fails_doubles_the_pause_up_to_the_longest() {
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            breaker = breaker.after_failure(&POLICY, at(0));
        }
        for (probe, next) in [(1, 3), (3, 6), (6, 9)] {
            assert!(breaker.awaits_probe(at(probe)), "{probe}");
            breaker = breaker.after_sending(at(probe));
            assert!(breaker.is_open(at(probe)), "one probe at a time");
            breaker = breaker.after_failure(&POLICY, at(probe));
            // Its twins, under way at the same time.
            breaker = breaker.after_failure(&POLICY, at(probe)).after_failure(&POLICY, at(probe));
            assert!(breaker.is_open(at(next - 1)) && !breaker.is_open(at(next)), "{next}");
        }
    }

    #[test]
    fn without_a_limit_it_never_opens() {
        let policy = BreakerPolicy { failures: 0, ..POLICY };
        let breaker = (0..100).fold(Breaker::default(), |breaker, _| breaker.after_failure(&policy, at(0)));
        assert!(!breaker.is_open(at(0)));
    }
}
