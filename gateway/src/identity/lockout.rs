//! When a log-in is refused unheard: too many wrong passwords lately. Pure; the failures themselves are kept by `failure`.
//!
//! source: identity contract, `POST /auth/login`: 5 failures in 15 minutes for one account from one address, 25 for one
//! account from anywhere. Names that no account has count alike, or a lock would tell which exist.

use chrono::{DateTime, TimeDelta, Utc};

/// How many failures lock, and for how long they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockRule {
    pub per_address: usize,
    pub per_account: usize,
    pub window: TimeDelta,
}

impl Default for LockRule {
    fn default() -> Self {
        Self { per_address: 5, per_account: 25, window: TimeDelta::minutes(15) }
    }
}

/// One wrong password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub address: String,
    pub at: DateTime<Utc>,
}

impl LockRule {
    /// Failures at or before this moment count no more.
    pub fn counts_from(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.window
    }

    /// Until when log-ins for an account from `address` are refused; None while they are heard.
    /// A lock ends when enough of the failures behind it have left the window.
    pub fn locked_until(&self, failures: &[Failure], address: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let counted = |from_anywhere: bool| {
            let mut times: Vec<DateTime<Utc>> = failures
                .iter()
                .filter(|failure| failure.at > self.counts_from(now))
                .filter(|failure| from_anywhere || failure.address == address)
                .map(|failure| failure.at)
                .collect();
            times.sort_unstable();
            times
        };
        let here = self.end_of_lock(&counted(false), self.per_address);
        let anywhere = self.end_of_lock(&counted(true), self.per_account);
        here.max(anywhere)
    }

    fn end_of_lock(&self, sorted: &[DateTime<Utc>], limit: usize) -> Option<DateTime<Utc>> {
        let oldest_that_matters = sorted.len().checked_sub(limit)?;
        sorted.get(oldest_that_matters).map(|at| *at + self.window)
    }
}

/// Whole seconds to wait, at least one, for `Retry-After`.
pub fn retry_after(until: DateTime<Utc>, now: DateTime<Utc>) -> u64 {
    let milliseconds = (until - now).num_milliseconds().max(0);
    u64::try_from(milliseconds).unwrap_or(0).div_ceil(1000).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn at(second: i64) -> DateTime<Utc> {
        Utc.timestamp_opt(1_700_000_000 + second, 0).unwrap()
    }

    fn failures(address: &str, seconds: impl IntoIterator<Item = i64>) -> Vec<Failure> {
        seconds.into_iter().map(|second| Failure { address: address.into(), at: at(second) }).collect()
    }

    #[test]
    fn the_fifth_failure_from_one_address_locks_that_address_only() {
        let rule = LockRule::default();
        let mut lately = failures("a", [0, 10, 20, 30]);
        assert_eq!(rule.locked_until(&lately, "a", at(40)), None);
        lately.extend(failures("a", [40]));
        assert_eq!(rule.locked_until(&lately, "a", at(40)), Some(at(900)));
        assert_eq!(rule.locked_until(&lately, "b", at(40)), None);
    }

    #[test]
    fn a_lock_ends_when_the_oldest_counted_failure_leaves_the_window() {
        let rule = LockRule::default();
        let lately = failures("a", [0, 100, 200, 300, 400]);
        assert!(rule.locked_until(&lately, "a", at(899)).is_some());
        assert_eq!(rule.locked_until(&lately, "a", at(900)), None);
        let six = failures("a", [0, 100, 200, 300, 400, 500]);
        assert_eq!(rule.locked_until(&six, "a", at(500)), Some(at(1000)));
    }

    #[test]
    fn twenty_five_failures_from_anywhere_lock_the_account_everywhere() {
        let rule = LockRule::default();
        let spread: Vec<Failure> = (0..24).flat_map(|n| failures(&format!("10.0.0.{n}"), [n])).collect();
        assert_eq!(rule.locked_until(&spread, "elsewhere", at(30)), None);
        let more = [spread, failures("192.0.2.1", [24])].concat();
        assert_eq!(rule.locked_until(&more, "elsewhere", at(30)), Some(at(900)));
    }

    #[test]
    fn waiting_is_told_in_whole_seconds_and_never_zero() {
        assert_eq!(retry_after(at(10), at(0)), 10);
        assert_eq!(retry_after(at(10), at(0) - TimeDelta::milliseconds(1)), 11);
        assert_eq!(retry_after(at(0), at(5)), 1);
    }
}
