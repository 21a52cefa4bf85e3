//! What happens without anybody asking: reminders are made, kept answers of idempotency keys are forgotten after their
//! day, and so are uploads that no record names. One loop, safe to run in several replicas.

use std::time::{Duration, Instant};

use shared_model::server::idempotency;
use tokio::sync::watch;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::file::orphan;
use crate::reminder::remind::remind;

/// How often what is done.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two rounds.
    pub pause: Duration,
    /// Between two looks for unused uploads, and how long one may be unused.
    pub sweep: Duration,
    pub unused_for: chrono::Duration,
}

/// Runs a round at once and then again after every pause, until told to stop.
pub async fn run(desk: Desk, pace: Pace, mut stop: watch::Receiver<bool>) {
    let mut swept: Option<Instant> = None;
    loop {
        if let Err(error) = round(&desk).await {
            tracing::warn!(%error, "the worker's round failed and is tried again");
        }
        if swept.is_none_or(|at| at.elapsed() >= pace.sweep) {
            swept = Some(Instant::now());
            match orphan::remove(&desk, pace.unused_for).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "uploads that no record names were removed"),
                Err(error) => tracing::warn!(%error, "unused uploads stay until the next look"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pace.pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn round(desk: &Desk) -> Result<(), ServiceError> {
    let (db, now) = (&desk.db, desk.clock.now());
    let made = remind(db, now).await?;
    if made > 0 {
        tracing::info!(made, "owners were reminded of certifications that end");
    }
    db.write(move |conn| idempotency::forget_old(conn, now).map_err(ServiceError::from)).await?;
    Ok(())
}
