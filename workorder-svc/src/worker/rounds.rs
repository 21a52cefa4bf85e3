//! The loops: the ICP check, and the round that keeps the desk tidy. Each step takes no input and is safe to repeat.

use std::time::Duration;

use chrono::TimeDelta;
use shared_model::server::database::{Backend, Connection, StoreError};
use shared_model::server::directory::StaffDirectory;
use shared_model::server::idempotency;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::attachment::orphan;
use crate::desk::Desk;
use crate::icp::check::Checker;
use crate::icp::live::repo as live;
use crate::icp::repo as icp;
use crate::notice::repo as notices;
use crate::reminder::round::remind;
use crate::staff::sync;

/// Rounds of the tidy loop between two sweeps of what is past its day.
const SWEEP_EVERY: u32 = 600;

/// Notices of one write when old ones are forgotten.
const FORGOTTEN_AT_ONCE: i64 = 500;

/// The running background work.
pub struct Rounds {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    checker: Checker,
}

impl Rounds {
    /// `tick`: the time between rounds when nothing nudges.
    pub fn start(checker: Checker, staff: StaffDirectory, tick: Duration) -> Self {
        let stop = watch::Sender::new(false);
        let mut tasks = vec![
            tokio::spawn(check_loop(checker.clone(), stop.subscribe(), tick)),
            tokio::spawn(tidy_loop(checker.clone(), staff.clone(), stop.subscribe(), tick)),
            tokio::spawn(orphan_loop(checker.desk.clone(), stop.subscribe())),
        ];
        if let Some(interval) = checker.recheck {
            tasks.push(tokio::spawn(recheck_loop(checker.clone(), interval, stop.subscribe(), tick)));
        }
        Self { stop, tasks, checker }
    }

    /// Lets the running rounds end, and gives leases back.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a background loop ended badly");
            }
        }
        let owner = self.checker.owner.clone();
        let give_back = move |conn: &mut Connection| {
            icp::release(conn, Some(&owner))?;
            live::release(conn, Some(&owner))
        };
        let released = self.checker.desk.db.write(give_back).await;
        if let Err(error) = released {
            tracing::warn!(%error, "leases of ICP checks run out by themselves");
        }
    }
}

async fn check_loop(checker: Checker, mut stop: watch::Receiver<bool>, tick: Duration) {
    if checker.desk.db.backend() == Backend::Sqlite {
        // Its file has one user: whatever is leased was leased by a process that is no more.
        let free_all = |conn: &mut Connection| {
            icp::release(conn, None)?;
            live::release(conn, None)
        };
        if let Err(error) = checker.desk.db.write(free_all).await {
            tracing::warn!(%error, "leases of an earlier run stay until they run out");
        }
    }
    let nudge = checker.desk.nudges.icp.clone();
    while !*stop.borrow() {
        match checker.run().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the ICP checks that are due cannot be read"),
        }
        pause(&mut stop, tick, nudge.notified()).await;
    }
}

async fn recheck_loop(checker: Checker, interval: TimeDelta, mut stop: watch::Receiver<bool>, tick: Duration) {
    while !*stop.borrow() {
        match checker.recheck(interval).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the filings of live domains cannot be looked at"),
        }
        pause(&mut stop, tick, std::future::pending()).await;
    }
}

async fn tidy_loop(checker: Checker, staff: StaffDirectory, mut stop: watch::Receiver<bool>, tick: Duration) {
    let desk = checker.desk;
    let mut round: u32 = 0;
    while !*stop.borrow() {
        let mut changed = Box::pin(staff.changed());
        // Registered before we look, so that a push that comes while we do is not missed.
        futures_util::future::poll_immediate(&mut changed).await;
        match sync::reroute(&desk).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "orders were routed again"),
            Err(error) => tracing::error!(%error, "orders without an approver could not be routed"),
        }
        match remind(&desk).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "reminders were said"),
            Err(error) => tracing::error!(%error, "reminders that are due could not be said"),
        }
        if round.is_multiple_of(SWEEP_EVERY) {
            let now = desk.clock.now();
            let swept = desk.db.write(move |conn| idempotency::forget_old(conn, now).map_err(StoreError::from)).await;
            if let Err(error) = swept {
                tracing::warn!(%error, "old idempotency keys could not be forgotten");
            }
            if let Err(error) = forget_notices(&desk).await {
                tracing::warn!(%error, "old notices could not be forgotten");
            }
        }
        round = round.wrapping_add(1);
        pause(&mut stop, tick, changed).await;
    }
}

/// Batches, each a write of its own, so that nobody waits for all of them.
async fn forget_notices(desk: &Desk) -> Result<(), StoreError> {
    let before = desk.clock.now() - desk.policy.keep_notices;
    while desk.db.write(move |conn| notices::forget(conn, before, FORGOTTEN_AT_ONCE)).await? > 0 {}
    Ok(())
}

/// A look may be long where many files are kept, so it has a loop of its own, and a stop leaves it half done.
async fn orphan_loop(desk: Desk, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let looked = tokio::select! {
            looked = orphan::remove(&desk) => looked,
            _ = stop.changed() => return,
        };
        match looked {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "uploads that no order names were removed"),
            Err(error) => tracing::warn!(%error, "unused uploads stay until the next look"),
        }
        pause(&mut stop, desk.policy.sweep_every, std::future::pending()).await;
    }
}

/// Until the time is up, something nudges, or the service stops: each is as good a reason to look again.
async fn pause(stop: &mut watch::Receiver<bool>, tick: Duration, nudge: impl Future<Output = ()>) {
    tokio::select! {
        () = tokio::time::sleep(tick) => {}
        () = nudge => {}
        _ = stop.changed() => {}
    }
}

/// A name for this process's leases that no other has.
pub fn owner() -> String {
    format!("workorder-svc-{}-{}", std::process::id(), uuid::Uuid::new_v4().simple())
}
