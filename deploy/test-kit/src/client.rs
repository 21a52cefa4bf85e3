//! A client that says what a test means: who calls, what they send, what must come back.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::ops::Index;
use std::pin::Pin;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use crate::events::EventStream;
use crate::people::TestUser;

/// Calls one address, as one person or as nobody.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    bearer: Option<String>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self::at(&format!("http://{address}"))
    }

    /// `base` such as `http://127.0.0.1:8080`, without a trailing slash. Redirects are shown, not followed.
    pub fn at(base: &str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client");
        Self { http, base: base.to_owned(), bearer: None }
    }

    pub fn as_user(&self, user: &TestUser) -> Self {
        self.with_bearer(&user.bearer())
    }

    /// `bearer` is the whole header value: `Bearer <token>`.
    pub fn with_bearer(&self, bearer: &str) -> Self {
        Self { bearer: Some(bearer.to_owned()), ..self.clone() }
    }

    pub fn as_nobody(&self) -> Self {
        Self { bearer: None, ..self.clone() }
    }

    pub fn get(&self, path: &str) -> Request {
        self.request("GET", path)
    }

    pub fn post(&self, path: &str) -> Request {
        self.request("POST", path)
    }

    pub fn put(&self, path: &str) -> Request {
        self.request("PUT", path)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request("DELETE", path)
    }

    pub fn request(&self, method: &str, path: &str) -> Request {
        let method = method.parse::<reqwest::Method>().expect("an HTTP method");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(bearer) = &self.bearer {
            request = request.header("authorization", bearer);
        }
        Request(request)
    }
}

/// A request being put together; `.await` sends it.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct Request(reqwest::RequestBuilder);

impl Request {
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        Self(self.0.json(body))
    }

    /// A body as it is, such as JSON that is none.
    pub fn body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self(self.0.header("content-type", content_type).body(body.into()))
    }

    pub fn query(self, name: &str, value: &str) -> Self {
        let (client, request) = self.0.build_split();
        let mut request = request.expect("a request");
        request.url_mut().query_pairs_mut().append_pair(name, value);
        Self(reqwest::RequestBuilder::from_parts(client, request))
    }

    pub fn header(self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header name");
        Self(self.0.header(name, HeaderValue::from_str(value).expect("a header value")))
    }

    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn if_match(self, version: i64) -> Self {
        self.header("if-match", &format!("\"{version}\""))
    }

    pub fn in_english(self) -> Self {
        self.header("accept-language", "en")
    }

    /// One file in the multipart field `field`.
    pub fn file(self, field: &str, name: &str, content_type: &str, content: &[u8]) -> Self {
        let boundary = uuid::Uuid::new_v4().simple().to_string();
        let mut body = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             content-type: {content_type}\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        self.body(&format!("multipart/form-data; boundary={boundary}"), body)
    }

    /// Opens a stream of server-sent events.
    pub async fn open(self) -> EventStream {
        self.try_open().await.expect("a stream begins")
    }

    /// Opens a stream of server-sent events; None when the answer is another than 200.
    pub async fn try_open(self) -> Option<EventStream> {
        let response = self.0.send().await.expect("the server answers");
        (response.status().as_u16() == 200).then(|| EventStream::new(response))
    }

    /// Sends it, or says why it could not be sent.
    pub async fn try_send(self) -> Result<Reply, reqwest::Error> {
        let response = self.0.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?.to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Reply { status, headers, body, bytes })
    }
}

impl IntoFuture for Request {
    type Output = Reply;
    type IntoFuture = Pin<Box<dyn Future<Output = Reply> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { self.try_send().await.expect("the server answers") })
    }
}

/// What came back. Index it as the JSON body: `reply["id"]`.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    /// Null when the body is not JSON.
    pub body: Value,
    pub bytes: Vec<u8>,
}

impl Reply {
    /// Fails the test, showing the body, unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Fails the test unless it is a problem of this status and code.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{}", reply.text());
        assert_eq!(reply.body["code"], code, "{}", reply.text());
        reply
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// `pointer code` of every fault of a problem, in order.
    pub fn faults(&self) -> Vec<String> {
        let part = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
        let faults = self.body["errors"].as_array().cloned().unwrap_or_default();
        faults.iter().map(|fault| format!("{} {}", part(fault, "pointer"), part(fault, "code"))).collect()
    }
}

impl Index<&str> for Reply {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        &self.body[name]
    }
}
