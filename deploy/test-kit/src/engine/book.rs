//! What the engine was asked and what it did, by key: a repetition is seen and has no second effect.

use std::collections::BTreeMap;

use serde_json::Value;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    /// With its query.
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Null when it was no JSON; `text` has it then.
    pub body: Value,
    pub text: String,
}

/// Everything the engine remembers.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub seen: Vec<Seen>,
    /// How often the engine acted under a key: never more than once, or it would be its own fault.
    pub effects: BTreeMap<String, Value>,
}

impl Book {
    /// Acts once under a key. False for a repetition.
    pub fn act(&mut self, key: &str, what: Value) -> bool {
        if self.effects.contains_key(key) {
            return false;
        }
        self.effects.insert(key.to_owned(), what);
        true
    }

    pub fn seen_at(&self, path: &str) -> Vec<&Seen> {
        self.seen.iter().filter(|seen| seen.path.split('?').next() == Some(path)).collect()
    }
}
