//! Reads a service order's document: whether it is one at all, and what it asks the desk for. Pure.

use chrono::DateTime;
use serde_json::{Map, Value};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::text::Text;

use crate::order::kind::{OrderKind, Requirement};
use crate::service_order::characteristic::{self, misfit};
use crate::submit::form::OrderForm;

/// Most items of one service order.
const MOST_ITEMS: usize = 500;
/// Attributes that are texts, those that are moments, and those that are lists of objects. source: TMF641 v4.1
const TEXTS: [&str; 8] = [
    "externalId",
    "category",
    "description",
    "notificationContact",
    "priority",
    "cancellationReason",
    "@type",
    "@baseType",
];
const MOMENTS: [&str; 3] = ["requestedStartDate", "requestedCompletionDate", "expectedCompletionDate"];
const LISTS: [&str; 4] = ["note", "relatedParty", "externalReference", "orderRelationship"];
/// Roles, and kinds of party, by which the enterprise is told among the related parties.
const CUSTOMER_ROLES: [&str; 2] = ["customer", "enterprise"];
const CUSTOMER_TYPES: [&str; 3] = ["organization", "enterprise", "customer"];

/// The form a document asks for, and why it cannot all be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub form: OrderForm,
    pub faults: Vec<Fault>,
}

/// Whether a document is a service order: 400 with every fault.
pub fn check_shape(document: &Map<String, Value>) -> Result<(), Problem> {
    let mut faults = Vec::new();
    match document.get("serviceOrderItem") {
        Some(Value::Array(items)) if (1..=MOST_ITEMS).contains(&items.len()) => {
            items.iter().enumerate().for_each(|(index, item)| check_item(index, item, &mut faults));
        }
        _ => faults.push(malformed("/serviceOrderItem", "须有 1 到 500 个订单项", "1 to 500 items are needed")),
    }
    check_attributes(document, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Problem::of_faults(faults)) }
}

/// The attributes beside the items, where they are there.
pub fn check_attributes(document: &Map<String, Value>, faults: &mut Vec<Fault>) {
    let given = |name: &str| document.get(name).filter(|value| !value.is_null());
    for name in TEXTS.into_iter().filter(|name| given(name).is_some_and(|value| !value.is_string())) {
        faults.push(malformed(&format!("/{name}"), "须为文本", "must be a text"));
    }
    for name in MOMENTS {
        let readable = |value: &Value| value.as_str().is_some_and(|text| DateTime::parse_from_rfc3339(text).is_ok());
        if given(name).is_some_and(|value| !readable(value)) {
            faults.push(malformed(&format!("/{name}"), "须为 RFC 3339 时间", "must be an RFC 3339 time"));
        }
    }
    for name in LISTS.into_iter().filter(|name| given(name).is_some_and(|value| !is_list_of_objects(value))) {
        faults.push(malformed(&format!("/{name}"), "须为对象的列表", "must be a list of objects"));
    }
}

fn check_item(index: usize, item: &Value, faults: &mut Vec<Fault>) {
    let at = |member: &str| format!("/serviceOrderItem/{index}/{member}");
    if item["id"].as_str().is_none_or(|id| id.trim().is_empty()) && !item["id"].is_u64() {
        faults.push(malformed(&at("id"), "缺少订单项编号", "the item's id is missing"));
    }
    match item["action"].as_str() {
        Some("noChange") => {
            faults.push(malformed(&at("action"), "noChange 无需提单", "noChange asks for nothing"));
        }
        Some(action) if Requirement::from_code(action).is_some() => {}
        _ => faults.push(malformed(&at("action"), "须为 add、modify 或 delete", "must be add, modify or delete")),
    }
    let service = &item["service"];
    if !service.is_object() {
        faults.push(malformed(&at("service"), "缺少服务", "the service is missing"));
    }
    let characteristics = &service["serviceCharacteristic"];
    if !characteristics.is_null() && !is_list_of_objects(characteristics) {
        faults.push(malformed(&at("service/serviceCharacteristic"), "须为对象的列表", "must be a list of objects"));
    }
}

fn is_list_of_objects(value: &Value) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(Value::is_object))
}

pub fn malformed(pointer: &str, zh: &'static str, en: &'static str) -> Fault {
    Fault::new(pointer, &codes::REQUEST_INVALID, Text::fixed(zh, en))
}

/// What a well-shaped document asks for.
pub fn read(document: &Map<String, Value>) -> Reading {
    let (mut fields, mut faults) = (Map::new(), Vec::new());
    let items = document.get("serviceOrderItem").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (index, item) in items.iter().enumerate() {
        let at = format!("/serviceOrderItem/{index}");
        characteristic::take("requirement", &item["action"], &format!("{at}/action"), &mut fields, &mut faults);
        let characteristics = item["service"]["serviceCharacteristic"].as_array();
        for (position, one) in characteristics.into_iter().flatten().enumerate() {
            let Some(field) = one["name"].as_str().and_then(characteristic::field_of) else { continue };
            let pointer = format!("{at}/service/serviceCharacteristic/{position}/value");
            characteristic::take(field, &one["value"], &pointer, &mut fields, &mut faults);
        }
    }
    characteristic::choose_main(&mut fields);
    if let Some(customer) = customer(document) {
        fields.entry("enterprise").or_insert_with(|| customer.into());
    }
    if let Some(description) = document.get("description").and_then(Value::as_str) {
        fields.insert("description".to_owned(), description.into());
    }
    fields.entry("type").or_insert_with(|| OrderKind::DomainRequest.code().into());
    let form = serde_json::from_value(Value::Object(fields)).unwrap_or_else(|_| {
        faults.push(misfit("/serviceOrderItem", "订单项无法合为一份工单", "the items make no order"));
        OrderForm::default()
    });
    Reading { form, faults }
}

/// The enterprise among the related parties: by role, by its kind, or because it is the only one.
fn customer(document: &Map<String, Value>) -> Option<&str> {
    let parties = document.get("relatedParty")?.as_array()?;
    let is = |party: &Value, member: &str, known: &[&str]| {
        party[member].as_str().is_some_and(|text| known.iter().any(|one| text.eq_ignore_ascii_case(one)))
    };
    let by_role = parties.iter().find(|party| is(party, "role", &CUSTOMER_ROLES));
    let by_type = || parties.iter().find(|party| is(party, "@referredType", &CUSTOMER_TYPES));
    let only = || parties.first().filter(|_| parties.len() == 1);
    by_role.or_else(by_type).or_else(only)?["id"].as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn faults(value: Value) -> Vec<String> {
        let problem = check_shape(&map(value)).unwrap_err();
        assert_eq!(problem.code.status, 400);
        problem.faults.into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn the_smallest_service_order_is_one_and_what_lacks_a_mandatory_attribute_is_none() {
        let smallest = json!({"serviceOrderItem": [{"id": "1", "action": "add", "service": {"name": "x"}}]});
        assert_eq!(check_shape(&map(smallest)), Ok(()));
        assert_eq!(faults(json!({})), ["/serviceOrderItem"]);
        assert_eq!(faults(json!({"serviceOrderItem": []})), ["/serviceOrderItem"]);
        let bare = json!({"serviceOrderItem": [{}], "externalId": 7, "note": [1], "requestedStartDate": "soon"});
        let expected = ["id", "action", "service"].map(|member| format!("/serviceOrderItem/0/{member}"));
        assert_eq!(faults(bare)[..3], expected);
        let nothing = json!({"serviceOrderItem": [{"id": "1", "action": "noChange", "service": {}}]});
        assert_eq!(faults(nothing), ["/serviceOrderItem/0/action"]);
    }

    #[test]
    fn items_and_the_customer_make_one_form() {
        let item = |id: &str, domain: &str| {
            json!({"id": id, "action": "add", "service": {"serviceCharacteristic": [
                {"name": "domains", "value": domain}, {"name": "productId", "value": "P"},
                {"name": "colour", "value": "blue"}
            ]}})
        };
        let document = json!({
            "description": "d", "serviceOrderItem": [item("1", "a.cn"), item("2", "b.cn")],
            "relatedParty": [{"id": "u", "role": "requester"}, {"id": "E", "role": "Customer"}]
        });
        let Reading { form, faults } = read(&map(document));
        assert_eq!(faults, []);
        let expected = json!({
            "type": "domain_request", "requirement": "add", "enterprise": "E", "productId": "P", "description": "d",
            "speedList": [{"domain": "a.cn"}, {"domain": "b.cn"}]
        });
        assert_eq!(serde_json::to_value(form).unwrap(), expected);
    }

    #[test]
    fn items_that_ask_for_different_things_make_no_valid_order() {
        let item = |action: &str| json!({"id": "1", "action": action, "service": {}});
        let reading = read(&map(json!({"serviceOrderItem": [item("add"), item("delete")]})));
        assert_eq!(reading.faults[0].pointer, "/serviceOrderItem/1/action");
    }
}
