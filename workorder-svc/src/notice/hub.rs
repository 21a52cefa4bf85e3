//! Wakes the open streams of a person when something is in their inbox. Whichever replica wrote it: the table is looked
//! at after a nudge and every second, by one query for all streams, and only while there is a stream.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shared_model::ids::UserId;
use shared_model::server::database::{Database, StoreError};
use tokio::sync::{Notify, watch};

use crate::notice::repo;

/// Ids grow in the order they are given, not in the order transactions commit: how far back a look goes.
pub const OVERLAP: i64 = 500;

/// The open streams of this process. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    people: Mutex<HashMap<UserId, Person>>,
    /// Something was committed, or a stream was opened.
    nudge: Notify,
    closing: watch::Sender<bool>,
    streams_per_person: usize,
}

struct Person {
    wake: watch::Sender<()>,
    streams: usize,
}

/// What a stream is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Look,
    Closing,
}

/// One open stream; ends with its drop.
pub struct Subscription {
    hub: Hub,
    user: UserId,
    wake: watch::Receiver<()>,
    closing: watch::Receiver<bool>,
}

impl Hub {
    pub fn new(streams_per_person: usize) -> Self {
        Self(Arc::new(Inner {
            people: Mutex::default(),
            nudge: Notify::new(),
            closing: watch::Sender::new(false),
            streams_per_person,
        }))
    }

    /// None when the person has as many streams as one may have.
    pub fn subscribe(&self, user: &UserId) -> Option<Subscription> {
        let mut people = self.people();
        let person = people.entry(user.clone()).or_insert_with(|| Person { wake: watch::Sender::new(()), streams: 0 });
        if person.streams >= self.0.streams_per_person {
            return None;
        }
        person.streams += 1;
        let wake = person.wake.subscribe();
        drop(people);
        self.0.nudge.notify_one();
        Some(Subscription { hub: self.clone(), user: user.clone(), wake, closing: self.0.closing.subscribe() })
    }

    /// Lets the streams of a person look.
    pub fn wake(&self, user: &UserId) {
        if let Some(person) = self.people().get(user) {
            person.wake.send_replace(());
        }
    }

    /// Something was committed that may concern somebody: look now.
    pub fn nudge(&self) {
        self.0.nudge.notify_one();
    }

    /// Ends every stream, now and from now on.
    pub fn close(&self) {
        self.0.closing.send_replace(true);
        self.0.nudge.notify_one();
    }

    fn is_idle(&self) -> bool {
        self.people().is_empty()
    }

    fn people(&self) -> MutexGuard<'_, HashMap<UserId, Person>> {
        self.0.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the table for as long as the service runs.
    pub async fn run(self, db: Database, every: Duration) {
        let mut seen = Seen::default();
        let mut closing = self.0.closing.subscribe();
        while !*closing.borrow() {
            if self.is_idle() {
                seen = Seen::default();
            } else if let Err(error) = self.look(&db, &mut seen).await {
                tracing::warn!(%error, "the inboxes cannot be read");
            }
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                () = self.0.nudge.notified() => {}
                _ = closing.changed() => {}
            }
        }
    }

    async fn look(&self, db: &Database, seen: &mut Seen) -> Result<(), StoreError> {
        let after = seen.floor();
        let found = match after {
            Some(after) => db.read(move |conn| repo::list_told_after(conn, after)).await?,
            // The first look only learns where the table ends; who subscribed since then has looked for themselves.
            None => {
                let newest = db.read(repo::newest).await?;
                seen.begin_at(newest);
                return Ok(());
            }
        };
        for user in seen.take_in(found) {
            self.wake(&user);
        }
        Ok(())
    }
}

/// What was seen of the table's end.
#[derive(Debug, Default)]
struct Seen {
    newest: Option<i64>,
    /// Ids not far below the newest.
    ids: BTreeMap<i64, UserId>,
}

impl Seen {
    fn floor(&self) -> Option<i64> {
        self.newest.map(|newest| newest - OVERLAP)
    }

    fn begin_at(&mut self, newest: i64) {
        self.newest = Some(newest);
    }

    /// Who is told something that was not seen before.
    fn take_in(&mut self, found: Vec<(i64, UserId)>) -> Vec<UserId> {
        let mut told = Vec::new();
        for (id, user) in found {
            if self.ids.insert(id, user.clone()).is_none() && !told.contains(&user) {
                told.push(user);
            }
            self.newest = self.newest.max(Some(id));
        }
        if let Some(floor) = self.floor() {
            self.ids = self.ids.split_off(&(floor + 1));
        }
        told
    }
}

impl Subscription {
    /// Until there may be something to read, or the service stops.
    pub async fn called(&mut self) -> Call {
        // The senders live in the hub, which lives as long as this does.
        tokio::select! {
            _ = self.closing.wait_for(|closing| *closing) => Call::Closing,
            _ = self.wake.changed() => Call::Look,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut people = self.hub.people();
        if let Some(person) = people.get_mut(&self.user) {
            person.streams -= 1;
            if person.streams == 0 {
                people.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_so_many_streams_and_no_more() {
        let (hub, user) = (Hub::new(2), UserId::from("manager"));
        let (first, _second) = (hub.subscribe(&user).unwrap(), hub.subscribe(&user).unwrap());
        assert!(hub.subscribe(&user).is_none());
        assert!(hub.subscribe(&UserId::from("other")).is_some());
        drop(first);
        assert!(hub.subscribe(&user).is_some());
    }

    #[test]
    fn what_commits_late_is_seen_and_nothing_twice() {
        let user = |id: &str| UserId::from(id);
        let mut seen = Seen::default();
        assert_eq!(seen.floor(), None);
        seen.begin_at(1000);
        assert_eq!(seen.take_in(vec![(1002, user("a")), (1003, user("a"))]), [user("a")]);
        assert_eq!(seen.take_in(vec![(1001, user("b")), (1002, user("a"))]), [user("b")]);
        assert!(seen.take_in(vec![(1001, user("b"))]).is_empty());
        assert_eq!(seen.take_in(vec![(1003 + OVERLAP, user("c"))]), [user("c")]);
        assert_eq!(seen.ids.len(), 1);
    }
}
