//! Every URL that the gateway answers itself. Who may call which is in the endpoint table; all the rest goes to a service.

use actix_web::web::{self, ServiceConfig, delete, get, post, put};

use crate::identity::account::{disable, list, mobile, save, show, unlock};
use crate::identity::session::{login, logout, refresh};
use crate::identity::{change_password, me};
use crate::site::{console, docs, health};

pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/auth/login", post().to(login::login))
        .route("/auth/refresh", post().to(refresh::refresh))
        .route("/auth/logout", post().to(logout::logout))
        .route("/auth/me", get().to(me::me))
        .route("/auth/password", post().to(change_password::change_password))
        .service(web::resource("/auth/accounts").route(get().to(list::list)).route(put().to(save::save)))
        .service(web::resource("/auth/accounts/{id}").route(get().to(show::show)).route(delete().to(disable::disable)))
        .route("/auth/accounts/{id}/unlock", post().to(unlock::unlock))
        .route("/auth/accounts/{id}/mobile", get().to(mobile::mobile))
        .route("/.well-known/jwks.json", get().to(health::jwks))
        .route("/openapi.json", get().to(health::openapi))
        .route("/healthz", get().to(health::healthz))
        .route("/readyz", get().to(health::readyz))
        .route("/", get().to(console::lead_in))
        .route("/app", get().to(console::lead_in))
        .route("/app/{tail:.*}", get().to(console::console))
        .route("/docs", get().to(docs::lead_in))
        .route("/docs/{tail:.*}", get().to(docs::docs));
}
