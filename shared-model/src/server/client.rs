//! Calls another service of the stack: with a service token for it alone, the request's id and trace, a time-out, and
//! another address when one refuses the connection.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::http::trace;
use super::token::{ServiceKeys, ServiceName};
use crate::problem::ProblemBody;

/// Why a call gave no result.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Worth trying again: not reached, timed out, 5xx, 429.
    #[error("{0}")]
    Unavailable(String),
    /// The service's own refusal.
    #[error("{}", .0.code)]
    Refused(Box<ProblemBody>),
}

/// One service's way to another.
pub struct ServiceClient {
    keys: ServiceKeys,
    from: ServiceName,
    to: ServiceName,
    base_urls: Vec<String>,
    next: AtomicUsize,
    http: reqwest::Client,
}

impl ServiceClient {
    /// `timeout` bounds a whole call.
    pub fn new(
        keys: ServiceKeys,
        from: ServiceName,
        to: ServiceName,
        base_urls: Vec<String>,
        timeout: Duration,
    ) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(Duration::from_secs(2))
            .pool_idle_timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { keys, from, to, base_urls, next: AtomicUsize::new(0), http })
    }

    pub fn to(&self) -> ServiceName {
        self.to
    }

    pub async fn get(&self, path: &str) -> Result<Value, CallError> {
        self.call(Method::GET, path, None, None::<&()>, None).await
    }

    pub async fn post(&self, path: &str, key: Option<&str>, body: &impl Serialize) -> Result<Value, CallError> {
        self.call(Method::POST, path, key, Some(body), None).await
    }

    /// [`ServiceClient::post`], for what takes longer than an ordinary call.
    pub async fn post_within(&self, path: &str, body: &impl Serialize, timeout: Duration) -> Result<Value, CallError> {
        self.call(Method::POST, path, None, Some(body), Some(timeout)).await
    }

    pub async fn put(&self, path: &str, key: Option<&str>, body: &impl Serialize) -> Result<Value, CallError> {
        self.call(Method::PUT, path, key, Some(body), None).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<&impl Serialize>,
        timeout: Option<Duration>,
    ) -> Result<Value, CallError> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let mut last = CallError::Unavailable(format!("{} has no address", self.to.code()));
        for offset in 0..self.base_urls.len() {
            let Some(base) = self.base_urls.get((start + offset) % self.base_urls.len()) else { break };
            match self.call_at(base, method.clone(), path, key, body, timeout).await {
                Ok(answer) => return self.read(answer).await,
                Err(error) => {
                    let nothing_sent = error.is_connect();
                    last = CallError::Unavailable(format!("{}: {}", self.to.code(), reason(&error)));
                    if !nothing_sent {
                        break;
                    }
                }
            }
        }
        Err(last)
    }

    async fn call_at(
        &self,
        base: &str,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<&impl Serialize>,
        timeout: Option<Duration>,
    ) -> Result<reqwest::Response, reqwest::Error> {
        let mut request = self.http.request(method, format!("{}{path}", base.trim_end_matches('/')));
        match self.keys.mint(self.from, self.to) {
            Ok(token) => request = request.bearer_auth(token),
            Err(error) => tracing::error!(%error, "no service token can be made"),
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if let Some(context) = trace::current() {
            request = request.header("x-request-id", context.request_id).header("traceparent", context.traceparent);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(timeout) = timeout {
            request = request.timeout(timeout);
        }
        request.send().await
    }

    async fn read(&self, answer: reqwest::Response) -> Result<Value, CallError> {
        let status = answer.status();
        let unavailable = |why: String| CallError::Unavailable(format!("{}: {why}", self.to.code()));
        let bytes = answer.bytes().await.map_err(|error| unavailable(reason(&error)))?;
        if status.is_success() {
            if bytes.is_empty() {
                return Ok(Value::Null);
            }
            return serde_json::from_slice(&bytes).map_err(|error| unavailable(format!("not JSON: {error}")));
        }
        let problem: Option<ProblemBody> = serde_json::from_slice(&bytes).ok();
        match problem {
            // Our own token or key trouble is not the caller's business.
            Some(problem) if status.is_client_error() && !is_ours_to_mend(status) => {
                Err(CallError::Refused(Box::new(problem)))
            }
            Some(problem) => Err(unavailable(format!("{status} {}", problem.code))),
            None => Err(unavailable(status.to_string())),
        }
    }
}

fn is_ours_to_mend(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
}

/// What went wrong, without the address, which may carry credentials.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "timed out".to_owned()
    } else if error.is_connect() {
        "refuses the connection".to_owned()
    } else {
        "broke the connection".to_owned()
    }
}
