//! The same key gives the same answer, however often and however fast it comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{Duration, Utc};
use rstest::rstest;
use serde_json::json;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::database::{Database, SHARED_MIGRATIONS};
use shared_model::server::idempotency::{Ticket, begin, complete, forget_old, once, release};
use test_kit::TestDatabase;

fn ticket(key: &str, fingerprint: &str) -> Ticket {
    Ticket { caller: "user:1".into(), key: key.into(), fingerprint: fingerprint.into() }
}

/// Each run of the work gives another number.
async fn number(db: &Database, runs: &Arc<AtomicUsize>, ticket: Ticket) -> Result<Answer, Problem> {
    let runs = runs.clone();
    db.write(move |conn| {
        once(conn, Some(&ticket), Utc::now(), |_| {
            Ok::<_, Problem>(Answer::created(&json!({ "n": runs.fetch_add(1, Ordering::SeqCst) })).etag(3))
        })
    })
    .await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_at_once_do_the_work_once_and_get_one_answer(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let runs = Arc::new(AtomicUsize::new(0));
    let calls = (0..100).map(|_| {
        let (db, runs) = (db.clone(), runs.clone());
        tokio::spawn(async move { number(&db, &runs, ticket("k", "f")).await })
    });
    let answers: Vec<Answer> =
        futures_util::future::join_all(calls).await.into_iter().map(|call| call.unwrap().unwrap()).collect();
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    for answer in answers {
        assert_eq!((answer.status, answer.body, answer.version), (201, Some(json!({ "n": 0 })), Some(3)));
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn another_request_under_the_key_is_refused_and_another_caller_is_another_key(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let runs = Arc::new(AtomicUsize::new(0));
    number(&db, &runs, ticket("k", "f")).await.unwrap();
    let refused = number(&db, &runs, ticket("k", "g")).await.unwrap_err();
    assert_eq!(refused.code, &codes::IDEMPOTENCY_MISMATCH);
    let other = Ticket { caller: "user:2".into(), ..ticket("k", "g") };
    assert_eq!(number(&db, &runs, other).await.unwrap().body, Some(json!({ "n": 1 })));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_work_keeps_nothing_and_may_be_tried_again(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let refused = db
        .write(|conn| {
            once(conn, Some(&ticket("k", "f")), Utc::now(), |_| {
                Err::<Answer, _>(Problem::new(&codes::VALIDATION_FAILED))
            })
        })
        .await
        .unwrap_err();
    assert_eq!(refused.code, &codes::VALIDATION_FAILED);
    let answer = number(&db, &Arc::default(), ticket("k", "f")).await.unwrap();
    assert!(!answer.replayed);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_operation_of_two_steps_is_in_flight_between_them(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let start = |db: Database| async move {
        db.write(|conn| begin::<Problem>(conn, Some(&ticket("k", "f")), Utc::now())).await
    };
    assert_eq!(start(db.clone()).await.unwrap(), None);
    assert_eq!(start(db.clone()).await.unwrap_err().code, &codes::IDEMPOTENCY_IN_FLIGHT);
    db.write(|conn| release(conn, Some(&ticket("k", "f"))).map_err(Problem::from)).await.unwrap();
    assert_eq!(start(db.clone()).await.unwrap(), None);
    db.write(|conn| complete(conn, Some(&ticket("k", "f")), &Answer::no_content()).map_err(Problem::from))
        .await
        .unwrap();
    let replayed = start(db.clone()).await.unwrap().unwrap();
    assert_eq!((replayed.status, replayed.replayed), (204, true));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_the_key_is_free(#[case] database: TestDatabase) {
    let (_own, db) = database.migrated(&[&SHARED_MIGRATIONS]);
    let runs = Arc::new(AtomicUsize::new(0));
    number(&db, &runs, ticket("k", "f")).await.unwrap();
    let forgotten =
        db.write(|conn| forget_old(conn, Utc::now() + Duration::hours(25)).map_err(Problem::from)).await.unwrap();
    assert_eq!(forgotten, 1);
    assert!(!number(&db, &runs, ticket("k", "g")).await.unwrap().replayed);
}
