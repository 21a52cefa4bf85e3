//! A breaker per destination: while a side is away, nothing is sent to it but a probe now and then, and nothing of a
//! message's retry budget is spent.

pub mod state;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared_model::server::clock::Clock;
use shared_model::server::outbox::Delivery;

use state::{Breaker, BreakerPolicy};

/// The breakers of one process. Cheap to clone.
#[derive(Clone)]
pub struct Breakers {
    policy: BreakerPolicy,
    clock: Clock,
    by_destination: Arc<Mutex<HashMap<String, Breaker>>>,
}

impl Breakers {
    pub fn new(policy: BreakerPolicy, clock: Clock) -> Self {
        Self { policy, clock, by_destination: Arc::default() }
    }

    /// Learns from a delivery. A refusal is an answer.
    pub fn learn(&self, destination: &str, delivery: &Delivery) {
        let now = self.clock.now();
        let mut known = self.known();
        let before = known.get(destination).copied().unwrap_or_default();
        let after = match delivery {
            Delivery::Delivered(_) | Delivery::Refused { .. } => before.after_answer(),
            Delivery::Failed(_) => before.after_failure(&self.policy, now),
        };
        let (was, is) = (before.is_open(now), after.is_open(now));
        if was != is {
            tracing::warn!(destination, open = is, "the breaker has turned");
        }
        metrics::gauge!("outbox_breaker_open", "destination" => destination.to_owned()).set(f64::from(u8::from(is)));
        known.insert(destination.to_owned(), after);
    }

    pub fn is_open(&self, destination: &str) -> bool {
        self.known().get(destination).is_some_and(|breaker| breaker.is_open(self.clock.now()))
    }

    /// Something is being sent there.
    pub fn note_sending(&self, destination: &str) {
        if let Some(breaker) = self.known().get_mut(destination) {
            *breaker = breaker.after_sending(self.clock.now());
        }
    }

    /// Some destination is to be probed by one message.
    pub fn any_awaits_probe(&self) -> bool {
        let now = self.clock.now();
        self.known().values().any(|breaker| breaker.awaits_probe(now))
    }

    /// The destinations that nothing is sent to now.
    pub fn list_open(&self) -> Vec<String> {
        let now = self.clock.now();
        let known = self.known();
        known.iter().filter(|(_, breaker)| breaker.is_open(now)).map(|(name, _)| name.clone()).collect()
    }

    /// What is known is whole between any two calls, so a thread that died in one has left nothing half done.
    fn known(&self) -> MutexGuard<'_, HashMap<String, Breaker>> {
        self.by_destination.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_destination_has_its_own() {
        let policy = BreakerPolicy { failures: 2, pause: Duration::from_secs(60), cap: Duration::from_secs(60) };
        let breakers = Breakers::new(policy, Clock::system());
        for _ in 0..2 {
            breakers.learn("engine", &Delivery::Failed("away".into()));
            breakers.learn("workorder-svc", &Delivery::Refused { code: "c".into(), detail: "d".into() });
        }
        assert_eq!(breakers.list_open(), ["engine"]);
        assert!(breakers.is_open("engine") && !breakers.is_open("workorder-svc"));
        breakers.learn("engine", &Delivery::Delivered(serde_json::Value::Null));
        assert!(breakers.list_open().is_empty());
    }
}
