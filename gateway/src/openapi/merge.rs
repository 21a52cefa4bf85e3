//! Merges OpenAPI documents. Pure. What two of them name alike but mean differently keeps the name in the first and takes
//! the service's name before it in the second.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use shared_model::access::{Access, auth, bpm, pe, workorder};

/// What services say of themselves, and to one another: not part of the public document.
const PRIVATE: [&str; 4] = ["/healthz", "/readyz", "/metrics", "/internal"];

/// The document of `own` with those of the services, by name, added.
pub fn merge(own: Value, services: &BTreeMap<String, Value>) -> Value {
    let mut merged = own;
    let mut operation_ids = BTreeSet::new();
    rename_operations(&mut merged, "gateway", &mut operation_ids);
    for (name, document) in services {
        let mut document = document.clone();
        rename_schemas(&mut document, &merged, name);
        rename_operations(&mut document, name, &mut operation_ids);
        add_paths(&mut merged, &document);
        add_components(&mut merged, &document);
        add_tags(&mut merged, &document);
    }
    add_security(&mut merged);
    merged
}

/// A token is asked for everywhere but where the endpoint table lets anybody in: a page that tries an operation has to
/// know whether to send it.
fn add_security(merged: &mut Value) {
    let tables = [auth::ENDPOINTS, bpm::ENDPOINTS, pe::ENDPOINTS, workorder::ENDPOINTS];
    let public: BTreeSet<(String, &str)> = tables
        .into_iter()
        .flatten()
        .filter(|row| row.access == Access::Public)
        .map(|row| (row.method.name().to_lowercase(), row.path))
        .collect();
    let Some(paths) = section(merged, &["paths"]) else { return };
    for (path, item) in paths {
        let operations = item.as_object_mut().into_iter().flatten();
        for (method, operation) in operations {
            let Some(operation) = operation.as_object_mut() else { continue };
            if public.contains(&(method.clone(), path.as_str())) {
                operation.insert("security".to_owned(), json!([]));
            } else {
                operation.remove("security");
            }
        }
    }
    if let Some(document) = merged.as_object_mut() {
        document.insert("security".to_owned(), json!([{ "bearer": [] }]));
    }
}

fn section<'a>(document: &'a mut Value, names: &[&str]) -> Option<&'a mut Map<String, Value>> {
    let mut at = document;
    for name in names {
        let object = at.as_object_mut()?;
        at = object.entry(*name).or_insert_with(|| Value::Object(Map::new()));
    }
    at.as_object_mut()
}

fn entries<'a>(document: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    document.pointer(pointer).and_then(Value::as_object).into_iter().flatten()
}

fn is_private(path: &str) -> bool {
    PRIVATE.iter().any(|private| path == *private || path.starts_with(&format!("{private}/")))
}

fn add_paths(merged: &mut Value, document: &Value) {
    let Some(paths) = section(merged, &["paths"]) else { return };
    for (path, item) in entries(document, "/paths").filter(|(path, _)| !is_private(path)) {
        paths.entry(path.clone()).or_insert_with(|| item.clone());
    }
}

fn add_components(merged: &mut Value, document: &Value) {
    for (kind, _) in entries(document, "/components") {
        let Some(known) = section(merged, &["components", kind]) else { continue };
        for (name, component) in entries(document, &format!("/components/{kind}")) {
            known.entry(name.clone()).or_insert_with(|| component.clone());
        }
    }
}

fn add_tags(merged: &mut Value, document: &Value) {
    let Some(more) = document.get("tags").and_then(Value::as_array) else { return };
    let Some(object) = merged.as_object_mut() else { return };
    let tags = object.entry("tags").or_insert_with(|| Value::Array(Vec::new()));
    if let Some(tags) = tags.as_array_mut() {
        let unknown: Vec<Value> = more.iter().filter(|tag| !tags.contains(tag)).cloned().collect();
        tags.extend(unknown);
    }
}

/// Schemas that the merged document already has under the same name, with another content.
fn rename_schemas(document: &mut Value, merged: &Value, service: &str) {
    let prefix: String = service.split('-').next().unwrap_or(service).to_owned();
    let taken: Vec<String> = entries(document, "/components/schemas")
        .filter(|(name, schema)| {
            merged.pointer(&format!("/components/schemas/{name}")).is_some_and(|known| known != *schema)
        })
        .map(|(name, _)| name.clone())
        .collect();
    for name in taken {
        let renamed = format!("{prefix}.{name}");
        if let Some(schemas) = section(document, &["components", "schemas"])
            && let Some(schema) = schemas.remove(&name)
        {
            schemas.insert(renamed.clone(), schema);
        }
        let (old, new) = (format!("#/components/schemas/{name}"), format!("#/components/schemas/{renamed}"));
        replace_text(document, &old, &new);
    }
}

fn replace_text(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) if text == old => new.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| replace_text(item, old, new)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace_text(field, old, new)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Clients name their functions by `operationId`: it is unique in the whole document.
fn rename_operations(document: &mut Value, service: &str, taken: &mut BTreeSet<String>) {
    let prefix = service.split('-').next().unwrap_or(service).to_owned();
    let Some(paths) = section(document, &["paths"]) else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(|item| item.values_mut()) {
        let Some(Value::String(id)) = operation.get_mut("operationId") else { continue };
        if !taken.insert(id.clone()) {
            let mut unique = format!("{prefix}_{id}");
            let mut number = 2;
            while !taken.insert(unique.clone()) {
                unique = format!("{prefix}_{id}_{number}");
                number += 1;
            }
            *id = unique;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(path: &str, schema: &Value) -> Value {
        json!({
            "openapi": "3.1.0",
            "paths": {
                path: {"get": {"operationId": "list", "responses": {"200": {"$ref": "#/components/schemas/Item"}}}},
                "/internal/x": {"put": {"operationId": "x"}},
                "/healthz": {"get": {"operationId": "healthz"}},
            },
            "components": {"schemas": {"Item": schema}},
            "tags": [{"name": "t"}],
        })
    }

    #[test]
    fn paths_and_schemas_come_together_without_what_is_private() {
        let own = json!({"openapi": "3.1.0", "paths": {"/healthz": {"get": {"operationId": "healthz"}}}});
        let services = BTreeMap::from([
            ("pe-svc".to_owned(), document("/pe/a", &json!({"type": "string"}))),
            ("workorder-svc".to_owned(), document("/workorder/b", &json!({"type": "integer"}))),
        ]);
        let merged = merge(own, &services);
        let paths: Vec<&String> = merged["paths"].as_object().unwrap().keys().collect();
        assert_eq!(paths, ["/healthz", "/pe/a", "/workorder/b"]);
        assert_eq!(merged["components"]["schemas"]["Item"]["type"], "string");
        assert_eq!(merged["components"]["schemas"]["workorder.Item"]["type"], "integer");
        let reference = &merged["paths"]["/workorder/b"]["get"]["responses"]["200"]["$ref"];
        assert_eq!(reference, "#/components/schemas/workorder.Item");
        assert_eq!(merged["paths"]["/workorder/b"]["get"]["operationId"], "workorder_list");
        assert_eq!(merged["tags"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn every_operation_asks_for_a_token_but_those_that_anybody_may_call() {
        let operations = json!({"/auth/login": {"post": {}}, "/auth/me": {"get": {"security": [{"old": []}]}}});
        let merged = merge(json!({ "paths": operations }), &BTreeMap::new());
        assert_eq!(merged["security"], json!([{"bearer": []}]));
        assert_eq!(merged["paths"]["/auth/login"]["post"]["security"], json!([]));
        assert_eq!(merged["paths"]["/auth/me"]["get"], json!({}));
    }

    #[test]
    fn the_same_schema_in_two_services_is_one() {
        let schema = json!({"type": "string"});
        let services = BTreeMap::from([
            ("bpm-adapter".to_owned(), document("/bpm/a", &schema)),
            ("pe-svc".to_owned(), document("/pe/b", &schema)),
        ]);
        let merged = merge(json!({}), &services);
        assert_eq!(merged["components"]["schemas"].as_object().unwrap().len(), 1);
    }
}
