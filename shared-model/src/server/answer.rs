//! The answer of an operation: a status and a body that can be kept and given again.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use serde_json::Value;

/// A successful answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Option<Value>,
    /// The record's version, for `ETag`.
    pub version: Option<i64>,
    /// Given before, and kept: `idempotency-replayed: true`.
    pub replayed: bool,
}

impl Answer {
    pub fn with_status(status: u16, body: &impl Serialize) -> Self {
        let body =
            serde_json::to_value(body).inspect_err(|error| tracing::error!(%error, "an answer can't be written"));
        Self { status: if body.is_ok() { status } else { 500 }, body: body.ok(), version: None, replayed: false }
    }

    pub fn ok(body: &impl Serialize) -> Self {
        Self::with_status(200, body)
    }

    pub fn created(body: &impl Serialize) -> Self {
        Self::with_status(201, body)
    }

    pub fn accepted(body: &impl Serialize) -> Self {
        Self::with_status(202, body)
    }

    pub fn no_content() -> Self {
        Self { status: 204, body: None, version: None, replayed: false }
    }

    /// Gives the record's version as its entity tag.
    pub fn etag(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        if let Some(version) = self.version {
            response.insert_header((header::ETAG, format!("\"{version}\"")));
        }
        if self.replayed {
            response.insert_header(("idempotency-replayed", "true"));
        }
        match self.body {
            Some(body) => response.json(body),
            None => response.finish(),
        }
    }
}
