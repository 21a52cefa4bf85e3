//! The `login_failure` table: wrong passwords of the last minutes, kept so that a restart lifts no lock.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use shared_model::local_time;
use shared_model::server::database::Connection;

use super::account::rules::username_key;
use super::lockout::{Failure, LockRule};
use super::session::repo::hash_of;
use crate::schema::login_failure;

/// What a name is counted under: its hash, so that no name somebody typed by mistake (a password, often) is kept.
pub fn key_of(username: &str) -> String {
    hash_of(&username_key(username))
}

/// Lets log-ins for one name be settled one after another, until the transaction ends: counted side by side, more
/// guesses would be heard than allowed. SQLite's one writer needs no lock.
pub fn take_turn(conn: &mut Connection, key: &str) -> QueryResult<()> {
    match conn {
        Connection::Sqlite(_) => Ok(()),
        Connection::Postgres(conn) => {
            let lock = diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 7044))");
            lock.bind::<diesel::sql_types::Text, _>(key).execute(conn).map(drop)
        }
    }
}

/// The failures of a name that still count.
pub fn list(conn: &mut Connection, key: &str, rule: &LockRule, now: DateTime<Utc>) -> QueryResult<Vec<Failure>> {
    let rows: Vec<(String, NaiveDateTime)> = login_failure::table
        .filter(login_failure::account_key.eq(key))
        .filter(login_failure::failed_at.gt(rule.counts_from(now).naive_utc()))
        .select((login_failure::address, login_failure::failed_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(address, at)| Failure { address, at: local_time::from_stored(at) }).collect())
}

pub fn insert(conn: &mut Connection, key: &str, address: &str, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::insert_into(login_failure::table)
        .values((
            login_failure::account_key.eq(key),
            login_failure::address.eq(address),
            login_failure::failed_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// A right password clears what was counted for its address; what others tried from elsewhere stays counted.
pub fn clear_address(conn: &mut Connection, key: &str, address: &str) -> QueryResult<()> {
    let counted =
        login_failure::table.filter(login_failure::account_key.eq(key)).filter(login_failure::address.eq(address));
    diesel::delete(counted).execute(conn)?;
    Ok(())
}

/// Lifts a lock.
pub fn clear(conn: &mut Connection, key: &str) -> QueryResult<()> {
    diesel::delete(login_failure::table.filter(login_failure::account_key.eq(key))).execute(conn)?;
    Ok(())
}

/// Forgets what counts no more.
pub fn prune(conn: &mut Connection, rule: &LockRule, now: DateTime<Utc>) -> QueryResult<usize> {
    let old = login_failure::table.filter(login_failure::failed_at.le(rule.counts_from(now).naive_utc()));
    diesel::delete(old).execute(conn)
}
