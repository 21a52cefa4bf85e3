//! What a request carries, taken apart with errors that say where it is wrong.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::idempotency::{Ticket, TicketHead};
use crate::problem::{Fault, Problem, codes};
use crate::text::Text;

/// The largest JSON body a service takes, in bytes; set by the HTTP server.
#[derive(Clone, Copy, Debug)]
pub struct JsonLimit(pub usize);

const DEFAULT_JSON_LIMIT: usize = 4 << 20;

/// A JSON body: 415 for another type, 413 when too large, 400 with line, column and pointer when it can't be read.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

/// A JSON body that makes or moves something: with the `Idempotency-Key` when one was sent.
#[derive(Debug)]
pub struct Command<T> {
    pub body: T,
    pub ticket: Option<Ticket>,
}

/// Query parameters: 400 when they can't be read.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

/// `If-Match: "7"`. A `*` asks for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Self(parse(&read(&request, payload).await?)?)) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Command<T> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let head = TicketHead::of(&request)?;
            let bytes = read(&request, payload).await?;
            Ok(Self { body: parse(&bytes)?, ticket: head.ticket(&bytes) })
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = actix_web::web::Query::<T>::from_query(request.query_string());
        std::future::ready(query.map(|query| Self(query.into_inner())).map_err(|error| {
            let why = error.to_string();
            Problem::new(&codes::REQUEST_INVALID).detail(Text::new(format!("查询参数有误：{why}"), why))
        }))
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(if_match(request.headers()).map(Self))
    }
}

/// An entity tag that is not one of ours can match nothing: 412 like any stale one.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let value = value.to_str().unwrap_or_default().trim();
    if value == "*" {
        return Ok(None);
    }
    let version = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|text| text.parse().ok());
    version.map(Some).ok_or_else(|| Problem::new(&codes::STALE))
}

async fn read(request: &HttpRequest, mut payload: Payload) -> Result<Bytes, Problem> {
    let json = actix_web::HttpMessage::content_type(request).to_ascii_lowercase();
    if json != "application/json" && !json.ends_with("+json") {
        return Err(Problem::new(&codes::UNSUPPORTED_MEDIA_TYPE)
            .detail(Text::fixed("请以 application/json 发送", "send application/json")));
    }
    let limit = request.app_data::<JsonLimit>().map_or(DEFAULT_JSON_LIMIT, |limit| limit.0);
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > limit) {
        return Err(too_large(limit));
    }
    let mut bytes = BytesMut::with_capacity(declared.unwrap_or(0));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            let why = error.to_string();
            Problem::new(&codes::REQUEST_MALFORMED).detail(Text::new(format!("请求内容没有收完：{why}"), why))
        })?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// 413 with the limit in words.
pub fn too_large(limit: usize) -> Problem {
    let kib = limit / 1024;
    Problem::new(&codes::TOO_LARGE)
        .detail(Text::new(format!("内容上限为 {kib} KiB"), format!("the limit is {kib} KiB")))
}

/// A JSON object, with the place of what is wrong in it. Nothing is read from a list: by position, a reader of objects
/// would take one for what it is not.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.trim_ascii_start().starts_with(b"[") {
        let message = Text::fixed("请求内容应为 JSON 对象", "send a JSON object");
        let fault = Fault::new("", &codes::REQUEST_MALFORMED, message.clone());
        return Err(Problem { detail: Some(message), ..Problem::of_faults(vec![fault]) });
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        malformed(pointer, error.inner())
    })?;
    reader.end().map_err(|error| malformed(String::new(), &error))?;
    Ok(value)
}

fn malformed(pointer: String, error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let why = error.to_string();
    let message = Text::new(format!("第 {line} 行第 {column} 列：{why}"), why);
    let fault =
        Fault::new(pointer, &codes::REQUEST_MALFORMED, message.clone()).with("line", line).with("column", column);
    Problem { detail: Some(message), ..Problem::of_faults(vec![fault]) }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut pointer, segment| {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => {}
        }
        pointer
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Sample {
        #[expect(dead_code, reason = "only its type matters")]
        list: Vec<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Inner {
        #[expect(dead_code, reason = "only its type matters")]
        n: i32,
    }

    #[test]
    fn a_wrong_type_is_found_by_its_pointer() {
        let problem = parse::<Sample>(br#"{"list":[{"n":1},{"n":"x"}]}"#).unwrap_err();
        assert_eq!((problem.code.status, problem.faults[0].pointer.as_str()), (400, "/list/1/n"));
    }

    #[test]
    fn broken_json_is_found_by_its_position() {
        let problem = parse::<Sample>(b"{\n  \"list\": [,]\n}").unwrap_err();
        assert_eq!(problem.faults[0].extra["line"], 2);
        assert!(parse::<Sample>(b"{\"list\":[]} x").is_err());
    }

    #[test]
    fn a_list_is_not_taken_for_an_object() {
        for list in ["[]", " [[]]", "[[{\"n\":1}]]"] {
            assert_eq!(parse::<Sample>(list.as_bytes()).unwrap_err().code.status, 400, "{list}");
        }
    }

    #[test]
    fn json_nested_without_end_is_refused_not_followed() {
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        assert_eq!(parse::<serde_json::Value>(deep.as_bytes()).unwrap_err().code.status, 400);
    }
}
