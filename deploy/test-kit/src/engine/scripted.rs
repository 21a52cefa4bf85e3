//! The engine as a server of its own on a free port of this machine.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use futures_util::stream;
use serde_json::{Value, json};

use super::book::{Book, Seen};
use super::camunda::{self, Processes};
use super::profile::Profile;
use super::webhook;

/// A running engine; it ends when it is dropped. Clones are the same engine.
#[derive(Clone)]
pub struct ScriptedEngine(Arc<Inner>);

struct Inner {
    address: std::net::SocketAddr,
    state: Arc<State>,
    handle: ServerHandle,
}

/// What the handlers share.
pub struct State {
    pub secret: String,
    profile: Mutex<Profile>,
    book: Mutex<Book>,
    processes: Mutex<Processes>,
}

impl State {
    pub fn profile(&self) -> Profile {
        *lock(&self.profile)
    }

    pub fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.book)
    }

    pub fn processes(&self) -> MutexGuard<'_, Processes> {
        lock(&self.processes)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody fails while holding it")
}

impl ScriptedEngine {
    /// Starts inside a tokio runtime. `secret` (`whsec_...`) is what messages to it and its reports are signed with.
    pub fn start(secret: &str) -> Self {
        let state = Arc::new(State {
            secret: secret.to_owned(),
            profile: Mutex::default(),
            book: Mutex::default(),
            processes: Mutex::default(),
        });
        let data = web::Data::from(state.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .app_data(web::PayloadConfig::new(8 << 20))
                .route("/webhook", web::post().to(webhook::receive))
                .service(web::scope("/engine-rest").configure(camunda::routes))
        })
        .workers(1)
        .disable_signals()
        .shutdown_timeout(0)
        .bind(("127.0.0.1", 0))
        .expect("a free port");
        let address = *server.addrs().first().expect("an address");
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self(Arc::new(Inner { address, state, handle }))
    }

    /// `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    pub fn state(&self) -> &State {
        &self.0.state
    }

    pub fn is(&self, profile: Profile) {
        *lock(&self.0.state.profile) = profile;
    }

    pub fn profile(&self) -> Profile {
        self.0.state.profile()
    }

    pub fn secret(&self) -> &str {
        &self.0.state.secret
    }

    /// What it has seen and done so far.
    pub fn book(&self) -> Book {
        self.0.state.book().clone()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Stopping is a message to the server: nobody need wait for it.
        drop(self.handle.stop(false));
    }
}

/// Writes a request down.
pub fn note(state: &State, request: &HttpRequest, text: &str) -> Seen {
    let value = |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers: BTreeMap<_, _> =
        request.headers().iter().map(|(name, given)| (name.as_str().to_ascii_lowercase(), value(given))).collect();
    let seen = Seen {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        headers,
        body: serde_json::from_str(text).unwrap_or(Value::Null),
        text: text.to_owned(),
    };
    state.book().seen.push(seen.clone());
    seen
}

/// Answers as the profile says: before the act, instead of it, or not at all after it.
pub async fn behave(state: &State, act: impl FnOnce() -> HttpResponse) -> HttpResponse {
    match state.profile() {
        Profile::Honest | Profile::CommitsLate | Profile::Duplicates | Profile::Reorders => act(),
        Profile::Slow(pause) => {
            tokio::time::sleep(pause.min(Duration::from_secs(60))).await;
            act()
        }
        Profile::LosesAnswers => {
            act();
            broken()
        }
        Profile::Refuses => {
            HttpResponse::Conflict().json(json!({ "code": "engine.no", "detail": "引擎不收 not taken" }))
        }
        Profile::Down => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// An answer whose connection breaks in its middle.
pub fn broken() -> HttpResponse {
    let lost = stream::iter([Ok(Bytes::from_static(b"{")), Err(io::Error::other("the line is cut"))]);
    HttpResponse::Ok().no_chunking(64).streaming(lost)
}
