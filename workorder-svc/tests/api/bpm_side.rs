//! A bpm-adapter that does as it is told, and remembers what it was sent.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// What it says next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Yes,
    Down,
    /// It acts, and its answer is lost.
    YesButLost,
    /// To a recall: the dispatch never arrived.
    NeverArrived,
    /// 409 to whatever comes.
    No(&'static str),
}

#[derive(Debug)]
struct State {
    mood: Mood,
    /// `(path, idempotency key, body)` of every call.
    told: Vec<(String, String, Value)>,
}

pub struct BpmSide {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

struct Script(Arc<Mutex<State>>);

impl Respond for Script {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.lock().unwrap();
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let key = request.headers.get("idempotency-key").map(|key| key.to_str().unwrap().to_owned());
        assert!(request.headers.get("authorization").is_some(), "a service token comes with every call");
        let key = key.expect("an idempotency key comes with every call");
        state.told.push((request.url.path().to_owned(), key, body.clone()));
        match (state.mood, request.url.path().ends_with("/recall")) {
            (Mood::Yes, false) => ResponseTemplate::new(202).set_body_json(dispatched(&body)),
            (Mood::Yes, true) => ResponseTemplate::new(200)
                .set_body_json(json!({"outcome": "voided", "taskId": "task-voided", "billNo": "HD0"})),
            (Mood::NeverArrived, true) => ResponseTemplate::new(200).set_body_json(json!({"outcome": "unknown"})),
            (Mood::Down | Mood::YesButLost | Mood::NeverArrived, _) => ResponseTemplate::new(503),
            (Mood::No(code), _) => ResponseTemplate::new(409).set_body_json(json!({
                "type": format!("urn:front-desk:problem:{code}"), "title": "不行", "status": 409,
                "code": code, "requestId": "r-1"
            })),
        }
    }
}

/// The same dispatch is always the same task.
fn dispatched(body: &Value) -> Value {
    json!({"taskId": task_id(body["orderId"].as_i64().unwrap(), body["attempt"].as_i64().unwrap()), "billNo": "HD1"})
}

pub fn task_id(order: i64, attempt: i64) -> String {
    format!("task-{order}-{attempt}")
}

impl BpmSide {
    pub async fn start() -> Self {
        let server = MockServer::start().await;
        let state = Arc::new(Mutex::new(State { mood: Mood::Yes, told: Vec::new() }));
        Mock::given(any()).respond_with(Script(state.clone())).mount(&server).await;
        Self { server, state }
    }

    pub fn url(&self) -> String {
        self.server.uri()
    }

    pub fn is(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// The dispatches it was sent, each once by its idempotency key.
    pub fn dispatches(&self) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        let mut seen = Vec::new();
        let sent = state.told.iter().filter(|(path, ..)| path == "/internal/dispatches");
        sent.filter(|(_, key, _)| {
            !seen.contains(key) && {
                seen.push(key.clone());
                true
            }
        })
        .map(|(.., body)| body.clone())
        .collect()
    }
}
