//! The engine that is told by signed messages and reports by signed call-backs.

use std::time::SystemTime;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use uuid::Uuid;

use super::scripted::{ScriptedEngine, State, behave, note};
use super::signature;
use crate::client::{Client, Reply};

/// One report of the engine.
#[derive(Clone, Debug)]
pub struct Report {
    /// The last segment of the call-back: `stage-feedback`, `rollback`, `close` or `product-orders`.
    pub path: String,
    pub body: Value,
}

impl Report {
    pub fn new(path: &str, body: Value) -> Self {
        Self { path: path.to_owned(), body }
    }
}

/// `POST /webhook`: acts once per `webhook-id` on what is signed with its secret.
pub async fn receive(state: web::Data<State>, request: HttpRequest, text: String) -> HttpResponse {
    let seen = note(&state, &request, &text);
    let header = |name: &str| seen.headers.get(name).cloned().unwrap_or_default();
    let (id, at, signatures) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    if !signature::fits(&state.secret, &id, &at, &text, &signatures) {
        return HttpResponse::Unauthorized().finish();
    }
    behave(&state, || {
        state.book().act(&id, seen.body.clone());
        HttpResponse::Ok().json(json!({ "taken": id }))
    })
    .await
}

impl ScriptedEngine {
    /// Sends reports to the service at `api` as the profile says: each once, each twice, or the last one first. Answers
    /// what came back, in the order they were sent.
    pub async fn report(&self, api: &Client, reports: &[Report]) -> Vec<Reply> {
        let mut replies = Vec::new();
        for report in self.profile().script(reports) {
            let id = format!("msg_{}", Uuid::new_v4().simple());
            replies.push(self.send(api, &id, &report).await);
        }
        replies
    }

    /// Sends one report under a message id of its own.
    pub async fn send(&self, api: &Client, id: &str, report: &Report) -> Reply {
        let since = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
        let at = i64::try_from(since).expect("a time");
        let text = report.body.to_string();
        let signature = signature::sign(self.secret(), id, at, &text);
        api.post(&format!("/bpm/callbacks/{}", report.path))
            .body("application/json", text)
            .header("webhook-id", id)
            .header("webhook-timestamp", &at.to_string())
            .header("webhook-signature", &signature)
            .await
    }
}
