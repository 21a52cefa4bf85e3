//! Process variables: what the engine is given of a task, and what it gives back of a report. Pure.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use shared_model::bpm::Assignee;

use super::super::Handover;
use crate::callback::task_event::TaskCallback;

/// The engine keeps texts up to this many characters. source: Camunda 7, `ACT_RU_VARIABLE.TEXT_`.
const TEXT_LIMIT: usize = 4000;

/// What an external task is fetched with: the names the process and its people write.
pub const REPORTED: [&str; 7] = ["taskId", "stage", "result", "message", "reason", "assigneeName", "operator"];

/// A text variable, cut to what the engine can keep.
pub fn text(value: &str) -> Value {
    json!({ "value": value.chars().take(TEXT_LIMIT).collect::<String>(), "type": "String" })
}

/// Everything an assignee needs to do the work.
pub fn of_handover(handover: &Handover) -> Value {
    let dispatch = &handover.dispatch;
    let domains = dispatch.domains.join("\n");
    let mut variables = Map::new();
    for (name, value) in [
        ("taskId", handover.task_id.as_str()),
        ("billNo", handover.bill_no.as_str()),
        ("orderCode", dispatch.order_code.as_str()),
        ("enumType", dispatch.enum_type.as_str()),
        ("requirement", dispatch.requirement.as_str()),
        ("enterpriseId", dispatch.enterprise_id.as_str()),
        ("corpName", dispatch.corp_name.as_str()),
        ("productId", dispatch.product_id.as_str()),
        ("product", dispatch.product.as_str()),
        ("domains", domains.as_str()),
        ("refusal", ""),
    ] {
        variables.insert(name.to_owned(), text(value));
    }
    variables.insert("orderId".to_owned(), json!({ "value": dispatch.order_id.0, "type": "Long" }));
    variables.insert("attempt".to_owned(), json!({ "value": dispatch.attempt, "type": "Integer" }));
    variables.insert("domainCount".to_owned(), json!({ "value": dispatch.domains.len(), "type": "Integer" }));
    if domains.chars().count() > TEXT_LIMIT {
        variables.insert("domainFile".to_owned(), file("domains.txt", &domains));
    }
    if let Value::Object(assignee) = of_assignee(&dispatch.assignee) {
        variables.extend(assignee);
    }
    Value::Object(variables)
}

/// A long list goes as a file.
fn file(name: &str, content: &str) -> Value {
    json!({
        "value": STANDARD.encode(content), "type": "File",
        "valueInfo": { "filename": name, "mimetype": "text/plain", "encoding": "UTF-8" }
    })
}

pub fn of_assignee(assignee: &Assignee) -> Value {
    json!({
        "assigneeId": text(assignee.id.as_str()),
        "assigneeName": text(&assignee.name),
        "assigneeMobile": text(&assignee.mobile),
        "assigneeRole": text(assignee.role.code()),
    })
}

/// An external task as it was fetched; what we do not read is passed over.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExternalTask {
    pub id: String,
    pub topic_name: String,
    pub process_instance_id: String,
    #[serde(default)]
    variables: HashMap<String, Typed>,
}

#[derive(Clone, Debug, Deserialize)]
struct Typed {
    #[serde(default)]
    value: Value,
}

impl ExternalTask {
    /// A variable as text. Forms leave out what is not filled in, or write null.
    fn read(&self, name: &str) -> Option<String> {
        match &self.variables.get(name)?.value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Some(other.to_string()),
        }
    }

    pub fn task_id(&self) -> String {
        self.read("taskId").unwrap_or_default()
    }

    /// The report it stands for. Its own id makes it once-only: fetched again, it is the same event.
    pub fn report(&self) -> TaskCallback {
        TaskCallback {
            task_id: self.task_id(),
            event_id: self.id.clone(),
            stage: self.read("stage"),
            result: self.read("result"),
            message: self.read("message"),
            reason: self.read("reason"),
            operator: self.read("operator").or_else(|| self.read("assigneeName")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handover(domains: usize) -> Handover {
        let dispatch = json!({
            "orderId": 7, "orderCode": "c", "enumType": "domain_request", "requirement": "add", "enterpriseId": "e",
            "corpName": "示例企业一", "productId": "p", "product": "网页加速", "attempt": 2,
            "domains": (0..domains).map(|n| format!("www{n}.example.cn")).collect::<Vec<_>>(),
            "assignee": { "id": "6", "name": "SA甲", "mobile": "13800000006", "role": "SA" }
        });
        serde_json::from_value(json!({ "taskId": "t", "billNo": "HD1", "dispatch": dispatch })).unwrap()
    }

    #[test]
    fn every_variable_says_its_type_and_none_is_longer_than_the_engine_keeps() {
        let few = of_handover(&handover(2));
        assert_eq!(few["orderId"], json!({ "value": 7, "type": "Long" }));
        assert_eq!(few["attempt"], json!({ "value": 2, "type": "Integer" }));
        assert_eq!(few["domains"], json!({ "value": "www0.example.cn\nwww1.example.cn", "type": "String" }));
        assert_eq!(few["assigneeId"], json!({ "value": "6", "type": "String" }));
        assert!(few.get("domainFile").is_none());
        let many = of_handover(&handover(500));
        assert_eq!(many["domains"]["value"].as_str().unwrap().chars().count(), TEXT_LIMIT);
        let file = STANDARD.decode(many["domainFile"]["value"].as_str().unwrap()).unwrap();
        assert_eq!(String::from_utf8(file).unwrap().lines().count(), 500);
        for (name, variable) in many.as_object().unwrap() {
            assert!(variable["type"].is_string(), "{name}");
        }
    }

    #[test]
    fn a_report_is_read_from_whatever_the_form_left() {
        let fetched = json!({
            "id": "x-1", "topicName": "front-desk-close", "workerId": "w", "retries": null, "processInstanceId": "p-1",
            "variables": {
                "taskId": { "type": "String", "value": "t", "valueInfo": {} },
                "message": { "type": "Null", "value": null, "valueInfo": {} },
                "assigneeName": { "type": "String", "value": "SA甲" }
            }
        });
        let external: ExternalTask = serde_json::from_value(fetched).unwrap();
        let report = external.report();
        assert_eq!((report.task_id.as_str(), report.event_id.as_str()), ("t", "x-1"));
        assert_eq!((report.message, report.operator.as_deref()), (None, Some("SA甲")));
    }
}
