//! The outer layer of every service: request id, trace, span, one log record and one measurement per request, and the
//! body of every problem in the reader's language.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use tracing::Instrument;

use super::HttpState;
use super::trace::{self, Context};
use crate::access::{self, Lookup};
use crate::problem::{Code, Problem, ProblemBody, codes};
use crate::server::caller::{HeadOnly, RequestId};
use crate::text::Language;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware.
pub async fn observe(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let text = |request: &ServiceRequest, name: &str| {
        request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let context =
        Context::continued(text(&request, "x-request-id").as_deref(), text(&request, "traceparent").as_deref());
    let Some(state) = request.app_data::<web::Data<HttpState>>().cloned() else {
        return next_boxed(request, next).await;
    };
    let method = request.method().clone();
    let route = match access::find(&[state.access], method.as_str(), request.path()) {
        Lookup::Found(endpoint) => endpoint.path,
        Lookup::OtherMethods(_) | Lookup::Unknown => "unmatched",
    };
    if method == Method::HEAD {
        // HEAD is answered as GET; the connection leaves the body out and keeps its length.
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(HeadOnly);
    }
    request.extensions_mut().insert(RequestId(context.request_id.clone()));
    let service = state.name.code();
    let span = tracing::info_span!(
        "request", service, request_id = %context.request_id, trace_id = %context.trace_id(), %method, route
    );
    let request_id = context.request_id.clone();
    let answered = trace::scope(context, next_boxed(request, next).instrument(span.clone())).await?;
    let mut response = render(answered, &request_id);
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    let (status, seconds) = (response.status().as_u16(), started.elapsed().as_secs_f64());
    let labels = [("service", service.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
    metrics::histogram!("http_request_duration_seconds", &labels).record(seconds);
    let quiet = matches!(route, "/healthz" | "/readyz" | "/metrics");
    span.in_scope(|| {
        let ms = (seconds * 1_000_000.0).round() / 1000.0;
        if quiet { tracing::debug!(status, ms, "answered") } else { tracing::info!(status, ms, "answered") }
    });
    Ok(response)
}

async fn next_boxed(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Gives a problem its body; an error answer without one gets the problem of its status.
pub fn render(mut response: ServiceResponse<BoxBody>, request_id: &str) -> ServiceResponse<BoxBody> {
    let problem = response.response_mut().extensions_mut().remove::<Problem>();
    let status = response.status();
    let bare = status.is_client_error() || status.is_server_error();
    let problem = match problem {
        Some(problem) => problem,
        None if bare && !is_problem_body(&response) => Problem::new(code_of(status)),
        None => return response,
    };
    let language = response.request().headers().get(header::ACCEPT_LANGUAGE);
    let language = Language::from_accept_language(language.and_then(|value| value.to_str().ok()));
    let (request, before) = response.into_parts();
    let body = problem.body_for(request.path(), language, request_id);
    ServiceResponse::new(request, problem_response(&body, language, &before))
}

fn is_problem_body(response: &ServiceResponse<BoxBody>) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/problem"))
}

fn problem_response(body: &ProblemBody, language: Language, before: &HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
    let mut response = HttpResponse::build(before.status());
    for (name, value) in before.headers() {
        response.append_header((name.clone(), value.clone()));
    }
    response.insert_header((header::CONTENT_LANGUAGE, language.tag()));
    response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    response.body(serde_json::to_vec(body).unwrap_or_default())
}

/// The code of an error that reached us without one: from the server itself, or a body that came to grief.
pub fn code_of(status: StatusCode) -> &'static Code {
    match status.as_u16() {
        401 => &codes::TOKEN_INVALID,
        403 => &codes::FORBIDDEN,
        404 => &codes::NOT_FOUND,
        405 => &codes::METHOD_NOT_ALLOWED,
        408 => &codes::REQUEST_TIMEOUT,
        413 => &codes::TOO_LARGE,
        415 => &codes::UNSUPPORTED_MEDIA_TYPE,
        429 => &codes::RATE_LIMITED,
        431 => &codes::HEADER_TOO_LARGE,
        502 => &codes::UPSTREAM_FAILED,
        503 => &codes::SERVICE_UNAVAILABLE,
        504 => &codes::UPSTREAM_TIMEOUT,
        500..=599 => &codes::INTERNAL,
        _ => &codes::REQUEST_INVALID,
    }
}
