//! The processes of the engine, and where each of them stands.

use std::time::Instant;

use serde_json::{Map, Value};

/// Where the token of an instance stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// With the people.
    AtWork,
    Outside(Errand),
    Ended(&'static str),
}

/// An external task.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    pub id: String,
    pub topic: &'static str,
    pub worker: String,
    pub locked_until: Option<Instant>,
    /// None until a failure says how many are left.
    pub retries: Option<i64>,
}

/// One running process.
#[derive(Clone, Debug)]
pub struct Instance {
    pub id: String,
    pub business_key: String,
    pub variables: Map<String, Value>,
    pub place: Place,
}

/// What the engine keeps.
#[derive(Debug, Default)]
pub struct Processes {
    pub deployed: Vec<String>,
    pub instances: Vec<Instance>,
    /// Starts that were asked for and are not there yet.
    pub late: Vec<Instance>,
}

/// The one process that is known.
pub const KEY: &str = "front-desk-domain-order";

impl Instance {
    /// A variable as text; nothing for none.
    pub fn value(&self, name: &str) -> String {
        match self.variables.get(name).map(|one| &one["value"]) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        }
    }

    pub fn is_running(&self) -> bool {
        !matches!(self.place, Place::Ended(_))
    }
}
