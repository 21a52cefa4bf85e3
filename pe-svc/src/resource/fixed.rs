//! What a caller may not set: a field sent with another value than the record has is refused, not passed over.

use serde_json::{Map, Value};
use shared_model::problem::{Fault, codes};
use shared_model::text::Text;

/// Checks every field that is not the caller's to set against the record as they see it (or, for a new record, as it
/// will be), and finds fault with fields that do not exist.
pub fn check(body: &Map<String, Value>, writable: &[&str], known: &[&str], record: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, sent) in body {
        let name = name.as_str();
        if name == "id" || name == "version" || sent.is_null() || writable.contains(&name) {
            continue;
        }
        let current = record.get(name);
        if current.is_none() && !known.contains(&name) {
            faults.push(fault(name, Text::fixed("没有此字段", "there is no such field")));
        } else if !current.is_some_and(|current| agrees(name, sent, current)) {
            faults.push(fault(name, Text::fixed("该字段由系统维护，不能修改", "this field is not yours to set")));
        }
    }
    faults
}

/// A conversation grows while its reader edits: an earlier state of it is no change.
fn agrees(name: &str, sent: &Value, current: &Value) -> bool {
    match (name, sent, current) {
        ("replies", Value::Array(sent), Value::Array(current)) => current.starts_with(sent),
        (_, sent, current) => sent == current,
    }
}

fn fault(name: &str, message: Text) -> Fault {
    Fault::new(format!("/{name}"), &codes::REQUEST_INVALID, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(body: Value) -> Vec<String> {
        let record = json!({"ownerId": "7", "name": "a", "replies": [1, 2]});
        let body = body.as_object().unwrap();
        let faults = check(body, &["name"], &["ownerId", "auditStatus"], &record);
        assert!(faults.iter().all(|fault| fault.code.status == 400));
        faults.into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn the_record_sent_back_as_it_was_read_is_no_offence() {
        assert_eq!(checked(json!({"id": 1, "version": 3, "ownerId": "7", "name": "b", "replies": [1]})), [""; 0]);
        assert_eq!(checked(json!({"auditStatus": null})), [""; 0]);
    }

    #[test]
    fn an_owner_a_status_and_an_unknown_field_are_each_named() {
        let sent = json!({"ownerId": "8", "auditStatus": "approved", "colour": "blue"});
        assert_eq!(checked(sent), ["/auditStatus", "/colour", "/ownerId"]);
    }
}
