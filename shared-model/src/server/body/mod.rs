//! What a request carries, taken apart with errors that say where it is wrong.

mod words;

use std::pin::Pin;
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::idempotency::{Ticket, TicketHead};
use crate::problem::{Fault, Problem, codes};
use crate::text::Text;

/// The largest JSON body a service takes, in bytes; set by the HTTP server.
#[derive(Clone, Copy, Debug)]
pub struct JsonLimit(pub usize);

const DEFAULT_JSON_LIMIT: usize = 4 << 20;
/// Room made for a body before any of it is there, whatever length it claims.
const RESERVED: usize = 64 << 10;
/// How long nothing may come of a body, and how long the whole of it may take.
const SILENCE: Duration = Duration::from_secs(30);
const WHOLE_BODY: Duration = Duration::from_secs(120);

/// Of a body whose own rules look at each of its texts, and say what is wrong with them in their own codes.
pub const OWN_RULES: bool = true;

/// A JSON body: 415 for another type, 413 when too large, 400 with line, column and pointer when it can't be read, 422
/// for a text with U+0000 unless it has [`OWN_RULES`].
#[derive(Clone, Debug)]
pub struct Json<T, const OWN: bool = false>(pub T);

/// A JSON body that makes or moves something: with the `Idempotency-Key` when one was sent.
#[derive(Debug)]
pub struct Command<T, const OWN: bool = false> {
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

impl<T: DeserializeOwned + 'static, const OWN: bool> FromRequest for Json<T, OWN> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Self(parse_by::<T, OWN>(&read(&request, payload).await?)?)) })
    }
}

impl<T: DeserializeOwned + 'static, const OWN: bool> FromRequest for Command<T, OWN> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let head = TicketHead::of(&request)?;
            let bytes = read(&request, payload).await?;
            Ok(Self { body: parse_by::<T, OWN>(&bytes)?, ticket: head.ticket(&bytes) })
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse_query(request.query_string()).map(Self))
    }
}

fn parse_query<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    type Pairs = actix_web::web::Query<Vec<(String, String)>>;
    // Read as they are, pairs cannot be wrong.
    let pairs = Pairs::from_query(text).map(|pairs| pairs.into_inner()).unwrap_or_default();
    let with_nul = pairs.iter().filter(|(name, value)| name.contains('\0') || value.contains('\0'));
    let faults: Vec<Fault> =
        with_nul.map(|(name, _)| Fault::new(format!("/{name}"), &codes::REQUEST_INVALID, NUL)).collect();
    if !faults.is_empty() {
        return Err(Problem::of_faults(faults));
    }
    actix_web::web::Query::<T>::from_query(text).map(|query| query.into_inner()).map_err(|error| {
        let error = error.to_string();
        let said = error.strip_prefix("Query deserialize error: ").unwrap_or(&error);
        let message = words::of_query(said);
        let pointer = words::unknown_field(said).map(|name| format!("/{name}")).unwrap_or_default();
        let fault = Fault::new(pointer, &codes::REQUEST_INVALID, message.clone());
        Problem { detail: Some(message), ..Problem::of_faults(vec![fault]) }
    })
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
    let begun = Instant::now();
    let mut bytes = BytesMut::with_capacity(declared.unwrap_or(0).min(RESERVED));
    while let Some(chunk) = next_chunk(&mut payload, begun).await? {
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

/// 408 where nothing more comes, or too little of it.
async fn next_chunk(
    payload: &mut Payload,
    begun: Instant,
) -> Result<Option<Result<Bytes, actix_web::error::PayloadError>>, Problem> {
    let patience = SILENCE.min(WHOLE_BODY.saturating_sub(begun.elapsed()));
    timeout(patience, payload.next()).await.map_err(|_| Problem::new(&codes::REQUEST_TIMEOUT))
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
    parse_by::<T, false>(bytes)
}

fn parse_by<T: DeserializeOwned, const OWN: bool>(bytes: &[u8]) -> Result<T, Problem> {
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
    if !OWN {
        refuse_nul(bytes)?;
    }
    Ok(value)
}

/// No database of ours keeps a text with U+0000, and nobody types one.
fn refuse_nul(bytes: &[u8]) -> Result<(), Problem> {
    const ESCAPED: &[u8] = b"\\u0000";
    if !bytes.windows(ESCAPED.len()).any(|window| window == ESCAPED) {
        return Ok(());
    }
    let whole: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| malformed(String::new(), &error))?;
    let mut faults = Vec::new();
    find_nul(&whole, &mut String::new(), &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Problem::of_faults(faults)) }
}

const NUL: Text = Text::fixed("不能含空字符（U+0000）", "must not hold the character U+0000");

fn find_nul(value: &serde_json::Value, pointer: &mut String, faults: &mut Vec<Fault>) {
    use serde_json::Value;
    let mut inside = |step: &str, value: &Value| {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        find_nul(value, pointer, faults);
        if step.contains('\0') {
            faults.push(Fault::new(pointer.clone(), &codes::FIELD_INVALID, NUL));
        }
        pointer.truncate(length);
    };
    match value {
        Value::String(text) if text.contains('\0') => {
            faults.push(Fault::new(pointer.clone(), &codes::FIELD_INVALID, NUL));
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| inside(&index.to_string(), value)),
        Value::Object(map) => map.iter().for_each(|(name, value)| inside(name, value)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn malformed(pointer: String, error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let message = words::of_json(&error.to_string(), line, column);
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

    #[test]
    fn a_text_with_nul_is_refused_wherever_it_stands() {
        let faults = |json: &[u8]| match parse::<serde_json::Value>(json) {
            Ok(_) => Vec::new(),
            Err(problem) => problem.faults.into_iter().map(|fault| (fault.pointer, fault.code.status)).collect(),
        };
        let found = faults(br#"{"a":"x\u0000","list":[{"b":"y"},{"b":"\u0000"}],"c":"\\u0000"}"#);
        assert_eq!(found, [("/a".to_owned(), 422), ("/list/1/b".to_owned(), 422)]);
        assert_eq!(faults(br#"{"a\u0000":1}"#).len(), 1);
        assert_eq!(faults(br#"{"a":"\\u0000"}"#), []);
    }

    #[test]
    fn a_query_is_refused_with_the_parameter_that_is_wrong() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Sample {
            #[expect(dead_code, reason = "only its type matters")]
            n: Option<i32>,
        }
        let refused = |text: &str| {
            let problem = parse_query::<Sample>(text).unwrap_err();
            (problem.code.status, problem.faults[0].pointer.clone(), problem.faults[0].message.zh.to_string())
        };
        assert_eq!(refused("m=1"), (400, "/m".to_owned(), "没有 m 这个参数，可用：n".to_owned()));
        assert_eq!(refused("n=%00").1, "/n");
        assert_eq!(refused("n=x").0, 400);
        assert!(parse_query::<Sample>("n=3").is_ok());
    }
}
