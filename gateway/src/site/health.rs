//! What the gateway says of itself: that it lives, whether it is ready, its public keys, the API document.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;

use super::Site;
use crate::error::ServiceError;
use crate::identity::Identity;

#[utoipa::path(get, path = "/healthz", tag = "运行 Operation", responses((status = 200, description = "alive")))]
pub async fn healthz() -> Answer {
    Answer::ok(&serde_json::json!({"status": "ok"}))
}

#[utoipa::path(get, path = "/readyz", tag = "运行 Operation",
    responses((status = 200, description = "every dependency is ready"), (status = 503, description = "one is not")))]
pub async fn readyz(site: Data<Site>) -> Result<Answer, Problem> {
    let report = site.readiness.report().await;
    if report.ready {
        return Ok(Answer::ok(&report));
    }
    let dependencies = serde_json::to_value(&report.dependencies).unwrap_or_default();
    Err(Problem::new(&codes::SERVICE_UNAVAILABLE)
        .retry_after(1)
        .with("ready", false)
        .with("dependencies", dependencies))
}

#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "身份 Identity",
    responses((status = 200, description = "JSON Web Key Set (RFC 7517)"),
        (status = 404, description = "an external issuer has the keys")))]
pub async fn jwks(identity: Data<Identity>) -> Result<HttpResponse, ServiceError> {
    let keys = identity.embedded()?.jwks();
    // Kept by nobody: whoever asks again has met a key that is new.
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-cache")).json(keys))
}

#[utoipa::path(get, path = "/openapi.json", tag = "运行 Operation",
    responses((status = 200, description = "the OpenAPI 3.1 document of all services")))]
pub async fn openapi(site: Data<Site>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-cache")).json(site.openapi.merged().await)
}
