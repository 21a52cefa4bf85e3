//! Fetches the services' parts of the document. A service that is down keeps the part it gave last.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use serde_json::Value;
use shared_model::server::client::ServiceClient;

use super::{merge, openapi};

/// Between two looks at a service whose part we have; one restarted with another version shows up by then.
const REFRESH: Duration = Duration::from_secs(60);
const RETRY: Duration = Duration::from_secs(1);

/// The parts as last fetched. Cheap to clone.
#[derive(Clone)]
pub struct Collected(Arc<Inner>);

struct Inner {
    clients: Vec<ServiceClient>,
    parts: RwLock<BTreeMap<String, Value>>,
}

impl Collected {
    pub fn new(clients: Vec<ServiceClient>) -> Self {
        Self(Arc::new(Inner { clients, parts: RwLock::default() }))
    }

    /// The whole document, as far as the services can be had.
    pub async fn merged(&self) -> Value {
        self.fetch(true).await;
        let own = serde_json::to_value(openapi()).unwrap_or_default();
        merge::merge(own, &self.parts())
    }

    /// Keeps the parts fresh for as long as the returned future runs.
    pub async fn refresh(self) {
        loop {
            self.fetch(false).await;
            let complete = self.parts().len() == self.0.clients.len();
            tokio::time::sleep(if complete { REFRESH } else { RETRY }).await;
        }
    }

    fn parts(&self) -> BTreeMap<String, Value> {
        match self.0.parts.read() {
            Ok(parts) => parts.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    async fn fetch(&self, only_missing: bool) {
        let known = self.parts();
        let wanted = self.0.clients.iter().filter(|client| !only_missing || !known.contains_key(client.to().code()));
        futures_util::future::join_all(wanted.map(|client| self.fetch_one(client))).await;
    }

    async fn fetch_one(&self, client: &ServiceClient) {
        let name = client.to().code();
        match client.get("/internal/openapi.json").await {
            Ok(part) => match self.0.parts.write() {
                Ok(mut parts) => drop(parts.insert(name.to_owned(), part)),
                Err(poisoned) => drop(poisoned.into_inner().insert(name.to_owned(), part)),
            },
            Err(error) => tracing::debug!(service = name, %error, "no part of the API document"),
        }
    }
}
