//! Tells the services who there is: the whole directory, at start until each has taken it, at every change of an account
//! at once, and again every half minute in case one missed it.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use shared_model::account::Directory;
use shared_model::server::client::ServiceClient;
use shared_model::server::clock::Clock;
use shared_model::server::database::Database;
use tokio::sync::Notify;

use crate::error::ServiceError;
use crate::identity::account::repo;

/// Between two attempts at a service that did not take the directory: at first, then doubled, and at most.
const FIRST_RETRY: Duration = Duration::from_millis(25);
const LAST_RETRY: Duration = Duration::from_secs(1);

/// The pushing as others see it: a nudge, and which services have the directory. Cheap to clone.
#[derive(Clone, Default)]
pub struct DirectoryPush(Arc<Inner>);

#[derive(Default)]
struct Inner {
    changed: RwLock<Vec<Arc<Notify>>>,
    received: RwLock<BTreeMap<&'static str, bool>>,
}

impl DirectoryPush {
    /// An account changed: everybody is to know at once.
    pub fn nudge(&self) {
        let waiting = self.0.changed.read().map_or_else(|poisoned| poisoned.into_inner().clone(), |list| list.clone());
        waiting.iter().for_each(|notify| notify.notify_one());
    }

    /// The services that have not taken the directory since the start.
    pub fn missing(&self) -> Vec<&'static str> {
        let received = match self.0.received.read() {
            Ok(received) => received.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        };
        received.into_iter().filter(|(_, has)| !has).map(|(name, _)| name).collect()
    }

    fn record(&self, name: &'static str, has: bool) {
        match self.0.received.write() {
            Ok(mut received) => received.insert(name, has),
            Err(poisoned) => poisoned.into_inner().insert(name, has),
        };
    }

    /// Pushes to one service for as long as the returned future runs.
    pub fn to(
        &self,
        client: ServiceClient,
        db: Database,
        clock: Clock,
        interval: Duration,
    ) -> impl Future<Output = ()> + Send + use<> {
        let changed = Arc::new(Notify::new());
        match self.0.changed.write() {
            Ok(mut list) => list.push(changed.clone()),
            Err(poisoned) => poisoned.into_inner().push(changed.clone()),
        }
        let (push, name) = (self.clone(), client.to().code());
        push.record(name, false);
        async move {
            let mut retry = FIRST_RETRY;
            loop {
                let pause = match send(&client, &db, &clock).await {
                    Ok(()) => {
                        push.record(name, true);
                        retry = FIRST_RETRY;
                        interval
                    }
                    Err(why) => {
                        tracing::debug!(service = name, why, "the directory was not taken");
                        let pause = retry;
                        retry = (retry * 2).min(LAST_RETRY);
                        pause
                    }
                };
                tokio::select! {
                    () = changed.notified() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }
}

async fn send(client: &ServiceClient, db: &Database, clock: &Clock) -> Result<(), String> {
    let taken_at = clock.now();
    let rows = db.read(|conn| Ok::<_, ServiceError>(repo::list_all(conn)?)).await.map_err(|error| error.to_string())?;
    let directory = Directory { accounts: rows.iter().map(|row| row.public()).collect(), taken_at };
    client.put("/internal/accounts", None, &directory).await.map(drop).map_err(|error| error.to_string())
}
