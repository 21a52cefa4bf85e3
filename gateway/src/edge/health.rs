//! Asks every address of every service, again and again, whether it is there.

use std::sync::Arc;
use std::time::Duration;

use super::upstream::Address;
use super::worker::Shared;

/// An address that takes longer is not there.
const PATIENCE: Duration = Duration::from_secs(2);

/// Checks for as long as the returned future runs.
pub async fn watch(shared: Arc<Shared>, http: reqwest::Client) {
    let pause = Duration::from_millis(shared.timeouts.health.max(10));
    loop {
        let addresses = shared.upstreams.services.iter().flat_map(|service| &service.addresses);
        futures_util::future::join_all(addresses.map(|address| check(address, &http))).await;
        tokio::time::sleep(pause).await;
    }
}

async fn check(address: &Address, http: &reqwest::Client) {
    let asked = http.get(format!("{}/healthz", address.base)).timeout(PATIENCE).send().await;
    let healthy = asked.is_ok_and(|answer| answer.status().is_success());
    if address.set_healthy(healthy) {
        tracing::info!(address = %address.base, healthy, "health changed");
    }
}
