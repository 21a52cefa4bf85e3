//! The HTTP server every service runs: observed, guarded by the endpoint table, with health, readiness, metrics and its
//! own part of the OpenAPI document.

pub mod guard;
pub mod observe;
pub mod trace;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use tokio::sync::watch;

use super::body::JsonLimit;
use super::directory::StaffDirectory;
use super::readiness::Readiness;
use super::settings::ServerSettings;
use super::telemetry;
use super::token::{ServiceKeys, ServiceName, Verifier};
use crate::access::Endpoint;
use crate::claims::UserClaims;
use crate::permission::{Permission, RolePermissions};
use crate::problem::{Problem, codes};

/// Told of every refusal for want of a permission, with the path that was asked for: what keeps an audit log of them.
pub type OnForbidden = Arc<dyn Fn(&UserClaims, &Endpoint, &str, Permission) + Send + Sync>;

/// What a service's server is made of.
pub struct HttpSettings {
    pub name: ServiceName,
    pub server: ServerSettings,
    pub access: &'static [Endpoint],
    pub verifier: Verifier,
    pub service_keys: ServiceKeys,
    pub permissions: Arc<RolePermissions>,
    /// Refuses tokens of disabled accounts, and takes `PUT /internal/accounts`.
    pub staff: Option<StaffDirectory>,
    pub readiness: Readiness,
    pub openapi: serde_json::Value,
    pub on_forbidden: Option<OnForbidden>,
}

/// What the layers of the server share.
pub struct HttpState {
    pub name: ServiceName,
    pub access: &'static [Endpoint],
    pub verifier: Verifier,
    pub service_keys: ServiceKeys,
    pub permissions: Arc<RolePermissions>,
    pub staff: Option<StaffDirectory>,
    pub readiness: Readiness,
    pub openapi: serde_json::Value,
    pub on_forbidden: Option<OnForbidden>,
}

/// A bound server that serves once it runs.
pub struct HttpService {
    address: SocketAddr,
    server: Server,
    stopping: watch::Sender<bool>,
}

/// Stops a server from elsewhere. Cheap to clone.
#[derive(Clone)]
pub struct Stopper {
    server: ServerHandle,
    stopping: watch::Sender<bool>,
}

impl Stopper {
    /// No new connections; running requests finish within the configured time.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        self.server.stop(true).await;
    }
}

impl HttpService {
    /// Binds and makes ready to serve. `configure` adds the service's routes and data, once per worker.
    pub fn start(
        settings: HttpSettings,
        configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
    ) -> std::io::Result<Self> {
        let HttpSettings { name, server, access, .. } = settings;
        let state = web::Data::new(HttpState {
            name,
            access,
            verifier: settings.verifier,
            service_keys: settings.service_keys,
            permissions: settings.permissions,
            staff: settings.staff,
            readiness: settings.readiness,
            openapi: settings.openapi,
            on_forbidden: settings.on_forbidden,
        });
        telemetry::metrics();
        let json_limit = JsonLimit(server.json_limit_bytes);
        let http = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .app_data(json_limit)
                .wrap(from_fn(guard::guard))
                .wrap(from_fn(observe::observe))
                .configure(configure.clone())
                .configure(operations)
                .default_service(web::to(unknown))
        })
        .workers(server.workers.max(1))
        .keep_alive(Duration::from_secs(75))
        // The edge is strict with clients; here only colleagues call, and a starved one is given time.
        .client_request_timeout(Duration::from_secs(30))
        .h1_allow_half_closed(false)
        .shutdown_timeout(server.shutdown_seconds)
        .disable_signals()
        .bind(server.listen)
        .map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", server.listen)))?;
        let address = http.addrs().first().copied().unwrap_or(server.listen);
        tracing::info!(service = name.code(), %address, "listening");
        Ok(Self { address, server: http.run(), stopping: watch::Sender::new(false) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn stopper(&self) -> Stopper {
        Stopper { server: self.server.handle(), stopping: self.stopping.clone() }
    }

    /// Completes when the server is asked to stop, before it waits for running requests: answers without an end of
    /// their own end themselves then.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopping = self.stopping.subscribe();
        async move { drop(stopping.wait_for(|stopping| *stopping).await) }
    }

    /// Serves until stopped.
    pub async fn run(self) -> std::io::Result<()> {
        self.server.await
    }
}

/// What every service answers about itself.
fn operations(config: &mut web::ServiceConfig) {
    config
        .route("/healthz", web::get().to(healthz))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(metrics_text))
        .route("/internal/openapi.json", web::get().to(openapi));
}

async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}

async fn readyz(state: web::Data<HttpState>) -> Result<HttpResponse, Problem> {
    let report = state.readiness.report().await;
    if report.ready { Ok(HttpResponse::Ok().json(report)) } else { Err(report.into()) }
}

async fn metrics_text() -> HttpResponse {
    let text = telemetry::metrics().map(metrics_exporter_prometheus::PrometheusHandle::render).unwrap_or_default();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}

async fn openapi(state: web::Data<HttpState>) -> HttpResponse {
    HttpResponse::Ok().json(&state.openapi)
}

async fn unknown() -> Result<HttpResponse, Problem> {
    Err(Problem::new(&codes::NOT_FOUND))
}
