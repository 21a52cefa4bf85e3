//! Effects leave at least once, in order where order counts, and never silently not at all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::Utc;
use diesel::prelude::*;
use futures_util::future::BoxFuture;
use rstest::rstest;
use serde_json::{Value, json};
use shared_model::server::clock::Clock;
use shared_model::server::database::{Connection, Database, SHARED_MIGRATIONS, StoreError};
use shared_model::server::outbox::schema::outbox;
use shared_model::server::outbox::{
    Deliver, Delivery, Dispatcher, Fate, Message, NewMessage, RetryPolicy, cancel_dead, enqueue, list_dead, replay,
};
use test_kit::{TestDatabase, eventually};

/// A receiver that answers as scripted and remembers what it was given, in order.
#[derive(Default)]
struct Receiver {
    seen: Mutex<Vec<String>>,
    settled: Mutex<Vec<(String, Fate)>>,
    /// Payload name to what to answer, last first; delivered when there is nothing left.
    script: Mutex<HashMap<String, Vec<Delivery>>>,
    /// While true nothing gets through.
    down: std::sync::atomic::AtomicBool,
    /// While true nothing is to be sent.
    shut: std::sync::atomic::AtomicBool,
}

impl Receiver {
    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    fn will(&self, name: &str, answers: Vec<Delivery>) {
        self.script.lock().unwrap().insert(name.to_owned(), answers);
    }
}

fn name_of(message: &Message) -> String {
    message.payload["name"].as_str().unwrap().to_owned()
}

impl Deliver for Receiver {
    fn deliver<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Delivery> {
        Box::pin(async move {
            if self.down.load(std::sync::atomic::Ordering::SeqCst) {
                return Delivery::Failed("down".into());
            }
            let name = name_of(message);
            let scripted = self.script.lock().unwrap().get_mut(&name).and_then(Vec::pop);
            let delivery = scripted.unwrap_or(Delivery::Delivered(Value::Null));
            if matches!(delivery, Delivery::Delivered(_)) {
                self.seen.lock().unwrap().push(name);
            }
            delivery
        })
    }

    fn shut(&self) -> Vec<String> {
        let shut = self.shut.load(std::sync::atomic::Ordering::SeqCst);
        if shut { vec!["receiver".to_owned()] } else { Vec::new() }
    }

    fn settle(&self, _: &mut Connection, message: &Message, _: &Delivery, fate: Fate) -> Result<(), StoreError> {
        self.settled.lock().unwrap().push((name_of(message), fate));
        Ok(())
    }
}

fn quick() -> RetryPolicy {
    RetryPolicy { base: Duration::from_millis(1), cap: Duration::from_millis(2), budget: 3, ..RetryPolicy::default() }
}

async fn put(db: &Database, name: &str, ordering_key: Option<&str>) -> String {
    let message = NewMessage {
        kind: "test",
        destination: "receiver",
        ordering_key: ordering_key.map(str::to_owned),
        idempotency_key: name.to_owned(),
        payload: json!({ "name": name }),
    };
    db.write(move |conn| enqueue(conn, &message, Utc::now()).map_err(StoreError::from)).await.unwrap()
}

async fn state_of(db: &Database, id: &str) -> (String, i32) {
    let id = id.to_owned();
    db.read(move |conn| {
        outbox::table
            .filter(outbox::id.eq(id))
            .select((outbox::state, outbox::attempts))
            .first::<(String, i32)>(conn)
            .map_err(StoreError::from)
    })
    .await
    .unwrap()
}

async fn wait_for(db: &Database, id: &str, state: &str) -> i32 {
    eventually(&format!("the message is {state}"), || async {
        let (now, attempts) = state_of(db, id).await;
        (now == state).then_some(attempts)
    })
    .await
}

fn start(db: &Database, receiver: &Arc<Receiver>, owner: &str) -> Dispatcher {
    Dispatcher::start(db.clone(), Clock::system(), receiver.clone(), quick(), owner.to_owned())
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn messages_of_one_key_are_delivered_in_order_even_when_one_fails_first(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let receiver = Arc::new(Receiver::default());
    receiver.will("a1", vec![Delivery::Failed("not yet".into()), Delivery::Failed("not yet".into())]);
    let mut last = String::new();
    for name in ["a1", "a2", "a3"] {
        last = put(&db, name, Some("a")).await;
    }
    let other = put(&db, "b1", Some("b")).await;
    let dispatcher = start(&db, &receiver, "one");
    wait_for(&db, &other, "delivered").await;
    wait_for(&db, &last, "delivered").await;
    dispatcher.stop().await;
    let of_a: Vec<_> = receiver.seen().into_iter().filter(|name| name.starts_with('a')).collect();
    assert_eq!(of_a, ["a1", "a2", "a3"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_spent_budget_leaves_a_dead_letter_that_can_be_replayed_or_cancelled(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let receiver = Arc::new(Receiver::default());
    receiver.down.store(true, std::sync::atomic::Ordering::SeqCst);
    let (first, second) = (put(&db, "x", None).await, put(&db, "y", None).await);
    let dispatcher = start(&db, &receiver, "one");
    assert_eq!(wait_for(&db, &first, "dead").await, 3);
    wait_for(&db, &second, "dead").await;
    let (dead, total) = db.read(|conn| list_dead(conn, 0, 10).map_err(StoreError::from)).await.unwrap();
    assert_eq!((total, dead[0].last_error.as_deref()), (2, Some("down")));

    receiver.down.store(false, std::sync::atomic::Ordering::SeqCst);
    let (id, other) = (first.clone(), second.clone());
    db.write(move |conn| {
        assert!(replay(conn, &id, Utc::now())?);
        assert!(!replay(conn, &id, Utc::now())?, "it is a dead letter no more");
        assert!(cancel_dead(conn, &other, Utc::now())?);
        Ok::<_, StoreError>(())
    })
    .await
    .unwrap();
    dispatcher.nudge();
    wait_for(&db, &first, "delivered").await;
    assert_eq!(state_of(&db, &second).await.0, "cancelled");
    dispatcher.stop().await;
    assert_eq!(receiver.seen(), ["x"]);
    assert!(receiver.settled.lock().unwrap().contains(&("x".into(), Fate::Dead)));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_receivers_business_is_not_tried_again(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let receiver = Arc::new(Receiver::default());
    let refusal = Delivery::Refused { code: "task.superseded".into(), detail: "gone".into() };
    receiver.will("x", vec![refusal.clone()]);
    let id = put(&db, "x", None).await;
    let dispatcher = start(&db, &receiver, "one");
    assert_eq!(wait_for(&db, &id, "refused").await, 1);
    dispatcher.stop().await;
    assert_eq!(*receiver.settled.lock().unwrap(), [("x".to_owned(), Fate::Refused)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_dispatchers_share_the_work_and_deliver_each_message_once() {
    let (_own, db) = TestDatabase::Postgres.migrated(&[&SHARED_MIGRATIONS]);
    let receiver = Arc::new(Receiver::default());
    for i in 0..200 {
        put(&db, &format!("m{i}"), (i % 3 == 0).then_some("ordered")).await;
    }
    let (one, two) = (start(&db, &receiver, "one"), start(&db, &receiver, "two"));
    eventually("everything is delivered", || async { (receiver.seen().len() >= 200).then_some(()) }).await;
    one.stop().await;
    two.stop().await;
    let mut seen = receiver.seen();
    let ordered: Vec<i32> = seen.iter().filter_map(|name| name[1..].parse().ok()).filter(|i| i % 3 == 0).collect();
    assert!(ordered.is_sorted(), "{ordered:?}");
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_process_had_claimed_is_free_again_when_its_lease_ends(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let id = put(&db, "x", None).await;
    let taken = id.clone();
    db.write(move |conn| {
        diesel::update(outbox::table.filter(outbox::id.eq(&taken)))
            .set((
                outbox::lease_owner.eq("a process that was killed"),
                outbox::lease_until.eq(Utc::now().naive_utc() + chrono::Duration::seconds(5)),
            ))
            .execute(conn)
            .map_err(StoreError::from)
    })
    .await
    .unwrap();
    let receiver = Arc::new(Receiver::default());
    let clock = Clock::manual(Utc::now());
    let dispatcher = Dispatcher::start(db.clone(), clock.clone(), receiver.clone(), quick(), "heir".into());
    clock.advance(chrono::Duration::seconds(6));
    dispatcher.nudge();
    wait_for(&db, &id, "delivered").await;
    dispatcher.stop().await;
    assert_eq!(receiver.seen(), ["x"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_message_may_be_delivered_within_the_request_unless_an_earlier_one_waits(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let receiver = Arc::new(Receiver::default());
    // The loop sees nothing due: the clock stands before the messages were written.
    let clock = Clock::manual(Utc::now() - chrono::Duration::hours(1));
    let dispatcher = Dispatcher::start(db.clone(), clock.clone(), receiver.clone(), quick(), "one".into());
    let (first, second) = (put(&db, "x", Some("k")).await, put(&db, "y", Some("k")).await);
    clock.advance(chrono::Duration::hours(2));
    assert_eq!(dispatcher.deliver_now(&second).await.unwrap(), None, "x comes first");
    let now = dispatcher.deliver_now(&first).await.unwrap();
    // The loop may have woken in between; either way it is delivered, once.
    assert!(matches!(now, Some(Delivery::Delivered(_)) | None), "{now:?}");
    wait_for(&db, &second, "delivered").await;
    dispatcher.stop().await;
    assert_eq!(receiver.seen(), ["x", "y"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_a_destination_that_is_shut_and_no_budget_is_spent(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let receiver = Arc::new(Receiver::default());
    receiver.shut.store(true, std::sync::atomic::Ordering::SeqCst);
    let waiting = put(&db, "waiting", None).await;
    let other = NewMessage {
        kind: "test",
        destination: "elsewhere",
        ordering_key: None,
        idempotency_key: "other".to_owned(),
        payload: json!({ "name": "other" }),
    };
    let other = db.write(move |conn| enqueue(conn, &other, Utc::now()).map_err(StoreError::from)).await.unwrap();
    let dispatcher = start(&db, &receiver, "a");
    wait_for(&db, &other, "delivered").await;
    assert_eq!((receiver.seen(), state_of(&db, &waiting).await), (vec!["other".to_owned()], ("pending".to_owned(), 0)));
    receiver.shut.store(false, std::sync::atomic::Ordering::SeqCst);
    dispatcher.nudge();
    assert_eq!(wait_for(&db, &waiting, "delivered").await, 1);
    dispatcher.stop().await;
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_delivered_long_ago_is_forgotten_and_nothing_else_is(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let (now, old) = (Utc::now().naive_utc(), (Utc::now() - chrono::Duration::days(40)).naive_utc());
    db.write(move |conn| {
        let rows = (0..1_203).map(|_| ("delivered", old)).chain([("delivered", now)]);
        let kept = ["refused", "dead", "cancelled"].map(|state| (state, old));
        for (number, (state, at)) in rows.chain(kept).enumerate() {
            diesel::insert_into(outbox::table)
                .values((
                    outbox::id.eq(number.to_string()),
                    outbox::kind.eq("test"),
                    outbox::destination.eq("receiver"),
                    outbox::idempotency_key.eq(number.to_string()),
                    outbox::payload.eq("{}"),
                    outbox::state.eq(state),
                    outbox::next_at.eq(at),
                    outbox::created_at.eq(at),
                    outbox::settled_at.eq(at),
                ))
                .execute(conn)?;
        }
        Ok::<_, StoreError>(())
    })
    .await
    .unwrap();
    let dispatcher = start(&db, &Arc::new(Receiver::default()), "one");
    dispatcher.forget_delivered_after(Duration::from_secs(30 * 86_400));
    let left = eventually("the old ones are gone", || async {
        let listed = |conn: &mut Connection| -> Result<Vec<String>, StoreError> {
            Ok(outbox::table.order(outbox::seq).select(outbox::state).load(conn)?)
        };
        db.read(listed).await.ok().filter(|left| left.len() <= 4)
    })
    .await;
    assert_eq!(left, ["delivered", "refused", "dead", "cancelled"]);
    dispatcher.stop().await;
}
