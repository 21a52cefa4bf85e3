//! Tokens that were verified a moment ago. Checking an EdDSA signature costs more than all the rest of a request,
//! so each worker remembers what it verified: bounded, keyed by the whole token, for a minute at most, and forgotten
//! altogether when a key is rotated or an account disabled.

use std::collections::HashMap;

/// Seconds a verified token is remembered at most.
pub const LONGEST: i64 = 60;

/// One worker's memory of verified tokens. `V` is what verification found.
pub struct TokenCache<V> {
    entries: HashMap<Box<str>, Entry<V>>,
    capacity: usize,
    generation: u64,
}

struct Entry<V> {
    value: V,
    /// Seconds since 1970 from which the entry counts no more.
    until: i64,
}

impl<V: Clone> TokenCache<V> {
    /// `capacity` is the number of tokens remembered at once.
    pub fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), capacity, generation: 0 }
    }

    /// What verification found, if the token was verified in this generation and still counts at `now` (seconds).
    pub fn get(&mut self, token: &str, now: i64, generation: u64) -> Option<V> {
        self.follow(generation);
        let entry = self.entries.get(token)?;
        if entry.until <= now {
            self.entries.remove(token);
            return None;
        }
        Some(entry.value.clone())
    }

    /// Remembers a token until it expires, a minute at most. `generation` is the one read before verifying:
    /// what was verified with yesterday's keys is not remembered today.
    pub fn put(&mut self, token: &str, value: V, expires: i64, now: i64, generation: u64) {
        self.follow(generation);
        if generation != self.generation {
            return;
        }
        if self.entries.len() >= self.capacity {
            self.entries.retain(|_, entry| entry.until > now);
        }
        if self.entries.len() >= self.capacity {
            self.entries.clear();
        }
        self.entries.insert(token.into(), Entry { value, until: expires.min(now + LONGEST) });
    }

    /// Forgets everything when keys or accounts have changed since.
    fn follow(&mut self, generation: u64) {
        if generation > self.generation {
            self.entries.clear();
            self.generation = generation;
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_remembered_until_it_expires_or_a_minute_passed() {
        let mut cache = TokenCache::new(8);
        cache.put("long", 1, 10_000, 100, 0);
        cache.put("short", 2, 110, 100, 0);
        assert_eq!((cache.get("long", 159, 0), cache.get("long", 160, 0)), (Some(1), None));
        assert_eq!((cache.get("short", 109, 0), cache.get("short", 110, 0)), (Some(2), None));
        assert_eq!(cache.get("shor", 100, 0), None);
    }

    #[test]
    fn a_new_generation_forgets_everything_and_late_findings_of_the_old_one() {
        let mut cache = TokenCache::new(8);
        cache.put("a", 1, 1_000, 100, 3);
        assert_eq!(cache.get("a", 100, 4), None);
        cache.put("a", 1, 1_000, 100, 3);
        assert_eq!(cache.get("a", 100, 4), None);
    }

    #[test]
    fn the_cache_never_outgrows_its_bound() {
        let mut cache = TokenCache::new(3);
        for n in 0..50 {
            cache.put(&n.to_string(), n, 1_000, 100, 0);
            assert!(cache.len() <= 3);
        }
        assert_eq!(cache.get("49", 100, 0), Some(49));
    }
}
