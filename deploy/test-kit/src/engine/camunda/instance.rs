//! The calls about processes: deployed, started, found, told of something, deleted.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::Profile;
use super::super::scripted::{State, behave, broken, note};
use super::exception;
use super::process::{Instance, KEY, Place};

pub async fn deploy(state: web::Data<State>, request: HttpRequest, text: String) -> HttpResponse {
    let seen = note(&state, &request, &text);
    if !seen.headers.get("content-type").is_some_and(|given| given.starts_with("multipart/form-data; boundary=")) {
        return exception(415, "multipart/form-data is needed");
    }
    behave(&state, || {
        let mut processes = state.processes();
        let known = processes.deployed.iter().position(|xml| text.contains(xml.as_str()));
        if known.is_none() && text.contains(&format!("<bpmn:process id=\"{KEY}\"")) {
            let xml = text.split("<?xml").nth(1).and_then(|rest| rest.split("\r\n--").next()).unwrap_or_default();
            processes.deployed.push(xml.to_owned());
        }
        HttpResponse::Ok().json(json!({ "id": "deployment-1", "name": "front-desk" }))
    })
    .await
}

pub async fn start(
    state: web::Data<State>,
    request: HttpRequest,
    key: web::Path<String>,
    text: String,
) -> HttpResponse {
    let seen = note(&state, &request, &text);
    behave(&state, || {
        let mut processes = state.processes();
        if processes.deployed.is_empty() || *key != KEY {
            return exception(404, "No matching process definition with key");
        }
        let business_key = seen.body["businessKey"].as_str().unwrap_or_default().to_owned();
        let variables = seen.body["variables"].as_object().cloned().unwrap_or_default();
        let untyped = |one: &&Value| !one["type"].is_string();
        if variables.values().any(|one| untyped(&one) || one["value"].as_str().is_some_and(|text| too_long(one, text)))
        {
            return exception(400, "a variable has no type or is too long");
        }
        let id = Uuid::new_v4().to_string();
        let answer = json!({ "id": id, "definitionKey": KEY, "businessKey": business_key, "ended": false });
        let instance = Instance { id, business_key, variables, place: Place::AtWork };
        if state.profile() == Profile::CommitsLate {
            let task = instance.value("taskId");
            let overtaken = processes.late.iter().position(|one| one.value("taskId") == task);
            let Some(place) = overtaken else {
                processes.late.push(instance);
                return broken();
            };
            let first = processes.late.remove(place);
            processes.instances.push(first);
        }
        processes.instances.push(instance);
        HttpResponse::Ok().json(answer)
    })
    .await
}

fn too_long(variable: &Value, text: &str) -> bool {
    variable["type"] == "String" && text.chars().count() > 4000
}

pub async fn list(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    note(&state, &request, "");
    let asked: HashMap<String, String> =
        web::Query::from_query(request.query_string()).map(web::Query::into_inner).unwrap_or_default();
    if state.profile() == Profile::Down {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let task = asked.get("variables").and_then(|one| one.strip_prefix("taskId_eq_")).unwrap_or_default().to_owned();
    let processes = state.processes();
    let fitting = processes.instances.iter().filter(|one| {
        one.is_running()
            && asked.get("businessKey").is_none_or(|key| *key == one.business_key)
            && one.value("taskId") == task
    });
    HttpResponse::Ok().json(fitting.map(|one| json!({ "id": one.id, "ended": false })).collect::<Vec<_>>())
}

pub async fn correlate(state: web::Data<State>, request: HttpRequest, text: String) -> HttpResponse {
    let seen = note(&state, &request, &text);
    behave(&state, || {
        let mut processes = state.processes();
        let task = seen.body["correlationKeys"]["taskId"]["value"].as_str().unwrap_or_default().to_owned();
        let listening = processes.instances.iter_mut().find(|one| {
            one.place == Place::AtWork
                && Some(one.business_key.as_str()) == seen.body["businessKey"].as_str()
                && one.value("taskId") == task
        });
        match listening {
            Some(instance) => {
                instance.variables.extend(seen.body["processVariables"].as_object().cloned().unwrap_or_default());
                HttpResponse::NoContent().finish()
            }
            None => exception(400, "MismatchingMessageCorrelationException: Cannot correlate message"),
        }
    })
    .await
}

/// `DELETE /process-instance/{id}`
pub async fn delete(state: web::Data<State>, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    note(&state, &request, "");
    behave(&state, || {
        let mut processes = state.processes();
        match processes.instances.iter().position(|one| one.id == *id && one.is_running()) {
            Some(place) => {
                processes.instances.remove(place);
                HttpResponse::NoContent().finish()
            }
            None => exception(404, &format!("Process instance with id {} does not exist", *id)),
        }
    })
    .await
}
