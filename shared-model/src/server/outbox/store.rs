//! The outbox table.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::Value;
use uuid::Uuid;

use super::schema::outbox;
use crate::local_time;
use crate::server::database::{Connection, Prepare};

/// The states a message stays in until somebody looks at it.
const STUCK: [&str; 2] = ["dead", "refused"];

/// An effect to be delivered.
#[derive(Clone, Debug)]
pub struct NewMessage {
    pub kind: &'static str,
    pub destination: &'static str,
    /// Messages of one key are delivered strictly one after another.
    pub ordering_key: Option<String>,
    /// What makes the receiver act once.
    pub idempotency_key: String,
    pub payload: Value,
}

/// An effect as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub id: String,
    pub kind: String,
    pub destination: String,
    pub ordering_key: Option<String>,
    pub idempotency_key: String,
    pub payload: Value,
    pub state: String,
    /// Tries so far, the running one included.
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct MessageRow {
    id: String,
    kind: String,
    destination: String,
    ordering_key: Option<String>,
    idempotency_key: String,
    payload: String,
    state: String,
    attempts: i32,
    last_error: Option<String>,
    created_at: NaiveDateTime,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        let payload = serde_json::from_str(&row.payload).unwrap_or_else(|error| {
            tracing::error!(%error, id = row.id, "a message's payload is not JSON");
            Value::Null
        });
        Self {
            id: row.id,
            kind: row.kind,
            destination: row.destination,
            ordering_key: row.ordering_key,
            idempotency_key: row.idempotency_key,
            payload,
            state: row.state,
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: local_time::from_stored(row.created_at),
        }
    }
}

/// Writes a message beside the change it belongs to; nudge the dispatcher after the commit. Returns its id.
pub fn enqueue(conn: &mut Connection, message: &NewMessage, now: DateTime<Utc>) -> QueryResult<String> {
    enqueue_at(conn, message, now, now)
}

/// [`enqueue`], to be delivered no earlier than `due`.
pub fn enqueue_at(
    conn: &mut Connection,
    message: &NewMessage,
    due: DateTime<Utc>,
    now: DateTime<Utc>,
) -> QueryResult<String> {
    let id = Uuid::now_v7().to_string();
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(&id),
            outbox::kind.eq(message.kind),
            outbox::destination.eq(message.destination),
            outbox::ordering_key.eq(&message.ordering_key),
            outbox::idempotency_key.eq(&message.idempotency_key),
            outbox::payload.eq(message.payload.to_string()),
            outbox::next_at.eq(due.naive_utc()),
            outbox::created_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(id)
}

/// One message by its id.
pub fn find(conn: &mut Connection, id: &str) -> QueryResult<Option<Message>> {
    let row = outbox::table.filter(outbox::id.eq(id)).select(MessageRow::as_select()).first(conn).optional()?;
    Ok(row.map(Message::from))
}

/// Dead letters, oldest first, and how many there are.
pub fn list_dead(conn: &mut Connection, offset: i64, limit: i64) -> QueryResult<(Vec<Message>, i64)> {
    let dead = outbox::table.filter(outbox::state.eq("dead"));
    let total = dead.count().get_result(conn)?;
    let rows: Vec<MessageRow> =
        dead.order(outbox::seq).offset(offset).limit(limit).select(MessageRow::as_select()).load(conn)?;
    Ok((rows.into_iter().map(Message::from).collect(), total))
}

/// What its receiver refused or never took, oldest first, and how much of it there is.
pub fn list_stuck(conn: &mut Connection, offset: i64, limit: i64) -> QueryResult<(Vec<Message>, i64)> {
    let stuck = || outbox::table.filter(outbox::state.eq_any(STUCK));
    let total = stuck().count().get_result(conn)?;
    let rows: Vec<MessageRow> =
        stuck().order(outbox::seq).offset(offset).limit(limit).select(MessageRow::as_select()).load(conn)?;
    Ok((rows.into_iter().map(Message::from).collect(), total))
}

/// What still waits under an ordering key, in order.
pub fn list_pending_of(conn: &mut Connection, ordering_key: &str) -> QueryResult<Vec<Message>> {
    let rows: Vec<MessageRow> = outbox::table
        .filter(outbox::ordering_key.eq(ordering_key))
        .filter(outbox::state.eq("pending"))
        .order(outbox::seq)
        .select(MessageRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Message::from).collect())
}

/// Puts what was refused or given up back in line with a fresh budget. False when it is not (or no longer) that.
pub fn replay(conn: &mut Connection, id: &str, now: DateTime<Utc>) -> QueryResult<bool> {
    let changed = diesel::update(outbox::table.filter(outbox::id.eq(id)).filter(outbox::state.eq_any(STUCK)))
        .set((
            outbox::state.eq("pending"),
            outbox::attempts.eq(0),
            outbox::next_at.eq(now.naive_utc()),
            outbox::settled_at.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Gives a message up for good that was refused or given up. False when it was not.
pub fn cancel_dead(conn: &mut Connection, id: &str, now: DateTime<Utc>) -> QueryResult<bool> {
    let changed = diesel::update(outbox::table.filter(outbox::id.eq(id)).filter(outbox::state.eq_any(STUCK)))
        .set((outbox::state.eq("cancelled"), outbox::settled_at.eq(now.naive_utc())))
        .execute(conn)?;
    Ok(changed == 1)
}

diesel::alias!(outbox as earlier: EarlierOutbox);

/// Messages that may be delivered now: due, unclaimed, and first of their ordering key.
macro_rules! due {
    ($now:expr) => {
        outbox::table
            .filter(outbox::state.eq("pending"))
            .filter(outbox::next_at.le($now))
            .filter(outbox::lease_until.is_null().or(outbox::lease_until.lt($now)))
            .filter(
                outbox::ordering_key.is_null().or(not(exists(
                    earlier
                        .filter(earlier.field(outbox::ordering_key).eq(outbox::ordering_key))
                        .filter(earlier.field(outbox::state).eq("pending"))
                        .filter(earlier.field(outbox::seq).lt(outbox::seq)),
                ))),
            )
            .order(outbox::seq)
            .select(outbox::seq)
    };
}

/// Whether a claim would find anything for a destination that is not `shut`. Cheap: no write.
pub(super) fn any_due(conn: &mut Connection, shut: &[String], now: DateTime<Utc>) -> QueryResult<bool> {
    let at = now.naive_utc();
    Ok(due!(at).filter(outbox::destination.ne_all(shut)).first::<i64>(conn).optional()?.is_some())
}

/// Claims up to `limit` messages for destinations that are not `shut` under a lease. On PostgreSQL rows another replica is claiming are skipped.
pub(super) fn claim(
    conn: &mut Connection,
    owner: &str,
    shut: &[String],
    lease: Duration,
    limit: i64,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Message>> {
    let at = now.naive_utc();
    let seqs: Vec<i64> = match conn {
        Connection::Postgres(conn) => {
            due!(at).filter(outbox::destination.ne_all(shut)).limit(limit).for_update().skip_locked().load(conn)?
        }
        Connection::Sqlite(conn) => due!(at).filter(outbox::destination.ne_all(shut)).limit(limit).load(conn)?,
    };
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    let until = at + chrono::Duration::from_std(lease).unwrap_or(chrono::Duration::seconds(5));
    diesel::update(outbox::table.filter(outbox::seq.eq_any(&seqs)))
        .set((outbox::lease_owner.eq(owner), outbox::lease_until.eq(until), outbox::attempts.eq(outbox::attempts + 1)))
        .returning(outbox::seq)
        .prepared_for(seqs.len())
        .run(conn)?;
    let rows: Vec<MessageRow> = outbox::table
        .filter(outbox::seq.eq_any(&seqs))
        .order(outbox::seq)
        .select(MessageRow::as_select())
        .prepared_for(seqs.len())
        .load(conn)?;
    Ok(rows.into_iter().map(Message::from).collect())
}

/// Claims one pending message by its id for a delivery within the request that made it. False when another has it, or
/// when an earlier one of its ordering key still waits.
pub(super) fn claim_one(
    conn: &mut Connection,
    id: &str,
    owner: &str,
    lease: Duration,
    now: DateTime<Utc>,
) -> QueryResult<Option<Message>> {
    let at = now.naive_utc();
    let seq: Option<i64> = match conn {
        Connection::Postgres(conn) => {
            due!(at).filter(outbox::id.eq(id)).for_update().skip_locked().first(conn).optional()?
        }
        Connection::Sqlite(conn) => due!(at).filter(outbox::id.eq(id)).first(conn).optional()?,
    };
    let Some(seq) = seq else { return Ok(None) };
    let until = at + chrono::Duration::from_std(lease).unwrap_or(chrono::Duration::seconds(5));
    diesel::update(outbox::table.find(seq))
        .set((outbox::lease_owner.eq(owner), outbox::lease_until.eq(until), outbox::attempts.eq(outbox::attempts + 1)))
        .returning(outbox::seq)
        .prepared()
        .run(conn)?;
    find(conn, id)
}

/// How a delivery is written down.
pub(super) struct Mark<'a> {
    pub state: &'static str,
    pub error: Option<&'a str>,
    /// When to try again, for `pending`.
    pub next_at: Option<DateTime<Utc>>,
}

/// Writes a delivery's end down, if the lease is still ours. False: another took the message over.
pub(super) fn mark(
    conn: &mut Connection,
    id: &str,
    owner: &str,
    mark: &Mark<'_>,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let settled = (mark.state != "pending").then(|| now.naive_utc());
    let next_at = mark.next_at.unwrap_or(now).naive_utc();
    let ours = outbox::table
        .filter(outbox::id.eq(id))
        .filter(outbox::state.eq("pending"))
        .filter(outbox::lease_owner.eq(owner));
    let changed = diesel::update(ours)
        .set((
            outbox::state.eq(mark.state),
            outbox::last_error.eq(mark.error),
            outbox::next_at.eq(next_at),
            outbox::settled_at.eq(settled),
            outbox::lease_owner.eq(None::<String>),
            outbox::lease_until.eq(None::<NaiveDateTime>),
        ))
        .returning(outbox::seq)
        .prepared()
        .run(conn)?;
    Ok(changed == 1)
}

/// Gives leases back: of one owner when it stops, of everybody when the database has only one user that just started.
pub(super) fn release(conn: &mut Connection, owner: Option<&str>) -> QueryResult<usize> {
    let set = (outbox::lease_owner.eq(None::<String>), outbox::lease_until.eq(None::<NaiveDateTime>));
    let leased = outbox::table.filter(outbox::state.eq("pending")).filter(outbox::lease_owner.is_not_null());
    match owner {
        Some(owner) => diesel::update(leased.filter(outbox::lease_owner.eq(owner))).set(set).execute(conn),
        None => diesel::update(leased).set(set).execute(conn),
    }
}

/// Deletes up to `limit` messages that were delivered before this time, the oldest first, and says how many. What was
/// refused, given up or cancelled stays.
pub(super) fn purge_delivered(conn: &mut Connection, before: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    // Written out, not bound: so both databases know at once that the index of delivered messages serves.
    let delivered = sql::<Bool>("state = 'delivered'");
    let seqs: Vec<i64> = outbox::table
        .filter(delivered)
        .filter(outbox::settled_at.lt(before.naive_utc()))
        .order(outbox::settled_at)
        .limit(limit)
        .select(outbox::seq)
        .load(conn)?;
    if seqs.is_empty() {
        return Ok(0);
    }
    diesel::delete(outbox::table.filter(outbox::seq.eq_any(&seqs))).execute(conn)
}
