//! Whether a resource says something at a dotted path. Pure. source: TMF630 part 1, "Attribute filtering"

use serde_json::{Map, Value};

/// A dotted path, and the texts of which one must stand there.
pub type Sought<'a> = (&'a str, &'a [String]);

/// Every condition is met: at its path, in any element of the lists on the way, stands a plain value that is one of its
/// texts. Numbers and booleans are compared as JSON writes them.
pub fn meets(resource: &Map<String, Value>, conditions: &[Sought<'_>]) -> bool {
    conditions.iter().all(|(path, values)| in_members(resource, path, values))
}

/// The names of members may have dots of their own.
fn in_members(members: &Map<String, Value>, path: &str, values: &[String]) -> bool {
    members.iter().any(|(name, value)| match path.strip_prefix(name.as_str()) {
        Some("") => is_one_of(value, values),
        Some(rest) => rest.strip_prefix('.').is_some_and(|rest| is_below(value, rest, values)),
        None => false,
    })
}

fn is_below(value: &Value, path: &str, values: &[String]) -> bool {
    match value {
        Value::Array(list) => list.iter().any(|one| is_below(one, path, values)),
        Value::Object(members) => in_members(members, path, values),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn is_one_of(value: &Value, values: &[String]) -> bool {
    match value {
        Value::Bool(_) | Value::Number(_) => values.contains(&value.to_string()),
        Value::String(text) => values.contains(text),
        Value::Array(list) => list.iter().any(|one| is_one_of(one, values)),
        Value::Null | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resource() -> Map<String, Value> {
        let resource = json!({
            "id": "7", "href": "/tmf-api/serviceOrdering/v4/serviceOrder/7", "@type": "ServiceOrder", "none": null,
            "cancellationReason": "重复", "urgent": true, "colour": {"shade": ["blue", "grey"]}, "a.b": {"c": "d"},
            "externalReference": [{"name": "20231204-7"}],
            "relatedParty": [{"id": "e1", "role": "customer", "name": "E"}, {"id": "m", "role": "requester"}],
            "serviceOrderItem": [{"id": "1", "state": "acknowledged", "weight": 7, "service": {
                "name": "网页加速", "serviceCharacteristic": [
                    {"name": "domains", "value": [{"domain": "a.cn"}]}, {"name": "provinces", "value": [33]}
                ]
            }}]
        });
        resource.as_object().unwrap().clone()
    }

    fn met(path: &str, values: &[&str]) -> bool {
        let values: Vec<String> = values.iter().map(|one| (*one).to_owned()).collect();
        meets(&resource(), &[(path, values.as_slice())])
    }

    #[test]
    fn a_path_goes_through_lists_to_a_plain_value() {
        for (path, value) in [
            ("href", "/tmf-api/serviceOrdering/v4/serviceOrder/7"),
            ("@type", "ServiceOrder"),
            ("cancellationReason", "重复"),
            ("urgent", "true"),
            ("colour.shade", "grey"),
            ("a.b.c", "d"),
            ("externalReference.name", "20231204-7"),
            ("relatedParty.role", "requester"),
            ("relatedParty.name", "E"),
            ("serviceOrderItem.id", "1"),
            ("serviceOrderItem.state", "acknowledged"),
            ("serviceOrderItem.weight", "7"),
            ("serviceOrderItem.service.name", "网页加速"),
            ("serviceOrderItem.service.serviceCharacteristic.name", "domains"),
            ("serviceOrderItem.service.serviceCharacteristic.value", "33"),
            ("serviceOrderItem.service.serviceCharacteristic.value.domain", "a.cn"),
        ] {
            assert!(met(path, &["other", value]), "{path}={value}");
        }
    }

    #[test]
    fn what_is_not_there_or_is_no_plain_value_meets_nothing() {
        for (path, value) in [
            ("relatedParty.role", "Requester"),
            ("relatedParty.role", "request"),
            ("relatedParty", "requester"),
            ("relatedParty.role.code", "requester"),
            ("related", "requester"),
            ("none", "null"),
            ("nothing.at.all", ""),
            ("", ""),
            ("serviceOrderItem.weight", "7.0"),
        ] {
            assert!(!met(path, &[value]), "{path}={value}");
        }
        assert!(!met("@type", &[]));
    }

    #[test]
    fn every_condition_must_be_met() {
        let [customer, requester, nobody] = ["customer", "requester", "nobody"].map(|role| [role.to_owned()]);
        let role = "relatedParty.role";
        assert!(meets(&resource(), &[]));
        assert!(meets(&resource(), &[(role, &customer), (role, &requester)]));
        assert!(!meets(&resource(), &[(role, &customer), (role, &nobody)]));
    }
}
