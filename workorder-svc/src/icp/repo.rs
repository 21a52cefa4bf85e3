//! `icp_check`: the checks that are due, held under a lease by the process that runs them.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use shared_model::ids::OrderId;
use shared_model::local_time::from_stored;
use shared_model::server::database::{Connection, Prepare, StoreError};

use crate::schema::icp_check;

/// A check that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    pub order: OrderId,
    pub started_at: DateTime<Utc>,
    /// Rounds so far.
    pub tries: i32,
}

/// Starts the check of an order, due at once. None stands: whatever ended the last one has ended its row too.
pub fn start(conn: &mut Connection, order: OrderId, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::insert_into(icp_check::table)
        .values((
            icp_check::order_id.eq(order.0),
            icp_check::started_at.eq(now.naive_utc()),
            icp_check::tries.eq(0),
            icp_check::next_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Nothing is left to check.
pub fn end(conn: &mut Connection, order: OrderId) -> Result<(), StoreError> {
    diesel::delete(icp_check::table.find(order.0)).execute(conn)?;
    Ok(())
}

/// Checks that are due and that nobody holds.
macro_rules! due {
    ($now:expr) => {
        icp_check::table
            .filter(icp_check::next_at.le($now))
            .filter(icp_check::lease_until.is_null().or(icp_check::lease_until.lt($now)))
            .order(icp_check::next_at)
            .select((icp_check::order_id, icp_check::started_at, icp_check::tries))
    };
}

/// Whether a claim would find anything. Cheap: no write.
pub fn any_due(conn: &mut Connection, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let found: Option<(i64, chrono::NaiveDateTime, i32)> = due!(now.naive_utc()).first(conn).optional()?;
    Ok(found.is_some())
}

/// Takes checks under a lease: a dead process's checks are free again when it has run out.
pub fn claim(
    conn: &mut Connection,
    owner: &str,
    lease: TimeDelta,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Check>, StoreError> {
    let at = now.naive_utc();
    let rows: Vec<(i64, chrono::NaiveDateTime, i32)> = match conn {
        Connection::Postgres(pg) => due!(at).limit(limit).for_update().skip_locked().load(pg)?,
        Connection::Sqlite(sqlite) => due!(at).limit(limit).load(sqlite)?,
    };
    let ids: Vec<i64> = rows.iter().map(|(id, ..)| *id).collect();
    diesel::update(icp_check::table.filter(icp_check::order_id.eq_any(&ids)))
        .set((icp_check::lease_owner.eq(owner), icp_check::lease_until.eq((now + lease).naive_utc())))
        .returning(icp_check::order_id)
        .prepared_for(ids.len())
        .run(conn)?;
    let check = |(id, started_at, tries)| Check { order: OrderId(id), started_at: from_stored(started_at), tries };
    Ok(rows.into_iter().map(check).collect())
}

/// The check as this owner still holds it; None when it ended, was started anew, or is another's by now.
pub fn still_held(conn: &mut Connection, check: &Check, owner: &str) -> Result<bool, StoreError> {
    let count: i64 = icp_check::table
        .find(check.order.0)
        .filter(icp_check::lease_owner.eq(owner))
        .filter(icp_check::started_at.eq(check.started_at.naive_utc()))
        .filter(icp_check::tries.eq(check.tries))
        .count()
        .get_result(conn)?;
    Ok(count == 1)
}

/// One round more is done; asked again at `at`.
pub fn retry(conn: &mut Connection, check: &Check, at: DateTime<Utc>) -> Result<(), StoreError> {
    put_back(conn, check.order, check.tries + 1, at)
}

/// A part of a round is done; the rest follows after whatever is due by now, so that no order keeps the others waiting.
pub fn go_on(conn: &mut Connection, check: &Check, now: DateTime<Utc>) -> Result<(), StoreError> {
    put_back(conn, check.order, check.tries, now)
}

fn put_back(conn: &mut Connection, order: OrderId, tries: i32, next_at: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(icp_check::table.find(order.0))
        .set((
            icp_check::tries.eq(tries),
            icp_check::next_at.eq(next_at.naive_utc()),
            icp_check::lease_owner.eq(None::<String>),
            icp_check::lease_until.eq(None::<chrono::NaiveDateTime>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives leases back: of one owner when it stops, of everybody when the database has one user that has just started.
pub fn release(conn: &mut Connection, owner: Option<&str>) -> Result<(), StoreError> {
    let free = (icp_check::lease_owner.eq(None::<String>), icp_check::lease_until.eq(None::<chrono::NaiveDateTime>));
    match owner {
        Some(owner) => {
            diesel::update(icp_check::table.filter(icp_check::lease_owner.eq(owner))).set(free).execute(conn)?
        }
        None => diesel::update(icp_check::table).set(free).execute(conn)?,
    };
    Ok(())
}
