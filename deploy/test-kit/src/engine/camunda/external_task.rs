//! The calls about external tasks: fetched and locked, and how they ended.

use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::super::Profile;
use super::super::scripted::{State, behave, note};
use super::exception;
use super::process::{Instance, Place};

pub async fn fetch_and_lock(state: web::Data<State>, request: HttpRequest, text: String) -> HttpResponse {
    let seen = note(&state, &request, &text);
    let patience = seen.body["asyncResponseTimeout"].as_u64().map_or(Duration::ZERO, Duration::from_millis);
    let begun = Instant::now();
    loop {
        if state.profile() == Profile::Down {
            return HttpResponse::ServiceUnavailable().finish();
        }
        let locked = lock_some(&state, &seen.body);
        if !locked.is_empty() || begun.elapsed() >= patience {
            return behave(&state, || HttpResponse::Ok().json(locked)).await;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Locks what is free for the worker that asks, and names it as the profile says: once, twice, or the last one first.
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
    state.profile().script(&locked)
}

pub async fn report_on(
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
    let effect = format!("{} {}", errand.topic, instance.value("taskId"));
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
