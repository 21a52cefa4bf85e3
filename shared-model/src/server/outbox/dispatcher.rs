//! Delivers the outbox: woken by a nudge after a commit and by a timer, safe to run beside others of its kind.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinHandle;

use super::retry::RetryPolicy;
use super::store::{self, Mark, Message};
use crate::server::clock::Clock;
use crate::server::database::{Backend, Connection, Database, StoreError};

/// How long the dispatcher sleeps when nobody nudges it.
const POLL: Duration = Duration::from_secs(1);
/// Deliveries under way at once.
const CONCURRENCY: usize = 16;
/// Between two looks for messages that were delivered long enough ago to be forgotten.
const UPKEEP: Duration = Duration::from_secs(3600);
/// How many of them one transaction deletes.
const PURGED_AT_ONCE: i64 = 500;

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    /// Taken, with what the receiver answered.
    Delivered(Value),
    /// The receiver's business says no: trying again would not help.
    Refused { code: String, detail: String },
    /// A technical failure: worth another try.
    Failed(String),
}

/// What becomes of the message after a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Done,
    Refused,
    Retry { at: DateTime<Utc> },
    Dead,
}

/// Carries messages to where they belong.
pub trait Deliver: Send + Sync + 'static {
    /// Delivers; network and the like, never inside a transaction.
    fn deliver<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Delivery>;

    /// Destinations that nothing is sent to at the moment. What waits for them keeps its retry budget.
    fn shut(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether to claim one message at a time now, because a destination is being probed.
    fn one_by_one(&self) -> bool {
        false
    }

    /// This process is about to deliver the message.
    fn claimed(&self, message: &Message) {
        let _ = message;
    }

    /// What the delivery means for our own records, in the transaction that marks the message.
    fn settle(
        &self,
        conn: &mut Connection,
        message: &Message,
        delivery: &Delivery,
        fate: Fate,
    ) -> Result<(), StoreError> {
        let _ = (conn, message, delivery, fate);
        Ok(())
    }
}

/// A running dispatcher. Cheap to clone.
#[derive(Clone)]
pub struct Dispatcher(Arc<Inner>);

struct Inner {
    db: Database,
    clock: Clock,
    deliver: Arc<dyn Deliver>,
    policy: RetryPolicy,
    owner: String,
    nudge: Notify,
    running: Arc<Semaphore>,
    stop: watch::Sender<bool>,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Dispatcher {
    /// Starts delivering. `owner` names this process's leases and must be its own alone.
    pub fn start(db: Database, clock: Clock, deliver: Arc<dyn Deliver>, policy: RetryPolicy, owner: String) -> Self {
        let inner = Arc::new(Inner {
            db,
            clock,
            deliver,
            policy,
            owner,
            nudge: Notify::new(),
            running: Arc::new(Semaphore::new(CONCURRENCY)),
            stop: watch::Sender::new(false),
            task: tokio::sync::Mutex::new(None),
        });
        let task = tokio::spawn(run(inner.clone()));
        if let Ok(mut slot) = inner.task.try_lock() {
            *slot = Some(task);
        }
        Self(inner)
    }

    /// Forgets messages once they were delivered longer ago than `keep`, from now on and until it is stopped.
    pub fn forget_delivered_after(&self, keep: Duration) {
        tokio::spawn(forget(self.0.clone(), keep));
    }

    /// Something was committed: look now.
    pub fn nudge(&self) {
        self.0.nudge.notify_one();
    }

    /// Delivers one message at once, within the request that made it, and says how that ended.
    /// `None`: it can't be delivered now (another has it, or an earlier one of its order waits) and goes its ordinary way.
    pub async fn deliver_now(&self, id: &str) -> Result<Option<Delivery>, StoreError> {
        let inner = &self.0;
        let (id, owner, lease, now) = (id.to_owned(), inner.owner.clone(), inner.policy.lease, inner.clock.now());
        let claimed = inner
            .db
            .write(move |conn| store::claim_one(conn, &id, &owner, lease, now).map_err(StoreError::from))
            .await?;
        match claimed {
            Some(message) => attempt(inner, message).await.map(Some),
            None => Ok(None),
        }
    }

    /// Stops claiming, lets running deliveries end, gives leases back.
    pub async fn stop(&self) {
        self.0.stop.send_replace(true);
        self.0.nudge.notify_one();
        if let Some(task) = self.0.task.lock().await.take() {
            drop(task.await);
        }
        let all = u32::try_from(CONCURRENCY).unwrap_or(u32::MAX);
        drop(self.0.running.acquire_many(all).await);
        let owner = self.0.owner.clone();
        let released = self.0.db.write(move |conn| store::release(conn, Some(&owner)).map_err(StoreError::from)).await;
        if let Err(error) = released {
            tracing::warn!(%error, "leases could not be given back; they run out by themselves");
        }
    }
}

async fn run(inner: Arc<Inner>) {
    if inner.db.backend() == Backend::Sqlite {
        // Its file has one user: whatever is leased was leased by a process that is no more.
        let released = inner.db.write(|conn| store::release(conn, None).map_err(StoreError::from)).await;
        if let Err(error) = released {
            tracing::warn!(%error, "leases of an earlier run stay until they run out");
        }
    }
    while !*inner.stop.borrow() {
        match round(&inner).await {
            Ok(true) => {}
            Ok(false) => pause(&inner).await,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                pause(&inner).await;
            }
        }
    }
}

async fn forget(inner: Arc<Inner>, keep: Duration) {
    let mut stop = inner.stop.subscribe();
    while !*stop.borrow() {
        match purge(&inner, keep).await {
            Ok(0) => {}
            Ok(purged) => tracing::info!(purged, "delivered messages were forgotten"),
            Err(error) => tracing::warn!(%error, "delivered messages could not be forgotten"),
        }
        // Whether stopped or timed out, the condition of the loop looks.
        drop(tokio::time::timeout(UPKEEP, stop.changed()).await);
    }
}

/// In small transactions, so that the messages of the day need not wait for those of long ago.
async fn purge(inner: &Inner, keep: Duration) -> Result<usize, StoreError> {
    let kept = chrono::Duration::from_std(keep).ok().and_then(|keep| inner.clock.now().checked_sub_signed(keep));
    let Some(before) = kept else { return Ok(0) };
    let mut purged = 0;
    loop {
        let some =
            move |conn: &mut Connection| store::purge_delivered(conn, before, PURGED_AT_ONCE).map_err(StoreError::from);
        let gone = inner.db.write(some).await?;
        purged += gone;
        if i64::try_from(gone).unwrap_or(0) < PURGED_AT_ONCE || *inner.stop.borrow() {
            return Ok(purged);
        }
    }
}

async fn pause(inner: &Inner) {
    // A time-out is as good a reason to look again as a nudge.
    drop(tokio::time::timeout(POLL, inner.nudge.notified()).await);
}

/// Claims what there is room for and starts delivering it. False when there was nothing.
async fn round(inner: &Arc<Inner>) -> Result<bool, StoreError> {
    let (now, shut) = (inner.clock.now(), inner.deliver.shut());
    if !inner.db.read(move |conn| store::any_due(conn, &shut, now).map_err(StoreError::from)).await? {
        return Ok(false);
    }
    // Wait for room, then claim no more than there is.
    let Ok(first) = inner.running.clone().acquire_owned().await else { return Ok(false) };
    let mut permits = vec![first];
    while let Ok(permit) = inner.running.clone().try_acquire_owned() {
        permits.push(permit);
    }
    let room = if inner.deliver.one_by_one() { 1 } else { permits.len() };
    let limit = i64::try_from(room).unwrap_or(1);
    let (owner, lease, now, shut) = (inner.owner.clone(), inner.policy.lease, inner.clock.now(), inner.deliver.shut());
    let claimed = inner
        .db
        .write(move |conn| store::claim(conn, &owner, &shut, lease, limit, now).map_err(StoreError::from))
        .await?;
    let any = !claimed.is_empty();
    for (message, permit) in claimed.into_iter().zip(permits) {
        inner.deliver.claimed(&message);
        let inner = inner.clone();
        tokio::spawn(async move {
            if let Err(error) = attempt(&inner, message).await {
                tracing::error!(%error, "a delivery could not be written down; it is repeated when its lease runs out");
            }
            drop(permit);
            inner.nudge.notify_one();
        });
    }
    Ok(any)
}

/// One delivery and its record.
async fn attempt(inner: &Inner, message: Message) -> Result<Delivery, StoreError> {
    let delivery = tokio::time::timeout(inner.policy.delivery_timeout, inner.deliver.deliver(&message))
        .await
        .unwrap_or_else(|_| Delivery::Failed("timed out".to_owned()));
    let now = inner.clock.now();
    let fate = fate(&inner.policy, &message, &delivery, now);
    log(&message, &delivery, fate);
    let (deliver, owner, kept) = (inner.deliver.clone(), inner.owner.clone(), delivery.clone());
    inner
        .db
        .write(move |conn| {
            let (state, error, next_at) = match (&kept, fate) {
                (Delivery::Refused { code, detail }, _) => ("refused", Some(format!("{code}: {detail}")), None),
                (Delivery::Failed(why), Fate::Retry { at }) => ("pending", Some(why.clone()), Some(at)),
                (Delivery::Failed(why), _) => ("dead", Some(why.clone()), None),
                (Delivery::Delivered(_), _) => ("delivered", None, None),
            };
            let mark = Mark { state, error: error.as_deref(), next_at };
            if store::mark(conn, &message.id, &owner, &mark, now)? {
                deliver.settle(conn, &message, &kept, fate)?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(delivery)
}

fn fate(policy: &RetryPolicy, message: &Message, delivery: &Delivery, now: DateTime<Utc>) -> Fate {
    match delivery {
        Delivery::Delivered(_) => Fate::Done,
        Delivery::Refused { .. } => Fate::Refused,
        Delivery::Failed(_) => match policy.wait(message.attempts, rand::random()) {
            Some(wait) => Fate::Retry { at: now + chrono::Duration::from_std(wait).unwrap_or_default() },
            None => Fate::Dead,
        },
    }
}

fn log(message: &Message, delivery: &Delivery, fate: Fate) {
    let Message { id, kind, destination, attempts, .. } = message;
    metrics::counter!("outbox_deliveries_total", "kind" => kind.clone(), "outcome" => match fate {
        Fate::Done => "delivered",
        Fate::Refused => "refused",
        Fate::Retry { .. } => "retry",
        Fate::Dead => "dead",
    })
    .increment(1);
    match (delivery, fate) {
        (Delivery::Delivered(_), _) => tracing::debug!(id, kind, destination, attempts, "delivered"),
        (Delivery::Refused { code, detail }, _) => {
            tracing::warn!(id, kind, destination, attempts, code, detail, "refused by the receiver");
        }
        (Delivery::Failed(why), Fate::Dead) => {
            tracing::error!(id, kind, destination, attempts, why, "given up: a dead letter");
        }
        (Delivery::Failed(why), _) => tracing::warn!(id, kind, destination, attempts, why, "to be tried again"),
    }
}
