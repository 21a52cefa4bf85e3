//! Writes that PostgreSQL gives up for one another's sake are done again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use shared_model::server::database::{Database, SHARED_MIGRATIONS, StoreError};
use test_kit::TestDatabase;

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Two writes that take the same two rows in opposite order, each holding one of them when it asks for the other.
#[tokio::test(flavor = "multi_thread")]
async fn two_writes_in_each_other_s_way_both_have_their_effect_once() {
    let (_own, db) = TestDatabase::Postgres.migrated(&[&SHARED_MIGRATIONS]);
    let lay = "CREATE TABLE seat (id INT PRIMARY KEY, n BIGINT NOT NULL); INSERT INTO seat VALUES (1, 0), (2, 0)";
    db.connection().unwrap().batch_execute(lay).unwrap();
    let (both_hold_one, tries) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let cross = |db: Database, first: i32, second: i32| {
        let (both_hold_one, tries) = (both_hold_one.clone(), tries.clone());
        async move {
            db.write(move |conn| {
                conn.batch_execute(&format!("UPDATE seat SET n = n + 1 WHERE id = {first}"))?;
                if tries.fetch_add(1, Ordering::SeqCst) < 2 {
                    both_hold_one.wait();
                }
                conn.batch_execute(&format!("UPDATE seat SET n = n + 1 WHERE id = {second}"))?;
                Ok::<_, StoreError>(())
            })
            .await
        }
    };
    let (one, other) = tokio::join!(cross(db.clone(), 1, 2), cross(db.clone(), 2, 1));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_eq!(tries.load(Ordering::SeqCst), 3, "one of them was done again");
    let counted =
        db.read(|conn| Ok::<_, StoreError>(sql_query("SELECT SUM(n)::BIGINT AS n FROM seat").get_result::<Sum>(conn)?));
    assert_eq!(counted.await.unwrap().n, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_write_itself_is_not_repeated() {
    let (_own, db) = TestDatabase::Postgres.migrated(&[&SHARED_MIGRATIONS]);
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = tries.clone();
    let failed: Result<(), StoreError> = db
        .write(move |conn| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(conn.batch_execute("SELECT 1 FROM nowhere")?)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(tries.load(Ordering::SeqCst), 1);
}
