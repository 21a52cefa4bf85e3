//! The `query` of a subscription: which events it wants. Pure.
//!
//! `eventType=ServiceOrderStateChangeEvent,ServiceOrderCreateEvent&serviceOrder.state=completed`: every name must meet one
//! of its values; names other than `eventType` are paths into the event.

use serde_json::Value;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::text::Text;

use crate::service_order::document::collect;

/// Longest query, in characters.
const LONGEST: usize = 1_000;

/// The conditions of a subscription; none lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter(Vec<(String, Vec<String>)>);

impl EventFilter {
    /// Errors: 422 at `/query`.
    pub fn parse(query: Option<&str>) -> Result<Self, Problem> {
        let query = query.map(|query| query.trim().trim_start_matches('?')).unwrap_or_default();
        if query.chars().count() > LONGEST || query.chars().any(char::is_control) {
            return Err(refused("过长或含控制字符", "too long, or with control characters"));
        }
        let mut conditions: Vec<(String, Vec<String>)> = Vec::new();
        for part in query.split(['&', ';']).map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, values)) = part.split_once('=') else {
                return Err(refused("写作 名=值", "written as name=value"));
            };
            let values = values.split(',').map(|value| value.trim().to_owned());
            let name = name.trim().trim_start_matches("event.");
            match conditions.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.extend(values),
                None => conditions.push((name.to_owned(), values.collect())),
            }
        }
        // Which attributes are sent is not for a condition to say.
        conditions.retain(|(name, _)| name != "fields");
        Ok(Self(conditions))
    }

    /// Whether an event of this type, with this payload, is wanted.
    pub fn lets_through(&self, event_type: &str, payload: &Value) -> bool {
        self.0.iter().all(|(name, wanted)| {
            if name == "eventType" {
                return wanted.iter().any(|one| one == event_type);
            }
            let mut path = name.split('.');
            let top = path.next().unwrap_or_default();
            let mut leaves = Vec::new();
            collect(top, &payload[top], &mut leaves);
            leaves.iter().any(|(path, value)| path == name && wanted.contains(value))
        })
    }
}

fn refused(zh: &'static str, en: &'static str) -> Problem {
    Problem::of_faults(vec![Fault::new("/query", &codes::FIELD_INVALID, Text::fixed(zh, en))])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn passes(query: &str) -> bool {
        let payload = json!({"serviceOrder": {"id": "7", "state": "completed"}});
        EventFilter::parse(Some(query)).unwrap().lets_through("ServiceOrderStateChangeEvent", &payload)
    }

    #[test]
    fn every_name_must_meet_one_of_its_values() {
        for query in [
            "",
            "eventType=ServiceOrderStateChangeEvent",
            "?eventType=ServiceOrderCreateEvent,ServiceOrderStateChangeEvent&fields=id",
            "eventType=ServiceOrderCreateEvent&eventType=ServiceOrderStateChangeEvent",
            "serviceOrder.state=completed&event.serviceOrder.id=7",
        ] {
            assert!(passes(query), "{query}");
        }
        for query in ["eventType=ServiceOrderCreateEvent", "serviceOrder.state=pending", "nothing=x"] {
            assert!(!passes(query), "{query}");
        }
        assert!(EventFilter::parse(None).unwrap().lets_through("x", &Value::Null));
        assert_eq!(EventFilter::parse(Some("eventType")).unwrap_err().code.status, 422);
    }
}
