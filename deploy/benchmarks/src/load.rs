//! The people of the demo at work: log in, submit, approve, look at the desk. Bounded in number.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use crate::stack::BenchError;

/// Submissions come from all managers in turn, each within their own rate limit.
const MANAGERS: [&str; 4] = ["ec.manager", "ec.manager2", "province.manager", "province.manager2"];

/// Between two looks at the desk: within the rate limit of one person, and far below what is measured.
const LOOK: Duration = Duration::from_millis(4);

/// A person with a token.
#[derive(Clone)]
pub struct Person {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Person {
    pub async fn log_in(base: &str, username: &str) -> Result<Self, BenchError> {
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(64).build()?;
        let body = json!({"username": username, "password": "Front-Desk-2026"});
        let answer = http.post(format!("{base}/auth/login")).json(&body).send().await?.error_for_status()?;
        let answer: Value = answer.json().await?;
        let token = answer["accessToken"].as_str().unwrap_or_default().to_owned();
        Ok(Self { http, base: base.to_owned(), token })
    }

    pub async fn get(&self, path: &str) -> Result<Value, BenchError> {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token);
        read(request.send().await?, path).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, BenchError> {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token).json(body);
        read(request.send().await?, path).await
    }
}

impl Person {
    /// Uploads one file as the multipart field `file`.
    pub async fn upload(&self, path: &str, name: &str, content: &[u8]) -> Result<Value, BenchError> {
        let boundary = "front-desk-benchmark";
        let head = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        let body = [head.as_bytes(), content, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
        let kind = format!("multipart/form-data; boundary={boundary}");
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token);
        read(request.header("content-type", kind).body(body).send().await?, path).await
    }

    /// The bytes of an answer as they come.
    pub async fn download(
        &self,
        path: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, reqwest::Error>> + Unpin + use<>, BenchError> {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token);
        Ok(Box::pin(request.send().await?.error_for_status()?.bytes_stream()))
    }
}

async fn read(answer: reqwest::Response, path: &str) -> Result<Value, BenchError> {
    let status = answer.status();
    let text = answer.text().await?;
    if status.is_success() {
        serde_json::from_str(&text).map_err(|error| BenchError::Unexpected(format!("{path}: {error}")))
    } else {
        Err(BenchError::Unexpected(format!("{path}: {status} {text}")))
    }
}

/// The managers, and the numbers of the domains they have ordered so far.
pub struct Desk {
    managers: Vec<Person>,
    next: Arc<AtomicUsize>,
}

impl Desk {
    pub async fn open(base: &str) -> Result<Self, BenchError> {
        let managers = try_join_all(MANAGERS.map(|name| Person::log_in(base, name))).await?;
        Ok(Self { managers, next: Arc::new(AtomicUsize::new(0)) })
    }

    /// Submits `orders` orders with this many clients at once. Gives back their ids and the orders a second.
    pub async fn submit(&self, clients: usize, orders: usize) -> Result<(Vec<i64>, f64), BenchError> {
        let begun = Instant::now();
        let left = Arc::new(AtomicUsize::new(orders));
        let work = (0..clients).zip(self.managers.iter().cycle()).map(|(_, manager)| {
            let (manager, left, next) = (manager.clone(), left.clone(), self.next.clone());
            async move {
                let mut ids = Vec::new();
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
                    let answer =
                        manager.post("/workorder/custom/save", &form(next.fetch_add(1, Ordering::Relaxed))).await?;
                    ids.extend(answer["id"].as_i64());
                }
                Ok::<_, BenchError>(ids)
            }
        });
        let ids: Vec<i64> = try_join_all(work).await?.concat();
        let seconds = begun.elapsed().as_secs_f64();
        Ok((ids, orders as f64 / seconds))
    }

    /// Waits until no order is being checked.
    pub async fn settle(&self) -> Result<(), BenchError> {
        let begun = Instant::now();
        loop {
            let lists = self.managers.iter().map(|manager| manager.get("/workorder/getworkList?status=icpChecking"));
            if try_join_all(lists).await?.iter().all(|list| list["total"] == 0) {
                return Ok(());
            }
            if begun.elapsed() > Duration::from_secs(60) {
                return Err(BenchError::Unexpected("ICP checks do not come to an end".to_owned()));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A domain of an enterprise that is filed.
fn form(number: usize) -> Value {
    json!({
        "type": "domain_request",
        "requirement": "add",
        "enterprise": "awgb5qxx-hdmw9aygdphcswsi",
        "productId": "PRODUCTID1747035900",
        "product": "网页加速",
        "provinces": [33],
        "speedList": [{"domain": format!("bench-{number}.example.cn"), "icpNumber": ""}],
        "loopDomain": [{"value": "203.0.113.9:80", "type": "ip", "mainFlag": true}],
    })
}

/// Approves one order and waits until its task is at a desk; the time between.
pub async fn approve_to_desk(admin: &Person, desk: &Person, id: i64) -> Result<Duration, BenchError> {
    let begun = Instant::now();
    admin.post("/workorder/approvedecision", &json!({"id": id, "decision": "approve", "comment": ""})).await?;
    let path = format!("/bpm/tasks?orderId={id}");
    while desk.get(&path).await?["total"] == 0 {
        if begun.elapsed() > Duration::from_secs(10) {
            return Err(BenchError::Unexpected(format!("the task of order {id} does not come")));
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(begun.elapsed())
}
