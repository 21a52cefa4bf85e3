//! The operators' own port: metrics, never on the public one.

use std::io;
use std::net::SocketAddr;

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};
use shared_model::server::telemetry;

use crate::settings::AdminSettings;

/// Serves when an address is set.
pub fn start(settings: &AdminSettings) -> io::Result<Option<(SocketAddr, Server)>> {
    if settings.listen.is_empty() {
        return Ok(None);
    }
    let listen: SocketAddr = settings.listen.parse().map_err(|error| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("admin.listen {}: {error}", settings.listen))
    })?;
    let server = HttpServer::new(|| {
        App::new().route("/metrics", web::get().to(metrics)).route("/healthz", web::get().to(HttpResponse::Ok))
    })
    .workers(1)
    .disable_signals()
    .bind(listen)
    .map_err(|error| io::Error::new(error.kind(), format!("{listen}: {error}")))?;
    let address = server.addrs().first().copied().unwrap_or(listen);
    Ok(Some((address, server.run())))
}

async fn metrics() -> HttpResponse {
    let text = telemetry::metrics().map(|handle| handle.render()).unwrap_or_default();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}
