//! The characteristics of a service, and the fields of the form they stand for. Pure.
//!
//! | name | value |
//! | --- | --- |
//! | `domains` | names, or objects `domain`, `cpDomain`, `icpNumber` |
//! | `origins` | `host[:port]`, or objects `value`, `type`, `mainFlag`, `weight` |
//! | `provinces` | GB/T 2260 two-digit codes |
//! | `attachments`, `securityAttachments` | file ids |
//! | `enterprise`, `productId`, `orderType`, and every other field of the submission form by its own name | as there |
//!
//! A value is plain, a list, a text with commas, or an object that holds it as `value`. Other names are kept and not
//! looked at.

use std::net::IpAddr;

use serde_json::{Map, Value, json};
use shared_model::problem::{Fault, codes};
use shared_model::text::Text;

use crate::order::model::OrderDomain;
use crate::submit::form::OrderForm;

/// Names of characteristics and the field of the form each stands for; the first of a field is the one we give.
const NAMES: [(&str, &str); 15] = [
    ("domains", "speedList"),
    ("domain", "speedList"),
    ("speedList", "speedList"),
    ("origins", "loopDomain"),
    ("origin", "loopDomain"),
    ("loopDomain", "loopDomain"),
    ("provinces", "provinces"),
    ("province", "provinces"),
    ("attachments", "md5List"),
    ("md5List", "md5List"),
    ("securityAttachments", "secInfoFileId"),
    ("secInfoFileId", "secInfoFileId"),
    ("orderType", "type"),
    ("enterpriseId", "enterprise"),
    ("enterprise", "enterprise"),
];

/// Fields of the form that the document says elsewhere, or that are the desk's.
const ELSEWHERE: [&str; 4] = ["id", "state", "requirement", "description"];

/// The field of the form a characteristic stands for; None for one of the client's own.
pub fn field_of(name: &str) -> Option<&str> {
    if let Some((_, field)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(field);
    }
    (!ELSEWHERE.contains(&name) && is_field(name)).then_some(name)
}

/// The name a field of the form is given under.
fn name_of(field: &str) -> &str {
    NAMES.iter().find(|(_, known)| *known == field).map_or(field, |(name, _)| name)
}

/// Whether the form has a field of that name: one that it reads is there when it is written, or is of another type.
fn is_field(name: &str) -> bool {
    match serde_json::from_value::<OrderForm>(json!({ name: 0 })) {
        Ok(form) => form != OrderForm::default(),
        Err(_) => true,
    }
}

/// Puts a characteristic into the fields of a form. Lists of several items are joined; of two different plain values the
/// second is a fault.
pub fn take(field: &str, value: &Value, pointer: &str, fields: &mut Map<String, Value>, faults: &mut Vec<Fault>) {
    let value = unwrapped(value);
    if value.is_null() {
        return;
    }
    let value = match field {
        "speedList" => Value::Array(values(value).into_iter().map(domain).collect()),
        "loopDomain" => Value::Array(values(value).into_iter().map(origin).collect()),
        "provinces" => Value::Array(values(value).into_iter().map(number).collect()),
        "md5List" | "secInfoFileId" => Value::Array(values(value)),
        _ => value.clone(),
    };
    if serde_json::from_value::<OrderForm>(json!({ field: value })).is_err() {
        faults.push(misfit(pointer, "值的类型不对", "the value is of the wrong type"));
        return;
    }
    match (fields.get_mut(field), value) {
        (None, value) => {
            fields.insert(field.to_owned(), value);
        }
        (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
        (Some(known), value) if *known == value => {}
        (Some(_), _) => faults.push(misfit(pointer, "与另一订单项不一致", "another item says otherwise")),
    }
}

pub fn misfit(pointer: &str, zh: &'static str, en: &'static str) -> Fault {
    Fault::new(pointer, &codes::FIELD_INVALID, Text::fixed(zh, en))
}

/// `{"value": x}` says x.
fn unwrapped(value: &Value) -> &Value {
    match value.as_object() {
        Some(members) if members.keys().all(|name| name == "value" || name.starts_with('@')) => {
            members.get("value").unwrap_or(value)
        }
        _ => value,
    }
}

/// A list, a text with commas, or one value.
fn values(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list.iter().map(unwrapped).cloned().collect(),
        Value::String(text) => text
            .split([',', ';', '，', '；', '\n'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(Value::from)
            .collect(),
        one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => vec![one.clone()],
    }
}

fn domain(value: Value) -> Value {
    match value {
        Value::String(name) => json!({ "domain": name }),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => other,
    }
}

fn origin(value: Value) -> Value {
    let mut members = match value {
        Value::String(text) => Map::from_iter([("value".to_owned(), Value::String(text))]),
        Value::Object(members) => members,
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) => return other,
    };
    if let (None, Some(text)) = (members.get("type"), members.get("value").and_then(Value::as_str)) {
        let kind = if is_address(text) { "ip" } else { "domain" };
        members.insert("type".to_owned(), kind.into());
    }
    Value::Object(members)
}

fn is_address(text: &str) -> bool {
    let host = text.rsplit_once(':').map_or(text, |(host, _)| host);
    text.starts_with('[') || text.parse::<IpAddr>().is_ok() || host.parse::<IpAddr>().is_ok()
}

fn number(value: Value) -> Value {
    match value.as_str().and_then(|text| text.parse::<i64>().ok()) {
        Some(number) => number.into(),
        None => value,
    }
}

/// Of origins without a main one the first is it.
pub fn choose_main(fields: &mut Map<String, Value>) {
    let Some(Value::Array(origins)) = fields.get_mut("loopDomain") else { return };
    if origins.iter().any(|origin| origin["mainFlag"] == true) {
        return;
    }
    if let Some(Value::Object(first)) = origins.first_mut() {
        first.insert("mainFlag".to_owned(), true.into());
    }
}

/// The fields of a form as characteristics.
pub fn list(form: &OrderForm) -> Vec<Value> {
    let Ok(Value::Object(fields)) = serde_json::to_value(form) else { return Vec::new() };
    fields
        .into_iter()
        .filter(|(field, _)| !ELSEWHERE.contains(&field.as_str()) && field != "enterprise")
        .map(|(field, value)| json!({"name": name_of(&field), "valueType": value_type(&value), "value": value}))
        .collect()
}

/// Puts these domains among the characteristics, unless those name some themselves.
pub fn add_domains(characteristics: &mut Vec<Value>, domains: &[OrderDomain]) {
    let of_domains = |one: &Value| one["name"].as_str().and_then(field_of) == Some("speedList");
    if characteristics.iter().any(|one| of_domains(one) && names_some(&one["value"])) {
        return;
    }
    let value: Vec<Value> = domains.iter().map(|one| json!({ "domain": one.domain })).collect();
    match characteristics.iter_mut().find(|one| of_domains(one)) {
        Some(empty) => empty["value"] = value.into(),
        None => characteristics.push(json!({"name": name_of("speedList"), "valueType": "array", "value": value})),
    }
}

fn names_some(value: &Value) -> bool {
    let named = |one: Value| domain(one)["domain"].as_str().is_some_and(|name| !name.trim().is_empty());
    values(unwrapped(value)).into_iter().any(named)
}

const fn value_type(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "array",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Object(_) | Value::Null => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(name: &str, value: Value) -> (Value, usize) {
        let (mut fields, mut faults) = (Map::new(), Vec::new());
        take(field_of(name).unwrap(), &value, "/x", &mut fields, &mut faults);
        choose_main(&mut fields);
        (Value::Object(fields), faults.len())
    }

    #[test]
    fn a_value_is_plain_a_list_a_text_with_commas_or_an_object() {
        let two = json!({"speedList": [{"domain": "a.cn"}, {"domain": "b.cn"}]});
        assert_eq!(taken("domains", json!("a.cn, b.cn")).0, two);
        assert_eq!(taken("domains", json!(["a.cn", {"domain": "b.cn"}])).0, two);
        assert_eq!(taken("speedList", json!({"@type": "List", "value": ["a.cn", "b.cn"]})).0, two);
        assert_eq!(taken("province", json!("33,31")).0, json!({"provinces": [33, 31]}));
        assert_eq!(taken("productId", json!({"value": "P"})).0, json!({"productId": "P"}));
    }

    #[test]
    fn an_origin_in_a_text_is_an_address_or_a_name_and_the_first_is_the_main_one() {
        let origins =
            taken("origins", json!(["[2001:db8::1]:80", "192.0.2.1:443", "2001:db8::1", "o.example.cn:80"])).0;
        let list = origins["loopDomain"].as_array().unwrap();
        let kinds: Vec<_> = list.iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["ip", "ip", "ip", "domain"]);
        assert_eq!((&list[0]["mainFlag"], list[1].get("mainFlag")), (&json!(true), None));
    }

    #[test]
    fn a_value_of_the_wrong_type_is_a_fault_and_other_names_are_the_clients_own() {
        assert_eq!(taken("productId", json!(7)), (json!({}), 1));
        assert_eq!(taken("domains", json!([7])), (json!({}), 1));
        assert_eq!((field_of("colour"), field_of("state"), field_of("https")), (None, None, Some("https")));
    }

    #[test]
    fn domains_are_added_where_none_are_named() {
        let added = |mut before: Value| {
            add_domains(before.as_array_mut().unwrap(), &[OrderDomain::new("a.cn"), OrderDomain::new("b.cn")]);
            before
        };
        let both = json!([{"domain": "a.cn"}, {"domain": "b.cn"}]);
        let whole = json!([{"name": "domains", "valueType": "array", "value": both}]);
        assert_eq!(added(json!([])), whole);
        for none in [json!([]), json!(null), json!(""), json!([{"domain": " "}]), json!({"value": []})] {
            assert_eq!(added(json!([{"name": "domains", "valueType": "array", "value": none}])), whole);
        }
        let named = json!([{"name": "domain", "value": "c.cn"}]);
        assert_eq!(added(named.clone()), named);
    }

    #[test]
    fn a_form_given_as_characteristics_reads_as_the_same_form() {
        let form: OrderForm = serde_json::from_value(json!({
            "type": "domain_request", "productId": "P", "speedList": [{"domain": "a.cn"}], "provinces": [33],
            "loopDomain": [{"value": "192.0.2.1", "type": "ip", "mainFlag": true}], "md5List": ["x"]
        }))
        .unwrap();
        let (mut fields, mut faults) = (Map::new(), Vec::new());
        for one in list(&form) {
            take(field_of(one["name"].as_str().unwrap()).unwrap(), &one["value"], "", &mut fields, &mut faults);
        }
        assert_eq!(serde_json::from_value::<OrderForm>(Value::Object(fields)).unwrap(), form);
    }
}
