//! Lets a request through only when the endpoint table has a row for it and the caller may: no row, no way.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError, web};

use super::HttpState;
use crate::access::{self, Access, Endpoint, Lookup};
use crate::problem::{Problem, codes};
use crate::server::caller::{Caller, ServiceCaller, forbidden};

const ENCODED_NUL: &str = "%00";

/// The middleware.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match admit(&request).await {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(refusal) => {
            let mut response = refusal.problem.error_response();
            if let Some(methods) = refusal.allow
                && let Ok(value) = header::HeaderValue::from_str(&methods)
            {
                response.headers_mut().insert(header::ALLOW, value);
            }
            Ok(request.into_response(response))
        }
    }
}

struct Refusal {
    problem: Problem,
    allow: Option<String>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, allow: None }
    }
}

async fn admit(request: &ServiceRequest) -> Result<(), Refusal> {
    let state = request.app_data::<web::Data<HttpState>>().ok_or_else(|| Problem::new(&codes::INTERNAL))?.clone();
    // No id has a NUL in it, and PostgreSQL takes none in a text: such a path names nothing.
    if request.path().contains(ENCODED_NUL) {
        return Err(Problem::new(&codes::NOT_FOUND).into());
    }
    let method = request.method().as_str();
    match access::find(&[state.access], method, request.path()) {
        Lookup::Unknown => Err(Problem::new(&codes::NOT_FOUND).into()),
        Lookup::OtherMethods(methods) => {
            Err(Refusal { problem: Problem::new(&codes::METHOD_NOT_ALLOWED), allow: Some(methods.join(", ")) })
        }
        Lookup::Found(endpoint) => Ok(check(request, &state, endpoint).await?),
    }
}

async fn check(request: &ServiceRequest, state: &HttpState, endpoint: &Endpoint) -> Result<(), Problem> {
    if endpoint.access == Access::Public {
        return Ok(());
    }
    let token = bearer(request).ok_or_else(|| Problem::new(&codes::TOKEN_INVALID))?;
    if endpoint.access == Access::Internal {
        let claims = state.service_keys.verify(token, state.name)?;
        request.extensions_mut().insert(ServiceCaller { name: claims.iss });
        return Ok(());
    }
    let claims = state.verifier.verify(token).await?;
    if state.staff.as_ref().is_some_and(|staff| staff.is_disabled(&claims.sub)) {
        return Err(Problem::new(&codes::TOKEN_INVALID));
    }
    if let Some(missing) = endpoint.access.missing(&state.permissions, &claims.roles) {
        if let Some(refused) = &state.on_forbidden {
            refused(&claims, endpoint, request.path(), missing);
        }
        return Err(forbidden(missing));
    }
    request.extensions_mut().insert(Caller::new(Arc::new(claims), state.permissions.clone()));
    Ok(())
}

/// The token of `Authorization: Bearer …`; the scheme in any case (RFC 9110 §11.1).
pub fn bearer(request: &ServiceRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
}
