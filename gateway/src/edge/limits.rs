//! How often one person, one address, and one address trying passwords may ask.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use shared_model::ids::UserId;
use shared_model::problem::{Problem, codes};

use crate::settings::LimitSettings;

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, MonotonicClock>;

/// The three rates, shared by all workers.
pub struct Limits {
    callers: Keyed<UserId>,
    addresses: Keyed<IpAddr>,
    logins: Keyed<IpAddr>,
}

impl Limits {
    pub fn new(settings: &LimitSettings) -> Self {
        Self {
            callers: keyed(settings.caller_per_second),
            addresses: keyed(settings.address_per_second),
            logins: keyed(settings.logins_per_second),
        }
    }

    pub fn caller(&self, id: &UserId) -> Result<(), Problem> {
        check(&self.callers, id)
    }

    pub fn address(&self, address: &IpAddr) -> Result<(), Problem> {
        check(&self.addresses, address)
    }

    pub fn login(&self, address: &IpAddr) -> Result<(), Problem> {
        check(&self.logins, address)
    }

    /// Forgets whoever has not asked for a while: the memory stays bounded by who is here.
    pub fn forget_idle(&self) {
        self.callers.retain_recent();
        self.addresses.retain_recent();
        self.logins.retain_recent();
    }
}

fn keyed<K: Hash + Eq + Clone>(per_second: u32) -> Keyed<K> {
    let rate = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
    RateLimiter::new(Quota::per_second(rate).allow_burst(rate), DashMapStateStore::default(), MonotonicClock)
}

fn check<K: Hash + Eq + Clone>(limiter: &Keyed<K>, key: &K) -> Result<(), Problem> {
    limiter.check_key(key).map_err(|refused| {
        let wait = refused.wait_time_from(MonotonicClock.now());
        Problem::new(&codes::RATE_LIMITED).retry_after(whole_seconds(wait))
    })
}

/// Rounded up, at least one.
fn whole_seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).div_ceil(1000).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_is_a_seconds_worth_and_each_is_counted_alone() {
        let limits = Limits::new(&LimitSettings {
            header_bytes: 1,
            caller_per_second: 3,
            address_per_second: 2,
            logins_per_second: 1,
            cached_tokens: 1,
        });
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        assert!(limits.login(&one).is_ok() && limits.login(&other).is_ok());
        let refused = limits.login(&one).unwrap_err();
        assert_eq!((refused.code.status, refused.retry_after), (429, Some(1)));
        assert!((0..2).all(|_| limits.address(&one).is_ok()) && limits.address(&one).is_err());
        let (a, b) = (UserId::from("a"), UserId::from("b"));
        assert!((0..3).all(|_| limits.caller(&a).is_ok()) && limits.caller(&a).is_err());
        assert!(limits.caller(&b).is_ok());
    }
}
