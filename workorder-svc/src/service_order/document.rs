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

/// The attribute of a document that a list is narrowed by in the database.
pub const PARTY_ID: &str = "relatedParty.id";
/// Parties of one document that can be filtered by, and the longest id of one, in bytes.
const MOST_PARTIES: usize = 500;
const LONGEST_PARTY: usize = 200;

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

    /// The ids of the parties it names.
    pub fn parties(&self) -> Vec<String> {
        let (mut leaves, name) = (Vec::new(), "relatedParty");
        if let Some(parties) = self.attributes.get(name) {
            collect(name, parties, &mut leaves);
        }
        let ids = leaves.into_iter().filter(|(path, id)| path == PARTY_ID && id.len() <= LONGEST_PARTY);
        let mut ids: Vec<String> = ids.map(|(_, id)| id).collect();
        ids.sort();
        ids.dedup();
        ids.truncate(MOST_PARTIES);
        ids
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
    }

    #[test]
    fn the_parties_of_a_document_are_its_to_be_found_by() {
        let sent = json!({"id": "9", "relatedParty": [
            {"id": "u", "role": "requester"}, {"id": "e", "contact": {"id": "c"}}, {"id": "u"}, {"role": "nobody"},
            {"id": "x".repeat(201)}
        ]});
        let document = Document::new(sent.as_object().unwrap(), OrderForm::default(), &[]);
        assert_eq!(document.parties(), ["e", "u"]);
        assert!(Document::default().parties().is_empty());
    }
}
