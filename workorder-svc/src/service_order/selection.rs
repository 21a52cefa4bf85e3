//! `fields`: which attributes of a resource are given. Pure. source: TMF630 part 1, "Attribute selection"

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The attributes asked for, with those of what is below them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection(BTreeMap<String, Selection>);

/// What a resource is known by, and what the interface makes mandatory of an order, stands in every answer.
const ALWAYS: [&str; 5] = ["id", "href", "state", "orderDate", "startDate"];

impl Selection {
    /// `state,relatedParty.name`; None asks for everything, `none` for nothing but what stands in every answer.
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

    /// What is asked for of a resource: all of it without a selection.
    pub fn apply(selection: Option<&Self>, resource: Map<String, Value>) -> Map<String, Value> {
        match selection {
            Some(selection) => selection.of_resource(resource),
            None => resource,
        }
    }

    /// The resource with what stands in every answer and what was asked for.
    fn of_resource(&self, resource: Map<String, Value>) -> Map<String, Value> {
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
        let whole = json!({"id": "1", "href": "/1", "state": "pending", "category": "a", "note": [{"text": "a", "author": "b"}]});
        let Value::Object(whole) = whole else { unreachable!() };
        Value::Object(Selection::parse(Some(fields)).unwrap().of_resource(whole))
    }

    #[test]
    fn what_is_mandatory_stands_beside_what_was_asked_for() {
        let mandatory = json!({"id": "1", "href": "/1", "state": "pending"});
        assert_eq!(selected("state"), mandatory);
        assert_eq!(selected("none"), mandatory);
        let with_note = json!({"id": "1", "href": "/1", "state": "pending", "note": [{"text": "a"}]});
        assert_eq!(selected("note.text, nothing"), with_note);
        assert_eq!((Selection::parse(None), Selection::parse(Some(" "))), (None, None));
    }
}
