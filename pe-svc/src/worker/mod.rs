//! What happens without anybody asking: reminders are made, kept answers of idempotency keys are forgotten after their day.
//! One loop, safe to run in several replicas.

use std::time::Duration;

use shared_model::server::clock::Clock;
use shared_model::server::database::Database;
use shared_model::server::idempotency;
use tokio::sync::watch;

use crate::error::ServiceError;
use crate::reminder::remind::remind;

/// Runs a round at once and then again after every pause, until told to stop.
pub async fn run(db: Database, clock: Clock, pause: Duration, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = round(&db, &clock).await {
            tracing::warn!(%error, "the worker's round failed and is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn round(db: &Database, clock: &Clock) -> Result<(), ServiceError> {
    let now = clock.now();
    let made = remind(db, now).await?;
    if made > 0 {
        tracing::info!(made, "owners were reminded of certifications that end");
    }
    db.write(move |conn| idempotency::forget_old(conn, now).map_err(ServiceError::from)).await?;
    Ok(())
}
