//! `/docs`: a page to read the API document and try it, offline: all of it is compiled in.

use std::sync::{Arc, LazyLock};

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use shared_model::problem::{Problem, codes};
use utoipa_swagger_ui::Config;

use super::console::guarded;

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    // No validator: it would send the document to another host.
    Arc::new(Config::new(["/openapi.json"]).validator_url("none").persist_authorization(true).try_it_out_enabled(true))
});

/// `/docs` leads to `/docs/`, against which the page's own files are found.
pub async fn lead_in() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/docs/")).finish()
}

/// `/docs/**`
pub async fn docs(tail: Path<String>) -> Result<HttpResponse, Problem> {
    let file = utoipa_swagger_ui::serve(&tail, CONFIG.clone()).map_err(|error| {
        tracing::error!(%error, "the page of the API document cannot be written");
        Problem::new(&codes::INTERNAL)
    })?;
    let file = file.ok_or_else(|| Problem::new(&codes::NOT_FOUND))?;
    let mut response = guarded(StatusCode::OK);
    response
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_TYPE, file.content_type));
    if file.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(response.body(file.bytes.into_owned()))
}
