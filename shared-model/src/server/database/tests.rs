use std::sync::Arc;

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;

use super::*;

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn fresh() -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("t.db").display());
    let db = Database::connect(&DatabaseSettings { url, pool_size: 4 }).unwrap();
    db.connection().unwrap().batch_execute("CREATE TABLE t (x INTEGER UNIQUE)").unwrap();
    (folder, db)
}

async fn insert(db: &Database, x: i64) -> Result<(), StoreError> {
    db.write(move |conn| conn.batch_execute(&format!("INSERT INTO t VALUES ({x})")).map_err(StoreError::from)).await
}

async fn count(db: &Database) -> i64 {
    db.read(|conn| diesel::sql_query("SELECT COUNT(*) AS n FROM t").get_result::<Count>(conn).map_err(StoreError::from))
        .await
        .unwrap()
        .n
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_of_one_group_stand_or_fall_each_by_itself() {
    let (_folder, db) = fresh();
    let db = Arc::new(db);
    let writes = (0..200).map(|i| {
        let db = db.clone();
        tokio::spawn(async move { insert(&db, i / 2).await })
    });
    let mut taken = 0;
    for write in futures_util::future::join_all(writes).await {
        match write.unwrap() {
            Ok(()) => taken += 1,
            Err(error) => assert_eq!(error.unique_violation().as_deref(), Some("t.x")),
        }
    }
    assert_eq!((taken, count(&db).await), (100, 100));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_undoes_everything_the_write_did() {
    let (_folder, db) = fresh();
    let result: Result<(), StoreError> = db
        .write(|conn| {
            conn.batch_execute("INSERT INTO t VALUES (1)")?;
            Err(StoreError::Unavailable("changed my mind".into()))
        })
        .await;
    assert!(result.is_err());
    assert_eq!(count(&db).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_a_write_harms_no_other_write() {
    let (_folder, db) = fresh();
    let result: Result<(), StoreError> = db
        .write(|conn| {
            conn.batch_execute("INSERT INTO t VALUES (1)")?;
            panic!("on purpose")
        })
        .await;
    assert!(matches!(result, Err(StoreError::Unavailable(_))));
    insert(&db, 2).await.unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_cannot_write() {
    let (_folder, db) = fresh();
    let result: Result<(), StoreError> =
        db.read(|conn| conn.batch_execute("INSERT INTO t VALUES (1)").map_err(StoreError::from)).await;
    assert!(result.is_err());
    assert_eq!(count(&db).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_is_brought_up_to_date_once() {
    let (_folder, db) = fresh();
    assert!(!db.migrate(&[&SHARED_MIGRATIONS]).unwrap().is_empty());
    assert!(db.migrate(&[&SHARED_MIGRATIONS]).unwrap().is_empty());
}

#[test]
fn updates_and_short_lists_are_prepared_once() {
    use std::sync::Mutex;

    use diesel::connection::{Connection as _, InstrumentationEvent};
    use diesel::prelude::*;

    diesel::table! { t (x) { x -> BigInt, } }
    let (_folder, db) = fresh();
    let mut conn = db.connection().unwrap();
    let kept: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = kept.clone();
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::CacheQuery { sql, .. } = event {
            seen.lock().unwrap().push(sql.to_owned());
        }
    });
    for round in 0..3_i64 {
        diesel::insert_into(t::table).values(t::x.eq(round)).execute(&mut conn).unwrap();
        let moved = diesel::update(t::table.filter(t::x.eq(round))).set(t::x.eq(round + 10)).returning(t::x).prepared();
        assert_eq!(moved.run(&mut conn).unwrap(), 1);
        let few = [round + 10, 99];
        let found: Vec<i64> =
            t::table.filter(t::x.eq_any(few)).select(t::x).prepared_for(few.len()).load(&mut conn).unwrap();
        assert_eq!(found, [round + 10]);
        let many = [round + 10; 9];
        let found: Vec<i64> =
            t::table.filter(t::x.eq_any(many)).select(t::x).prepared_for(many.len()).load(&mut conn).unwrap();
        assert_eq!(found, [round + 10]);
    }
    let kept = kept.lock().unwrap();
    assert_eq!(kept.len(), 3, "{kept:?}");
}
