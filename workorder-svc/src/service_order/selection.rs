//! `fields`: which attributes of a resource are given. Pure. source: TMF630 part 1, "Attribute selection"

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The attributes asked for, with those of what is below them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection(BTreeMap<String, Selection>);

/// What a resource is known by stands in every answer.
const ALWAYS: [&str; 2] = ["id", "href"];

impl Selection {
    /// `state,relatedParty.name`; None asks for everything, `none` for nothing but id and href.
    pub fn parse(fields: Option<&str>) -> Option<Self> {
        let fields = fields?.trim();
        if fields.is_empty() {
            return None;
        }
        let mut whole = Self::default();
        for path in fields.split(',').map(str::trim).filter(|path| !path.is_empty() && *path != "none") {
            let mut here = &mut whole;
            for name in path.split('.').take(8) {
                here = here.0.entry(name.to_owned()).or_default();
            }
        }
        Some(whole)
    }

    /// The resource with its id, its href and what was asked for.
    pub fn of_resource(&self, resource: Map<String, Value>) -> Map<String, Value> {
        let kept = |name: &str| ALWAYS.contains(&name) || self.0.contains_key(name);
        resource
            .into_iter()
            .filter(|(name, _)| kept(name))
            .map(|(name, value)| match self.0.get(&name) {
                Some(below) => (name, below.of_value(value)),
                None => (name, value),
            })
            .collect()
    }

    fn of_value(&self, value: Value) -> Value {
        if self.0.is_empty() {
            return value;
        }
        match value {
            Value::Array(list) => list.into_iter().map(|one| self.of_value(one)).collect(),
            Value::Object(members) => members
                .into_iter()
                .filter_map(|(name, value)| self.0.get(&name).map(|below| (name, below.of_value(value))))
                .collect(),
            plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn selected(fields: &str) -> Value {
        let whole = json!({"id": "1", "href": "/1", "state": "pending", "note": [{"text": "a", "author": "b"}]});
        let Value::Object(whole) = whole else { unreachable!() };
        Value::Object(Selection::parse(Some(fields)).unwrap().of_resource(whole))
    }

    #[test]
    fn id_and_href_stand_beside_what_was_asked_for() {
        assert_eq!(selected("state"), json!({"id": "1", "href": "/1", "state": "pending"}));
        assert_eq!(selected("note.text, nothing"), json!({"id": "1", "href": "/1", "note": [{"text": "a"}]}));
        assert_eq!(selected("none"), json!({"id": "1", "href": "/1"}));
        assert_eq!((Selection::parse(None), Selection::parse(Some(" "))), (None, None));
    }
}
