//! The public server. Assembled by hand rather than by actix-web's `HttpServer`, which offers no say before
//! "100 Continue" is sent.

use std::io;
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::HttpService;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::middleware::from_fn;
use actix_web::{App, web};
use shared_model::server::body::JsonLimit;
use shared_model::server::settings::ServerSettings;

use super::forward::forward;
use super::frame;
use super::worker::{Shared, Worker};
use crate::identity::Identity;
use crate::routes;
use crate::site::Site;

/// How long a connection may stay idle between two requests.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a connection that is being closed may take: a client that still sends must be able to read why.
const CLOSING: Duration = Duration::from_secs(2);

/// Serves on the listener.
pub fn start(
    listener: TcpListener,
    settings: &ServerSettings,
    shared: Arc<Shared>,
    identity: web::Data<Identity>,
    site: web::Data<Site>,
) -> io::Result<Server> {
    let builder = Server::build();
    let draining = builder.graceful_shutdown_signal();
    let json_limit = JsonLimit(settings.json_limit_bytes);
    let head = Duration::from_millis(shared.timeouts.head);
    let per_worker = move || {
        let worker = Rc::new(Worker::new(shared.clone()));
        let expecting = worker.clone();
        let app = App::new()
            .app_data(worker)
            .app_data(json_limit)
            .app_data(identity.clone())
            .app_data(site.clone())
            .wrap(from_fn(frame::frame))
            .configure(routes::configure)
            .default_service(web::to(forward))
            .into_factory()
            .map_err(|error: actix_web::Error| error.error_response());
        let draining = draining.clone();
        HttpService::build()
            .graceful_shutdown_signal(move || {
                let draining = draining.clone();
                async move { draining.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(head)
            .client_disconnect_timeout(CLOSING)
            // A client that leaves cancels what was asked of a service for it.
            .h1_allow_half_closed(false)
            .tcp_nodelay(true)
            .expect(fn_service(move |request| frame::expect(expecting.clone(), request)))
            .finish(map_config(app, |()| AppConfig::default()))
            .tcp()
    };
    let server = builder
        .workers(settings.workers.max(1))
        .shutdown_timeout(settings.shutdown_seconds)
        .disable_signals()
        .listen("gateway", listener, per_worker)?;
    Ok(server.run())
}
