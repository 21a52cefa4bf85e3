//! One configured system outside, and how it is called.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};

use super::policy::{UrlRefused, check_url, is_private, may_be_private};

/// The longest answer that is read, in bytes.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;

/// A client of one base URL. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OutboundClient {
    http: Client,
    base: String,
}

/// A client of URLs that come up while the service runs; which hosts may be called is for its user to say. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OutboundCaller {
    http: Client,
    private_hosts: Vec<String>,
}

/// What the other side answered.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error(transparent)]
    Url(#[from] UrlRefused),
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

impl OutboundClient {
    /// `timeout` bounds a whole call, unless the call sets its own.
    pub fn new(url: &str, private_hosts: &[String], timeout: Duration) -> Result<Self, ClientError> {
        let url = check_url(url, private_hosts)?;
        let http = http_client(private_hosts, timeout)?;
        Ok(Self { http, base: url.as_str().trim_end_matches('/').to_owned() })
    }

    /// A request to a path below the base URL.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }
}

impl OutboundCaller {
    /// `timeout` bounds a whole call.
    pub fn new(private_hosts: &[String], timeout: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self { http: http_client(private_hosts, timeout)?, private_hosts: private_hosts.to_vec() })
    }

    /// A request to a URL as it stands.
    pub fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, UrlRefused> {
        Ok(self.http.request(method, check_url(url, &self.private_hosts)?))
    }
}

fn http_client(private_hosts: &[String], timeout: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .timeout(timeout)
        .connect_timeout(Duration::from_secs(2))
        .pool_idle_timeout(Duration::from_secs(20))
        .redirect(Policy::none())
        .no_proxy()
        .dns_resolver(PublicOnly { private_hosts: private_hosts.to_vec() })
        .build()
}

/// Sends a request and reads the whole answer. The fault never shows the URL, which may tell of the inside.
pub async fn send(request: RequestBuilder) -> Result<Reply, String> {
    let mut answer = request.send().await.map_err(|error| reason(&error))?;
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| reason(&error))? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(format!("answers more than {ANSWER_LIMIT} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, body })
}

impl Reply {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The answer in a line for people: its status and the beginning of what it says.
    pub fn summary(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let shown: String = text.chars().filter(|char| !char.is_control()).take(200).collect();
        format!("{} {shown}", self.status).trim_end().to_owned()
    }
}

fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "timed out".to_owned()
    } else if error.is_connect() {
        "cannot be connected to, or lies at an address that is not allowed".to_owned()
    } else {
        "broke the connection".to_owned()
    }
}

/// Leaves private addresses out of what a name resolves to, whenever it is resolved: a name that changes its address
/// later leads nowhere else.
struct PublicOnly {
    private_hosts: Vec<String>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let private = may_be_private(&host, &self.private_hosts);
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| private || !is_private(address.ip())).collect();
            if allowed.is_empty() {
                return Err("no allowed address".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wiremock::matchers::path;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    fn client(server: &MockServer, private: &[&str]) -> OutboundClient {
        let url = format!("http://localhost:{}/base/", server.address().port());
        let private: Vec<String> = private.iter().map(|host| (*host).to_owned()).collect();
        OutboundClient::new(&url, &private, Duration::from_secs(2)).unwrap()
    }

    #[tokio::test]
    async fn a_redirect_is_shown_and_not_followed() {
        let server = MockServer::start().await;
        let away = ResponseTemplate::new(302).insert_header("location", "/base/elsewhere");
        Mock::given(path("/base/hook")).respond_with(away).mount(&server).await;
        let reply = send(client(&server, &["localhost"]).request(Method::POST, "/hook")).await.unwrap();
        assert_eq!(reply.status, 302);
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_called_only_when_it_is_configured() {
        let server = MockServer::start().await;
        let resolve = async |private: &[&str]| {
            let private_hosts = private.iter().map(|host| (*host).to_owned()).collect();
            PublicOnly { private_hosts }.resolve("localhost".parse().unwrap()).await.is_ok()
        };
        assert!(!resolve(&[]).await);
        assert!(resolve(&["localhost"]).await);
        assert_eq!(send(client(&server, &["LOCALHOST"]).request(Method::GET, "/")).await.unwrap().status, 404);
    }

    #[tokio::test]
    async fn an_endless_answer_is_not_read_to_its_end() {
        let server = MockServer::start().await;
        let long = ResponseTemplate::new(200).set_body_bytes(vec![b'x'; ANSWER_LIMIT + 1]);
        Mock::given(path("/base/long")).respond_with(long).mount(&server).await;
        let fault = send(client(&server, &["localhost"]).request(Method::GET, "/long")).await.unwrap_err();
        assert!(fault.contains("more than"), "{fault}");
    }
}
