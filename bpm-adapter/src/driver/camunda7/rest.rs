//! The REST calls of Camunda 7 that are used, and no more.
//!
//! source: Camunda 7.24 REST API (Operaton's is the same): deployment, process definition, process instance, external
//! task, message.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use shared_model::server::outbound::{self, OutboundClient, Reply};
use uuid::Uuid;

use super::process::TOPICS;
use super::variable::{ExternalTask, REPORTED, text};

/// Who deployed, for telling our deployments apart.
const SOURCE: &str = "front-desk";
/// How much longer than its long poll a fetch may take.
const POLL_MARGIN: Duration = Duration::from_secs(5);

/// Why a call did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Worth another try: not reached, overloaded, its own trouble, our credentials.
    Away(String),
    /// The engine's no to this very call.
    Refused { status: u16, message: String },
}

impl Fault {
    /// 404: there is no such thing, or not any more.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Away(why) => f.write_str(why),
            Self::Refused { status, message } => write!(f, "{status} {message}"),
        }
    }
}

/// One engine's REST interface.
pub struct Rest {
    client: OutboundClient,
    credentials: Option<(String, SecretString)>,
}

impl Rest {
    /// Without a user name no credentials are sent.
    pub fn new(client: OutboundClient, username: &str, password: SecretString) -> Self {
        Self { client, credentials: (!username.is_empty()).then(|| (username.to_owned(), password)) }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, path).header("accept", "application/json");
        match &self.credentials {
            Some((name, password)) => request.basic_auth(name, Some(password.expose_secret())),
            None => request,
        }
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, Fault> {
        answer(self.request(Method::POST, path).json(&body)).await
    }

    /// `POST /deployment/create`. The same file again is no new version.
    pub async fn deploy(&self, file_name: &str, bpmn: &str) -> Result<(), Fault> {
        let boundary = format!("front-desk-{}", Uuid::new_v4().simple());
        let mut form = String::new();
        for (name, value) in [
            ("deployment-name", SOURCE),
            ("deployment-source", SOURCE),
            ("enable-duplicate-filtering", "true"),
            ("deploy-changed-only", "true"),
        ] {
            form += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        form += &format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{file_name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{bpmn}\r\n--{boundary}--\r\n"
        );
        let request = self
            .request(Method::POST, "/deployment/create")
            .header("content-type", format!("multipart/form-data; boundary={boundary}"))
            .body(form);
        answer(request).await.map(drop)
    }

    /// `GET /process-instance`: the running instances of a task, in the order of their ids.
    pub async fn list_instances(&self, key: &str, business_key: &str, task: &str) -> Result<Vec<String>, Fault> {
        let path = query(&[
            ("processDefinitionKey", key),
            ("businessKey", business_key),
            ("variables", &format!("taskId_eq_{task}")),
            ("sortBy", "instanceId"),
            ("sortOrder", "asc"),
            ("maxResults", "100"),
        ]);
        let found = answer(self.request(Method::GET, &format!("/process-instance?{path}"))).await?;
        let listed = found.as_array().ok_or_else(|| Fault::Away("no list of instances".to_owned()))?;
        let mut ids: Vec<String> = listed.iter().filter_map(|one| one.get("id")?.as_str().map(str::to_owned)).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// `DELETE /process-instance/{id}`. One that is gone already is as good.
    pub async fn delete_instance(&self, id: &str) -> Result<(), Fault> {
        let path = format!("/process-instance/{}?skipCustomListeners=true", path_segment(id));
        match answer(self.request(Method::DELETE, &path)).await {
            Err(fault) if !fault.is_missing() => Err(fault),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// `POST /process-definition/key/{key}/start`: answers the instance's id.
    pub async fn start(&self, key: &str, business_key: &str, variables: Value) -> Result<String, Fault> {
        let body = json!({ "businessKey": business_key, "variables": variables });
        let started = self.post(&format!("/process-definition/key/{key}/start"), body).await?;
        let id = started.get("id").and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| Fault::Away("the answer names no instance".to_owned()))
    }

    /// `POST /message`, to the one instance of the task.
    pub async fn correlate(
        &self,
        message: &str,
        business_key: &str,
        task: &str,
        variables: Value,
    ) -> Result<(), Fault> {
        let body = json!({
            "messageName": message,
            "businessKey": business_key,
            "correlationKeys": { "taskId": text(task) },
            "processVariables": variables,
        });
        self.post("/message", body).await.map(drop)
    }

    /// `POST /external-task/fetchAndLock`: waits at the engine until there is something, `long_poll` at most.
    pub async fn fetch_and_lock(
        &self,
        worker: &str,
        at_most: usize,
        lock: Duration,
        long_poll: Duration,
        key: &str,
    ) -> Result<Vec<ExternalTask>, Fault> {
        let topics: Vec<Value> = TOPICS
            .iter()
            .map(|(topic, _)| {
                json!({
                    "topicName": topic, "lockDuration": milliseconds(lock), "processDefinitionKey": key,
                    "variables": REPORTED
                })
            })
            .collect();
        let mut body = json!({ "workerId": worker, "maxTasks": at_most, "usePriority": false, "topics": topics });
        if !long_poll.is_zero() {
            body["asyncResponseTimeout"] = json!(milliseconds(long_poll));
        }
        let request = self.request(Method::POST, "/external-task/fetchAndLock").json(&body);
        let fetched = answer(request.timeout(long_poll + POLL_MARGIN)).await?;
        serde_json::from_value(fetched).map_err(|error| Fault::Away(format!("unreadable external tasks: {error}")))
    }

    /// `POST /external-task/{id}/complete`
    pub async fn complete(&self, worker: &str, id: &str) -> Result<(), Fault> {
        let body = json!({ "workerId": worker, "variables": { "refusal": text("") } });
        self.post(&format!("/external-task/{id}/complete"), body).await.map(drop)
    }

    /// `POST /external-task/{id}/bpmnError`: the process goes another way, and its people read why.
    pub async fn bpmn_error(&self, worker: &str, id: &str, code: &str, why: &str) -> Result<(), Fault> {
        let body = json!({
            "workerId": worker, "errorCode": code, "errorMessage": short(why), "variables": { "refusal": text(why) }
        });
        self.post(&format!("/external-task/{id}/bpmnError"), body).await.map(drop)
    }

    /// `POST /external-task/{id}/failure`: put back for a time, or (without retries) an incident for the engine's people.
    pub async fn failure(
        &self,
        worker: &str,
        id: &str,
        why: &str,
        retries: i32,
        put_back: Duration,
    ) -> Result<(), Fault> {
        let body = json!({
            "workerId": worker, "errorMessage": short(why), "errorDetails": why, "retries": retries,
            "retryTimeout": milliseconds(put_back)
        });
        self.post(&format!("/external-task/{id}/failure"), body).await.map(drop)
    }

    /// `POST /external-task/{id}/extendLock`: from now on.
    pub async fn extend_lock(&self, worker: &str, id: &str, lock: Duration) -> Result<(), Fault> {
        let body = json!({ "workerId": worker, "newDuration": milliseconds(lock) });
        self.post(&format!("/external-task/{id}/extendLock"), body).await.map(drop)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The engine keeps 666 characters of an error's message.
fn short(why: &str) -> String {
    why.chars().take(600).collect()
}

fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// An id as part of a path: whatever is more than a plain name is left out, and finds nothing.
fn path_segment(id: &str) -> String {
    id.chars().filter(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_')).collect()
}

async fn answer(request: RequestBuilder) -> Result<Value, Fault> {
    let reply = outbound::send(request).await.map_err(Fault::Away)?;
    read(&reply)
}

/// 204 is an answer without a word; 4xx are the engine's no, but for those that speak of the way to it.
fn read(reply: &Reply) -> Result<Value, Fault> {
    if reply.is_success() {
        if reply.body.is_empty() {
            return Ok(Value::Null);
        }
        return serde_json::from_slice(&reply.body).map_err(|error| Fault::Away(format!("not JSON: {error}")));
    }
    let said: Value = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
    let message = said.get("message").and_then(Value::as_str).map_or_else(|| reply.summary(), str::to_owned);
    match reply.status {
        400 | 404 | 409 | 413 | 415 | 422 => Err(Fault::Refused { status: reply.status, message }),
        status => Err(Fault::Away(format!("{status} {message}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn the_engine_s_no_is_told_from_its_absence() {
        assert_eq!(read(&reply(204, "")), Ok(Value::Null));
        assert_eq!(read(&reply(200, r#"{"id":"1"}"#)), Ok(json!({ "id": "1" })));
        let no = r#"{"type":"RestException","message":"no such task"}"#;
        assert_eq!(read(&reply(404, no)), Err(Fault::Refused { status: 404, message: "no such task".into() }));
        for status in [302, 401, 403, 408, 429, 500, 503] {
            assert!(matches!(read(&reply(status, no)), Err(Fault::Away(_))), "{status}");
        }
    }

    #[test]
    fn a_query_is_written_so_that_nothing_in_it_is_taken_for_its_grammar() {
        assert_eq!(query(&[("variables", "taskId_eq_a&b"), ("n", "1")]), "variables=taskId_eq_a%26b&n=1");
    }
}
