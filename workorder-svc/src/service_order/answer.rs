//! How the TM Forum calls answer: where a new resource is, and how much of a list is given.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde_json::{Map, Value};
use shared_model::server::answer::Answer;

/// A new resource, with `Location`: its `href`, or its id under the collection it was posted to.
#[derive(Clone, Debug)]
pub struct Located(pub Answer);

impl Responder for Located {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let member = |name: &str| self.0.body.as_ref().and_then(|body| body[name].as_str().map(str::to_owned));
        let location = member("href").or_else(|| Some(format!("{}/{}", request.path(), member("id")?)));
        let mut response = self.0.respond_to(request);
        if let Some(location) = location.and_then(|location| header::HeaderValue::from_str(&location).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// A part of a list, with the counts of the part and of the whole.
#[derive(Clone, Debug)]
pub struct Listed {
    pub resources: Vec<Map<String, Value>>,
    pub total: i64,
}

impl Responder for Listed {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header(("x-result-count", self.resources.len()))
            .insert_header(("x-total-count", self.total))
            .json(self.resources)
    }
}
