//! The engine that speaks the Camunda 7 REST calls an adapter uses, with a process of its own making in place of a BPMN
//! interpreter: people work, report a stage, roll back or close, each told by an external task.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::scripted::{ScriptedEngine, State, behave, note};

/// Where the token of an instance stands.
#[derive(Clone, Debug, PartialEq)]
enum Place {
    /// With the people.
    AtWork,
    Outside(Errand),
    Ended(&'static str),
}

/// An external task.
#[derive(Clone, Debug, PartialEq)]
struct Errand {
    id: String,
    topic: &'static str,
    worker: String,
    locked_until: Option<Instant>,
    /// None until a failure says how many are left.
    retries: Option<i64>,
}

/// One running process.
#[derive(Clone, Debug)]
struct Instance {
    id: String,
    business_key: String,
    variables: Map<String, Value>,
    place: Place,
}

/// What the engine keeps.
#[derive(Debug, Default)]
pub struct Processes {
    deployed: Vec<String>,
    instances: Vec<Instance>,
}

const KEY: &str = "front-desk-domain-order";

/// The calls, below `/engine-rest`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/deployment/create", web::post().to(deploy))
        .route("/process-definition/key/{key}/start", web::post().to(start))
        .route("/process-instance", web::get().to(list_instances))
        .route("/message", web::post().to(correlate))
        .route("/external-task/fetchAndLock", web::post().to(fetch_and_lock))
        .route("/external-task/{id}/{verb}", web::post().to(report_on));
}

fn exception(status: u16, message: &str) -> HttpResponse {
    let code = actix_web::http::StatusCode::from_u16(status).expect("a status");
    HttpResponse::build(code).json(json!({ "type": "RestException", "message": message, "code": null }))
}

async fn deploy(state: web::Data<State>, request: HttpRequest, text: String) -> HttpResponse {
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

async fn start(state: web::Data<State>, request: HttpRequest, key: web::Path<String>, text: String) -> HttpResponse {
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
        processes.instances.push(Instance { id, business_key, variables, place: Place::AtWork });
        HttpResponse::Ok().json(answer)
    })
    .await
}

fn too_long(variable: &Value, text: &str) -> bool {
    variable["type"] == "String" && text.chars().count() > 4000
}

async fn list_instances(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    note(&state, &request, "");
    let asked: HashMap<String, String> =
        web::Query::from_query(request.query_string()).map(web::Query::into_inner).unwrap_or_default();
    if state.profile() == super::Profile::Down {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let task = asked.get("variables").and_then(|one| one.strip_prefix("taskId_eq_")).unwrap_or_default().to_owned();
    let processes = state.processes();
    let fitting = processes.instances.iter().filter(|one| {
        !matches!(one.place, Place::Ended(_))
            && asked.get("businessKey").is_none_or(|key| *key == one.business_key)
            && value_of(one, "taskId") == task
    });
    HttpResponse::Ok().json(fitting.map(|one| json!({ "id": one.id, "ended": false })).collect::<Vec<_>>())
}

fn value_of(instance: &Instance, name: &str) -> String {
    match instance.variables.get(name).map(|one| &one["value"]) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

async fn correlate(state: web::Data<State>, request: HttpRequest, text: String) -> HttpResponse {
    let seen = note(&state, &request, &text);
    behave(&state, || {
        let mut processes = state.processes();
        let task = seen.body["correlationKeys"]["taskId"]["value"].as_str().unwrap_or_default().to_owned();
        let listening = processes.instances.iter_mut().find(|one| {
            one.place == Place::AtWork
                && Some(one.business_key.as_str()) == seen.body["businessKey"].as_str()
                && value_of(one, "taskId") == task
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

async fn fetch_and_lock(state: web::Data<State>, request: HttpRequest, text: String) -> HttpResponse {
    let seen = note(&state, &request, &text);
    let patience = seen.body["asyncResponseTimeout"].as_u64().map_or(Duration::ZERO, Duration::from_millis);
    let begun = Instant::now();
    loop {
        if state.profile() == super::Profile::Down {
            return HttpResponse::ServiceUnavailable().finish();
        }
        let locked = lock_some(&state, &seen.body);
        if !locked.is_empty() || begun.elapsed() >= patience {
            return behave(&state, || HttpResponse::Ok().json(locked)).await;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Locks what is free for the worker that asks.
fn lock_some(state: &State, body: &Value) -> Vec<Value> {
    let at_most = usize::try_from(body["maxTasks"].as_u64().unwrap_or(0)).unwrap_or(0);
    let topics = body["topics"].as_array().cloned().unwrap_or_default();
    let now = Instant::now();
    let mut locked = Vec::new();
    for instance in &mut state.processes().instances {
        let Place::Outside(errand) = &mut instance.place else { continue };
        let Some(topic) = topics.iter().find(|topic| topic["topicName"] == errand.topic) else { continue };
        if locked.len() >= at_most || errand.retries == Some(0) || errand.locked_until.is_some_and(|until| until > now)
        {
            continue;
        }
        let lock = Duration::from_millis(topic["lockDuration"].as_u64().unwrap_or(0));
        errand.locked_until = Some(now + lock);
        errand.worker = body["workerId"].as_str().unwrap_or_default().to_owned();
        let wanted = topic["variables"].as_array().cloned().unwrap_or_default();
        let variables: Map<String, Value> = instance
            .variables
            .iter()
            .filter(|(name, _)| wanted.iter().any(|one| one == name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        locked.push(json!({
            "id": errand.id, "topicName": errand.topic, "workerId": errand.worker, "processInstanceId": instance.id,
            "businessKey": instance.business_key, "retries": errand.retries, "variables": variables
        }));
    }
    locked
}

async fn report_on(
    state: web::Data<State>,
    request: HttpRequest,
    place: web::Path<(String, String)>,
    text: String,
) -> HttpResponse {
    let seen = note(&state, &request, &text);
    let (id, verb) = place.into_inner();
    behave(&state, || act_on(&state, &id, &verb, &seen.body)).await
}

fn act_on(state: &State, id: &str, verb: &str, body: &Value) -> HttpResponse {
    let mut processes = state.processes();
    let errand_of = |one: &Instance| match &one.place {
        Place::Outside(errand) if errand.id == id => Some(errand.clone()),
        Place::Outside(_) | Place::AtWork | Place::Ended(_) => None,
    };
    let found = processes.instances.iter_mut().find_map(|one| errand_of(one).map(|errand| (one, errand)));
    let Some((instance, mut errand)) = found else {
        return exception(404, &format!("External task with id {id} does not exist"));
    };
    if body["workerId"].as_str() != Some(errand.worker.as_str()) {
        return exception(400, "the most recent lock was not acquired by this worker");
    }
    let millis = |name: &str| Duration::from_millis(body[name].as_u64().unwrap_or(0));
    let effect = format!("{} {}", errand.topic, value_of(instance, "taskId"));
    match verb {
        "complete" => {
            instance.place = match errand.topic {
                "front-desk-rollback" => Place::Ended("rolled-back"),
                "front-desk-close" => Place::Ended("closed"),
                _ => Place::AtWork,
            };
        }
        "bpmnError" => instance.place = Place::AtWork,
        "failure" => {
            errand.retries = body["retries"].as_i64();
            errand.locked_until = Some(Instant::now() + millis("retryTimeout"));
            instance.place = Place::Outside(errand);
        }
        "extendLock" => {
            errand.locked_until = Some(Instant::now() + millis("newDuration"));
            instance.place = Place::Outside(errand);
        }
        _ => return exception(404, "no such call"),
    }
    instance.variables.extend(body["variables"].as_object().cloned().unwrap_or_default());
    drop(processes);
    if verb == "complete" {
        state.book().act(&format!("{effect} {id}"), body.clone());
    }
    HttpResponse::NoContent().finish()
}

impl ScriptedEngine {
    /// The people of a task report: `action` is `stage`, `rollback` or `close`, as the form has it. False when the
    /// process does not wait for them.
    pub fn work(&self, task: &str, action: &str, form: &Value) -> bool {
        let topic = match action {
            "stage" => "front-desk-stage-feedback",
            "rollback" => "front-desk-rollback",
            _ => "front-desk-close",
        };
        let state = self.state();
        let mut processes = state.processes();
        let waiting =
            processes.instances.iter_mut().find(|one| one.place == Place::AtWork && value_of(one, "taskId") == task);
        let Some(instance) = waiting else { return false };
        for (name, value) in form.as_object().into_iter().flatten() {
            instance.variables.insert(name.clone(), json!({ "value": value, "type": "String" }));
        }
        let id = Uuid::new_v4().to_string();
        instance.place = Place::Outside(Errand { id, topic, worker: String::new(), locked_until: None, retries: None });
        true
    }

    /// How many processes were started for a task: one, or something was done twice.
    pub fn instances_of(&self, task: &str) -> usize {
        self.state().processes().instances.iter().filter(|one| value_of(one, "taskId") == task).count()
    }

    /// `work`, the topic of the external task it waits at, or how it ended.
    pub fn place_of(&self, task: &str) -> String {
        let state = self.state();
        let processes = state.processes();
        let instance = processes.instances.iter().find(|one| value_of(one, "taskId") == task);
        match instance.map(|one| &one.place) {
            None => String::new(),
            Some(Place::AtWork) => "work".to_owned(),
            Some(Place::Outside(errand)) => errand.topic.to_owned(),
            Some(Place::Ended(how)) => (*how).to_owned(),
        }
    }

    /// A variable of a task's process.
    pub fn variable_of(&self, task: &str, name: &str) -> String {
        let state = self.state();
        let processes = state.processes();
        processes
            .instances
            .iter()
            .find(|one| value_of(one, "taskId") == task)
            .map(|one| value_of(one, name))
            .unwrap_or_default()
    }

    /// How many processes were deployed, each counted once.
    pub fn deployments(&self) -> usize {
        self.state().processes().deployed.len()
    }

    /// Somebody removes the process from the engine.
    pub fn undeploy(&self) {
        self.state().processes().deployed.clear();
    }
}
