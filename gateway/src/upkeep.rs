//! What the gateway does by itself: follows changes that other replicas made, renews its key, forgets what has expired.
//! Each step is safe to repeat.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use shared_model::server::idempotency;

use crate::edge::worker::Shared;
use crate::error::ServiceError;
use crate::identity::{Identity, failure, session};

/// An account that another replica disabled is refused here after this long at most.
const TICK: Duration = Duration::from_secs(1);
const TICKS_BETWEEN_KEYS: u64 = 5;
const TICKS_BETWEEN_PRUNING: u64 = 60;

/// Runs for as long as its future does.
pub async fn run(identity: Arc<Identity>, shared: Arc<Shared>, key_age: TimeDelta) {
    let mut tick: u64 = 0;
    loop {
        follow_accounts(&identity).await;
        if tick.is_multiple_of(TICKS_BETWEEN_KEYS) {
            follow_keys(&identity, key_age).await;
        }
        if tick.is_multiple_of(TICKS_BETWEEN_PRUNING) {
            shared.limits.forget_idle();
            if let Err(error) = prune(&identity).await {
                tracing::warn!(%error, "what has expired could not be forgotten");
            }
        }
        tick += 1;
        tokio::time::sleep(TICK).await;
    }
}

async fn follow_accounts(identity: &Identity) {
    match identity.standing.reload(&identity.db).await {
        Ok(true) => identity.push.nudge(),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "the state of accounts cannot be read"),
    }
}

async fn follow_keys(identity: &Identity, key_age: TimeDelta) {
    let Some(issuer) = identity.issuer.clone() else { return };
    let now = identity.clock.now();
    let followed = tokio::task::spawn_blocking(move || issuer.rotate_if_older(key_age, now)).await;
    match followed {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "the keys folder cannot be read or written"),
        Err(error) => tracing::error!(%error, "following the keys ended early"),
    }
}

async fn prune(identity: &Identity) -> Result<(), ServiceError> {
    let (now, rule) = (identity.clock.now(), identity.lock_rule);
    identity
        .db
        .write(move |conn| {
            failure::prune(conn, &rule, now)?;
            session::repo::prune(conn, now)?;
            idempotency::forget_old(conn, now)?;
            Ok(())
        })
        .await
}
