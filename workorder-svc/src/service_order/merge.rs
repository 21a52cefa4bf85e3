//! What a patch changes: JSON Merge Patch (RFC 7396), within what may be patched. Pure. source: TMF641 v4.1,
//! `ServiceOrder_Update`

use serde_json::{Map, Value};
use shared_model::problem::{Fault, Problem};

use crate::order::state::OrderState;
use crate::service_order::document::OWN;
use crate::service_order::reading::{check_attributes, check_shape, malformed};
use crate::service_order::state::ServiceOrderState;

/// Attributes that stay as they were ordered.
const FIXED: [&str; 4] = ["category", "@type", "@baseType", "@schemaLocation"];
/// Attributes that say what is ordered: the order follows them.
const CONTENT: [&str; 3] = ["serviceOrderItem", "relatedParty", "description"];

/// What a patch asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Nothing,
    /// The order is taken back, with the reason.
    Cancel(Option<String>),
    /// Words beside the order.
    Annotation(Map<String, Value>),
    /// What is ordered, and perhaps words beside it.
    Content(Map<String, Value>),
}

/// Applies a patch to what the client may say of an order; 400 with every fault.
///
/// An attribute that may not be patched can be sent as it is.
pub fn change(
    said: &Map<String, Value>,
    patch: &Map<String, Value>,
    face: &Map<String, Value>,
) -> Result<Change, Problem> {
    let mut faults = Vec::new();
    if let Some(cancel) = cancellation(patch, face, &mut faults) {
        return Ok(cancel);
    }
    for name in OWN.into_iter().chain(FIXED).filter(|name| !matches!(*name, "state" | "cancellationReason")) {
        if patch.get(name).is_some_and(|value| face.get(name) != Some(value)) {
            faults.push(malformed(&format!("/{name}"), "该属性不可修改", "this attribute cannot be changed"));
        }
    }
    check_attributes(patch, &mut faults);
    if !faults.is_empty() {
        return Err(Problem::of_faults(faults));
    }
    let mut after = said.clone();
    let own = |name: &String| OWN.contains(&name.as_str()) || FIXED.contains(&name.as_str());
    for (name, value) in patch.iter().filter(|(name, _)| !own(name)) {
        merge_member(&mut after, name, value);
    }
    if after == *said {
        return Ok(Change::Nothing);
    }
    check_shape(&after)?;
    let content = CONTENT.into_iter().any(|name| said.get(name) != after.get(name));
    Ok(if content { Change::Content(after) } else { Change::Annotation(after) })
}

/// The only state a client brings about is the cancelled one.
fn cancellation(patch: &Map<String, Value>, face: &Map<String, Value>, faults: &mut Vec<Fault>) -> Option<Change> {
    let state = patch.get("state").filter(|state| face.get("state") != Some(state))?;
    if state.as_str() == Some(ServiceOrderState::of(OrderState::Withdrawn).code()) {
        let reason = patch.get("cancellationReason").and_then(Value::as_str);
        return Some(Change::Cancel(reason.map(str::to_owned)));
    }
    faults.push(malformed("/state", "只能改为 cancelled", "can be changed to cancelled only"));
    None
}

fn merge_member(target: &mut Map<String, Value>, name: &str, value: &Value) {
    match value {
        Value::Null => {
            target.remove(name);
        }
        Value::Object(members) => {
            let below = target.entry(name).or_insert_with(|| Map::new().into());
            if !below.is_object() {
                *below = Map::new().into();
            }
            if let Some(below) = below.as_object_mut() {
                members.iter().for_each(|(name, value)| merge_member(below, name, value));
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            target.insert(name.to_owned(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changed(patch: Value) -> Result<Change, Problem> {
        let said = json!({
            "externalId": "X", "extra": {"a": 1, "b": 2},
            "serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]
        });
        let mut face = said.clone();
        face["id"] = "7".into();
        face["state"] = "acknowledged".into();
        let map = |value: &Value| value.as_object().unwrap().clone();
        change(&map(&said), &map(&patch), &map(&face))
    }

    #[test]
    fn a_patch_merges_and_tells_content_from_words_beside_it() {
        let Ok(Change::Annotation(after)) = changed(json!({"externalId": null, "extra": {"a": 3}, "priority": "1"}))
        else {
            panic!("words beside the order")
        };
        assert_eq!((after.get("externalId"), &after["extra"]), (None, &json!({"a": 3, "b": 2})));
        let item = json!([{"id": "1", "action": "add", "service": {"name": "x"}}]);
        assert!(matches!(changed(json!({ "serviceOrderItem": item })), Ok(Change::Content(_))));
        assert_eq!(changed(json!({"id": "7", "state": "acknowledged", "externalId": "X"})), Ok(Change::Nothing));
    }

    #[test]
    fn the_only_state_a_client_brings_about_is_cancelled() {
        let cancel = json!({"state": "cancelled", "cancellationReason": "r"});
        assert_eq!(changed(cancel), Ok(Change::Cancel(Some("r".to_owned()))));
        for patch in
            [json!({"state": "completed"}), json!({"id": "8"}), json!({"category": "x"}), json!({"priority": 1})]
        {
            assert_eq!(changed(patch).unwrap_err().code.status, 400);
        }
        assert_eq!(changed(json!({"serviceOrderItem": []})).unwrap_err().code.status, 400);
    }
}
