//! When the stack may be used: every service is ready and knows the accounts, and whatever is laid at first start is laid.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use shared_model::server::database::Database;
use shared_model::server::readiness::{Readiness, ReadinessReport};

use crate::directory_push::DirectoryPush;
use crate::edge::worker::{Shared, TokenSource};

/// A service that takes longer to say that it is ready is not.
const PATIENCE: Duration = Duration::from_secs(2);

/// Keeps the stack from being called ready while something is still being laid. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ReadyGate(Arc<AtomicBool>);

impl ReadyGate {
    pub fn opened() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    pub fn closed() -> Self {
        Self(Arc::new(AtomicBool::new(false)))
    }

    pub fn open(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_open(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Asks everything the gateway stands on.
pub struct GatewayReadiness(Readiness);

impl GatewayReadiness {
    pub fn new(
        db: Database,
        shared: &Arc<Shared>,
        push: DirectoryPush,
        gate: ReadyGate,
        http: &reqwest::Client,
    ) -> Self {
        let mut readiness = Readiness::new().database(db);
        for position in 0..shared.upstreams.services.len() {
            let Some(service) = shared.upstreams.services.get(position) else { continue };
            let (shared, http) = (shared.clone(), http.clone());
            readiness =
                readiness.check(service.name.code(), move || service_is_ready(shared.clone(), http.clone(), position));
        }
        readiness =
            readiness.check("directory", move || {
                let missing = push.missing();
                async move {
                    if missing.is_empty() { Ok(()) } else { Err(format!("not yet taken by {}", missing.join(", "))) }
                }
            });
        if let TokenSource::External(issuer) = &shared.tokens {
            let issuer = issuer.clone();
            readiness = readiness.check("issuer", move || {
                let issuer = issuer.clone();
                async move { issuer.jwks_uri().await.map(drop).map_err(|_| "does not answer".to_owned()) }
            });
        }
        readiness = readiness.check("data", move || {
            let open = gate.is_open();
            async move { if open { Ok(()) } else { Err("is being laid".to_owned()) } }
        });
        Self(readiness)
    }

    pub async fn report(&self) -> ReadinessReport {
        self.0.report().await
    }
}

/// One ready address will do.
async fn service_is_ready(shared: Arc<Shared>, http: reqwest::Client, position: usize) -> Result<(), String> {
    let addresses = shared.upstreams.services.get(position).map(|service| service.addresses.as_slice());
    for address in addresses.unwrap_or_default() {
        let asked = http.get(format!("{}/readyz", address.base)).timeout(PATIENCE).send().await;
        if asked.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
    }
    Err("is not ready".to_owned())
}
