//! Asks the registry, a few domains at a time, and keeps what it said for as long as is configured.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::{BoxFuture, join_all};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use shared_model::server::clock::Clock;
use shared_model::server::database::{Database, StoreError};
use shared_model::server::outbound::{ClientError, OutboundClient, send};
use tokio::sync::Semaphore;

use super::mapping::{Mapping, MappingError, Replied};
use crate::icp::evidence::{self, Evidence, Finding};
use crate::icp::registry::{Freshness, IcpRegistry};
use crate::icp::rules::Answer;
use crate::settings::IcpHttpSettings;

/// Answers are kept after so many, so that a long list gets on even when the process dies over it.
const AT_A_TIME: usize = 50;

/// Names of one order in a round.
const NAMES_OF_A_ROUND: usize = 200;

/// Why the configured registry cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error("{0}")]
    Mapping(#[from] MappingError),
    #[error("icp.http.url {0}")]
    Url(#[from] ClientError),
    #[error("icp.http.headers: `{0}` is no header")]
    Header(String),
}

/// A registry over HTTP.
pub struct HttpRegistry {
    db: Database,
    clock: Clock,
    client: OutboundClient,
    mapping: Mapping,
    headers: Vec<(String, SecretString)>,
    /// Named in the evidence.
    name: String,
    /// Questions under way at once, whoever asks.
    gate: Semaphore,
    /// How long lawful and unlawful answers are kept.
    kept_for: (TimeDelta, TimeDelta),
}

impl HttpRegistry {
    pub fn new(
        settings: &IcpHttpSettings,
        private_hosts: &[String],
        db: Database,
        clock: Clock,
    ) -> Result<Self, RegistryError> {
        let mapping = Mapping::of(settings)?;
        let timeout = Duration::from_secs_f64(settings.timeout_seconds.clamp(0.05, 60.0));
        let headers = settings.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let client = OutboundClient::new(&mapping.base, private_hosts, timeout)?;
        let registry = Self {
            db,
            clock,
            client,
            headers,
            name: if settings.name.is_empty() { mapping.base.clone() } else { settings.name.clone() },
            gate: Semaphore::new(settings.concurrency.clamp(1, 64)),
            kept_for: (span(settings.lawful_hours), span(settings.unlawful_hours)),
            mapping,
        };
        // A header that cannot be sent is found now, and not at the first question.
        let request = registry.request("example.cn").build();
        request.map_err(|_| RegistryError::Header(settings.headers.keys().cloned().collect::<Vec<_>>().join(", ")))?;
        Ok(registry)
    }

    fn request(&self, domain: &str) -> reqwest::RequestBuilder {
        let method = if self.mapping.post { Method::POST } else { Method::GET };
        let mut request = self.client.request(method, &self.mapping.path(domain));
        for (name, value) in &self.headers {
            request = request.header(name, value.expose_secret());
        }
        match self.mapping.body(domain) {
            Some(body) => request.json(&body),
            None => request,
        }
    }

    async fn ask(&self, domain: String) -> (String, Finding) {
        let _turn = self.gate.acquire().await;
        let answer = match send(self.request(&domain)).await {
            Ok(reply) => self.mapping.read(&domain, Replied { status: reply.status, body: &reply.body }),
            Err(why) => {
                Answer::Unknown { reason: format!("备案系统无应答 / the registry did not answer: {why}") }
            }
        };
        let evidence = Evidence { source: self.name.clone(), fetched_at: self.clock.now() };
        (domain, Finding { answer, evidence })
    }

    /// Kept answers that are not too old.
    async fn kept(&self, asked: &[String]) -> HashMap<String, Finding> {
        let domains = asked.to_vec();
        let kept = self.db.read(move |conn| evidence::list_kept(conn, &domains)).await;
        let now = self.clock.now();
        match kept {
            Ok(kept) => kept.into_iter().filter(|(_, finding)| self.is_fresh(finding, now)).collect(),
            Err(error) => {
                tracing::warn!(%error, "kept answers of the registry cannot be read; it is asked again");
                HashMap::new()
            }
        }
    }

    fn is_fresh(&self, finding: &Finding, now: DateTime<Utc>) -> bool {
        let keep = match finding.answer {
            Answer::Lawful { .. } => self.kept_for.0,
            Answer::Unlawful { .. } => self.kept_for.1,
            Answer::Unknown { .. } => return false,
        };
        finding.evidence.fetched_at + keep > now
    }

    async fn keep(&self, told: &[(String, Finding)]) {
        let told = told.to_vec();
        let kept: Result<(), StoreError> = self.db.write(move |conn| evidence::keep(conn, &told)).await;
        if let Err(error) = kept {
            tracing::warn!(%error, "answers of the registry could not be kept");
        }
    }

    async fn find(&self, asked: &[String], freshness: Freshness) -> Vec<Finding> {
        let mut found = match freshness {
            Freshness::Kept => self.kept(asked).await,
            Freshness::Now => HashMap::new(),
        };
        let open: Vec<String> = asked.iter().filter(|domain| !found.contains_key(*domain)).cloned().collect();
        for domains in open.chunks(AT_A_TIME) {
            let told = join_all(domains.iter().cloned().map(|domain| self.ask(domain))).await;
            self.keep(&told).await;
            found.extend(told);
        }
        let missing = || Finding {
            answer: Answer::Unknown { reason: "备案系统无应答 / the registry did not answer".to_owned() },
            evidence: Evidence { source: self.name.clone(), fetched_at: self.clock.now() },
        };
        asked.iter().map(|domain| found.get(domain).cloned().unwrap_or_else(missing)).collect()
    }
}

impl IcpRegistry for HttpRegistry {
    fn look_up<'a>(&'a self, registrable: &'a [String], freshness: Freshness) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(self.find(registrable, freshness))
    }

    fn names_at_once(&self) -> usize {
        NAMES_OF_A_ROUND
    }
}

/// Hours as a span of time; never more than a year.
fn span(hours: f64) -> TimeDelta {
    TimeDelta::milliseconds((hours.clamp(0.0, 8760.0) * 3_600_000.0) as i64)
}
