//! When to try again: exponential back-off with jitter, up to a budget. Pure but for the jitter handed in.

use std::time::Duration;

/// How deliveries are repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Wait after the first failure.
    pub base: Duration,
    /// The longest wait.
    pub cap: Duration,
    /// Tries before a message is a dead letter.
    pub budget: i32,
    /// How long a claim holds: a dead process's messages are free again after it.
    pub lease: Duration,
    /// How long one delivery may take; shorter than the lease.
    pub delivery_timeout: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            cap: Duration::from_secs(60),
            budget: 40,
            lease: Duration::from_secs(5),
            delivery_timeout: Duration::from_secs(4),
        }
    }
}

impl RetryPolicy {
    /// The wait after `attempts` failed tries; `None` when the budget is spent. `jitter` in 0..1 takes off up to half.
    pub fn wait(&self, attempts: i32, jitter: f64) -> Option<Duration> {
        if attempts >= self.budget {
            return None;
        }
        let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(20);
        let full = self.base.saturating_mul(2_u32.saturating_pow(doublings)).min(self.cap);
        Some(full.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_end_with_the_budget() {
        let policy = RetryPolicy {
            base: Duration::from_secs(1),
            cap: Duration::from_secs(10),
            budget: 6,
            ..RetryPolicy::default()
        };
        let waits: Vec<_> = (1..=6).map(|attempts| policy.wait(attempts, 0.0).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits, [Some(1), Some(2), Some(4), Some(8), Some(10), None]);
        assert_eq!(policy.wait(1, 1.0), Some(Duration::from_millis(500)));
    }
}
