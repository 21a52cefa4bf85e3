//! The frame of every request: its id and trace, the decision to let it in, one log record, one measurement, and the
//! body of every refusal of our own. A service's answers pass through as they are.

use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Instant;

use actix_http::Request;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use shared_model::problem::{Problem, codes};
use shared_model::server::caller::RequestId;
use shared_model::server::http::observe;
use shared_model::server::http::trace::{self, Context};
use shared_model::text::Language;
use tracing::Instrument;

use super::admission::{Admitted, Refusal, admit};
use super::cors;
use super::forward::Passed;
use super::worker::Worker;
use crate::identity::Origin;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware.
pub async fn frame(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let Some(worker) = request.app_data::<Rc<Worker>>().cloned() else {
        return Err(Problem::new(&codes::INTERNAL).into());
    };
    let context = context_of(request.head());
    let (id, method) = (context.request_id.clone(), request.method().clone());
    let origin = cors::allowed_origin(request.head(), &worker.shared.cors_origins);
    let span = tracing::info_span!(
        "request", service = "gateway", request_id = %id, trace_id = %context.trace_id(), %method
    );
    let decided = decide(&worker, &mut request, &id, origin.is_some()).instrument(span.clone()).await;
    let (label, mut response) = match decided {
        Decided::In(label) => {
            let answering = async { Ok::<_, Error>(next.call(request).await?.map_into_boxed_body()) };
            (label, trace::scope(context, answering.instrument(span.clone())).await?)
        }
        Decided::Out(label, answer) => (label, request.into_response(answer)),
    };
    if response.response().extensions().get::<Passed>().is_none() {
        response = observe::render(response, &id);
        close_after_refusal(response.response_mut());
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    if let Some(origin) = origin {
        cors::allow(response.headers_mut(), origin);
    }
    span.in_scope(|| record(label, response.status(), started));
    Ok(response)
}

fn context_of(head: &RequestHead) -> Context {
    let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    Context::continued(text("x-request-id"), text("traceparent"))
}

fn peer_of(address: Option<std::net::SocketAddr>) -> IpAddr {
    address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip())
}

enum Decided {
    In(&'static str),
    Out(&'static str, HttpResponse),
}

/// Lets the request in, with what its handler will ask for, or answers it.
async fn decide(worker: &Worker, request: &mut ServiceRequest, id: &str, cross_origin: bool) -> Decided {
    if cross_origin && cors::is_preflight(request.head()) {
        return Decided::Out("preflight", cors::preflight());
    }
    // Somebody who waited for "100 Continue" was let in before it was said.
    let before = request.extensions_mut().remove::<Admitted>();
    let admitted = match before {
        Some(admitted) => Ok(admitted),
        None => admit(worker, request.head(), peer_of(request.peer_addr())).await,
    };
    match admitted {
        Err(refusal) => Decided::Out(refusal.label, refused(&refusal)),
        Ok(admitted) => {
            if request.method() == Method::HEAD && !admitted.is_for_service() {
                // Answered as GET; the connection leaves the body out and keeps its length.
                request.head_mut().method = Method::GET;
            }
            let label = admitted.label;
            let mut extensions = request.extensions_mut();
            extensions.insert(RequestId(id.to_owned()));
            extensions.insert(Origin { address: admitted.address.to_string(), request_id: id.to_owned() });
            if let Some(caller) = &admitted.caller {
                extensions.insert(caller.clone());
            }
            extensions.insert(admitted);
            Decided::In(label)
        }
    }
}

fn refused(refusal: &Refusal) -> HttpResponse {
    let mut response = refusal.problem.error_response();
    if let Some(Ok(methods)) = refusal.allow.as_deref().map(HeaderValue::from_str) {
        response.headers_mut().insert(header::ALLOW, methods);
    }
    close_after_refusal(&mut response);
    response
}

/// What is still on its way of a request that was too large, or too slow, is not read as another one.
fn close_after_refusal(response: &mut HttpResponse) {
    if matches!(response.status().as_u16(), 408 | 413 | 431) {
        response.head_mut().set_connection_type(actix_http::ConnectionType::Close);
    }
}

/// One measurement, by route and never by raw path, and one record.
fn record(label: &'static str, status: StatusCode, started: Instant) {
    let (status, seconds) = (status.as_u16(), started.elapsed().as_secs_f64());
    let labels = [("service", "gateway".to_owned()), ("route", label.to_owned()), ("status", status.to_string())];
    metrics::histogram!("http_request_duration_seconds", &labels).record(seconds);
    let ms = (seconds * 1_000_000.0).round() / 1000.0;
    if matches!(label, "/healthz" | "/readyz") {
        tracing::debug!(route = label, status, ms, "answered");
    } else {
        tracing::info!(route = label, status, ms, "answered");
    }
}

/// Decides before "100 Continue" is said: nobody sends a body that will be refused.
pub async fn expect(worker: Rc<Worker>, request: Request) -> Result<Request, actix_http::Response<BoxBody>> {
    let started = Instant::now();
    match admit(&worker, request.head(), peer_of(request.peer_addr())).await {
        Ok(admitted) => {
            request.extensions_mut().insert(admitted);
            Ok(request)
        }
        Err(refusal) => {
            let context = context_of(request.head());
            let mut response = refused(&refusal);
            record(refusal.label, response.status(), started);
            let language = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            let language = Language::from_accept_language(language);
            let body = refusal.problem.body_for(request.path(), language, &context.request_id);
            let json = HeaderValue::from_static("application/problem+json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
            if let Ok(value) = HeaderValue::from_str(&context.request_id) {
                response.headers_mut().insert(REQUEST_ID.clone(), value);
            }
            let body = serde_json::to_vec(&body).unwrap_or_default();
            Err(response.set_body(BoxBody::new(body)).into())
        }
    }
}
