//! A service order's document as it is kept: what the client said, without what the desk says. Pure.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_model::problem::Fault;
use shared_model::text::Text;

use crate::submit::form::OrderForm;

/// Attributes that the desk sets; a client that sends them is not believed.
pub const OWN: [&str; 11] = [
    "id",
    "href",
    "state",
    "orderDate",
    "startDate",
    "completionDate",
    "cancellationDate",
    "cancellationReason",
    "errorMessage",
    "milestone",
    "jeopardyAlert",
];

/// Plain values of one document that can be filtered by.
const MOST_LEAVES: usize = 500;
/// Longest path, and longest value that can be filtered by, in bytes.
const LONGEST_LEAF: usize = 200;

/// What is kept of a service order beside the order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub attributes: Map<String, Value>,
    /// The order's form when the document was read: as long as it is the same, the document tells what is ordered.
    pub form: OrderForm,
    /// Why the content is not a valid order yet.
    pub faults: Vec<Shortcoming>,
}

impl Document {
    pub fn new(attributes: &Map<String, Value>, form: OrderForm, faults: &[Fault]) -> Self {
        let said = attributes.iter().filter(|(name, value)| !OWN.contains(&name.as_str()) && !value.is_null());
        let attributes = said.map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { attributes, form, faults: faults.iter().map(Shortcoming::of).collect() }
    }

    /// Its plain values by their dotted paths, elements of lists under the path of the list.
    pub fn leaves(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (name, value) in &self.attributes {
            collect(name, value, &mut found);
        }
        found.retain(|(path, value)| path.len() <= LONGEST_LEAF && value.len() <= LONGEST_LEAF);
        found.sort();
        found.dedup();
        found.truncate(MOST_LEAVES);
        found
    }
}

/// The plain values below `path`.
pub fn collect(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => found.push((path.to_owned(), value.to_string())),
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        Value::Array(list) => list.iter().for_each(|one| collect(path, one, found)),
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| collect(&format!("{path}.{name}"), value, found));
        }
    }
}

/// A fault that keeps the order a draft, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortcoming {
    pub pointer: String,
    pub code: String,
    pub message: Text,
}

impl Shortcoming {
    fn of(fault: &Fault) -> Self {
        Self { pointer: fault.pointer.clone(), code: fault.code.code.to_owned(), message: fault.message.clone() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_desk_says_is_not_taken_from_a_client() {
        let sent = json!({"id": "9", "state": "completed", "externalId": "X", "note": [{"text": "a"}], "none": null});
        let document = Document::new(sent.as_object().unwrap(), OrderForm::default(), &[]);
        assert_eq!(Value::Object(document.attributes.clone()), json!({"externalId": "X", "note": [{"text": "a"}]}));
        let leaves = [("externalId".to_owned(), "X".to_owned()), ("note.text".to_owned(), "a".to_owned())];
        assert_eq!(document.leaves(), leaves);
    }
}
