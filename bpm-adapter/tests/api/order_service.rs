//! An order service that does as it is told, and counts what it has heard.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// What the order service says next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Yes,
    /// 409 with this code.
    No(&'static str),
    Down,
    /// It acts, and its answer is lost.
    YesButLost,
}

/// One thing it was told.
#[derive(Clone, Debug)]
pub struct Told {
    pub path: String,
    pub body: Value,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    told: Vec<Told>,
    /// By task and event id: an event heard twice has one effect.
    effects: Vec<Told>,
    seen: HashSet<String>,
}

impl State {
    /// What an order service that heard just these effects would know.
    fn known(&self, asked: &Value) -> ResponseTemplate {
        if self.mood == Mood::Down {
            return ResponseTemplate::new(503);
        }
        let orders = asked["orderIds"].as_array().unwrap().iter().map(|id| {
            let here = format!("/internal/orders/{id}/");
            let heard: Vec<_> = self.effects.iter().filter(|told| told.path.starts_with(&here)).collect();
            let status = match heard.iter().filter_map(|told| told.path.rsplit('/').next()).next_back() {
                None => "dispatching",
                Some("close") => "finished",
                Some("rollback") => "bpmReject",
                Some(_) => "bpmProcessing",
            };
            let first = heard.first().map(|told| told.body.clone()).unwrap_or_default();
            json!({
                "orderId": id, "orderCode": "", "status": status, "attempt": 1, "notLive": [], "stillLive": [],
                "dispatches": [{
                    "attempt": 1, "taskId": first["taskId"], "billNo": first["billNo"], "message": "delivered",
                    "heard": heard.iter().map(|told| told.body["eventId"].clone()).collect::<Vec<_>>()
                }]
            })
        });
        ResponseTemplate::new(200).set_body_json(json!({ "orders": orders.collect::<Vec<_>>() }))
    }
}

/// The scripted service.
pub struct OrderService {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

struct Script(Arc<Mutex<State>>);

impl Respond for Script {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.lock().unwrap();
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        if request.url.path() == "/internal/dispatches/list" {
            return state.known(&body);
        }
        let told = Told { path: request.url.path().to_owned(), body };
        assert!(request.headers.get("authorization").is_some(), "a service token comes with every call");
        assert!(request.headers.get("idempotency-key").is_some(), "so does an idempotency key");
        state.told.push(told.clone());
        let mood = state.mood;
        if matches!(mood, Mood::Yes | Mood::YesButLost)
            && state.seen.insert(format!("{} {}", told.body["taskId"], told.body["eventId"]))
        {
            state.effects.push(told);
        }
        match mood {
            Mood::Yes => ResponseTemplate::new(200).set_body_json(json!({})),
            Mood::Down | Mood::YesButLost => ResponseTemplate::new(503),
            Mood::No(code) => ResponseTemplate::new(409).set_body_json(json!({
                "type": format!("urn:front-desk:problem:{code}"), "title": "不行", "status": 409,
                "detail": "工单系统的理由", "code": code, "requestId": "r-1"
            })),
        }
    }
}

impl OrderService {
    pub async fn start() -> Self {
        let server = MockServer::start().await;
        let state = State { mood: Mood::Yes, told: Vec::new(), effects: Vec::new(), seen: HashSet::new() };
        let state = Arc::new(Mutex::new(state));
        Mock::given(any()).respond_with(Script(state.clone())).mount(&server).await;
        Self { server, state }
    }

    pub fn url(&self) -> String {
        self.server.uri()
    }

    pub fn is(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// It comes back from a backup that knows nothing of this.
    pub fn forget(&self, path_end: &str) {
        let mut state = self.state.lock().unwrap();
        let gone: Vec<_> = state.effects.iter().filter(|told| told.path.ends_with(path_end)).cloned().collect();
        state.effects.retain(|told| !told.path.ends_with(path_end));
        for told in gone {
            state.seen.remove(&format!("{} {}", told.body["taskId"], told.body["eventId"]));
        }
    }

    pub fn told(&self) -> Vec<Told> {
        self.state.lock().unwrap().told.clone()
    }

    /// The last segments of the paths of what had an effect, in order.
    pub fn effects(&self) -> Vec<String> {
        let last = |told: &Told| told.path.rsplit('/').next().unwrap_or_default().to_owned();
        self.state.lock().unwrap().effects.iter().map(last).collect()
    }

    /// The bodies of what had an effect at paths that end so.
    pub fn effects_at(&self, end: &str) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        state.effects.iter().filter(|told| told.path.ends_with(end)).map(|told| told.body.clone()).collect()
    }
}
