//! Dead letters in the outbox: given up after the retry budget, or refused where nobody waits for the refusal.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use shared_model::page::PageRequest;
use shared_model::server::database::Connection;
use shared_model::server::outbox::schema::outbox;

use crate::dispatch::afterthought::{SINGLE_OUT, TAKE_BACK};
use crate::dispatch::hand_over::{HAND_OVER, NOTICE};
use crate::event::model::EventKind;
use crate::event::send::message_kind;

/// A dead letter as the outbox keeps it.
#[derive(Clone, Debug, Queryable)]
pub struct LetterRow {
    pub id: String,
    pub kind: String,
    pub destination: String,
    pub payload: String,
    pub state: String,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at: NaiveDateTime,
    pub settled_at: Option<NaiveDateTime>,
}

const COLUMNS: (
    outbox::id,
    outbox::kind,
    outbox::destination,
    outbox::payload,
    outbox::state,
    outbox::attempts,
    outbox::last_error,
    outbox::created_at,
    outbox::settled_at,
) = (
    outbox::id,
    outbox::kind,
    outbox::destination,
    outbox::payload,
    outbox::state,
    outbox::attempts,
    outbox::last_error,
    outbox::created_at,
    outbox::settled_at,
);

/// The kinds whose refusal is told to nobody but the operator.
fn unheard_kinds() -> [&'static str; 7] {
    [
        HAND_OVER,
        NOTICE,
        TAKE_BACK,
        SINGLE_OUT,
        message_kind(EventKind::Dispatched),
        message_kind(EventKind::Reassigned),
        message_kind(EventKind::ProductOrder),
    ]
}

/// The condition that makes a row a dead letter.
macro_rules! is_dead {
    () => {
        outbox::state.eq("dead").or(outbox::state.eq("refused").and(outbox::kind.eq_any(unheard_kinds())))
    };
}

/// One page, oldest first; and how many there are in all.
pub fn list(conn: &mut Connection, page: PageRequest) -> QueryResult<(Vec<LetterRow>, i64)> {
    let total = outbox::table.filter(is_dead!()).count().get_result(conn)?;
    let rows = outbox::table
        .filter(is_dead!())
        .order(outbox::seq)
        .offset(page.offset())
        .limit(page.size)
        .select(COLUMNS)
        .load(conn)?;
    Ok((rows, total))
}

pub fn find(conn: &mut Connection, id: &str) -> QueryResult<Option<LetterRow>> {
    outbox::table.filter(outbox::id.eq(id)).select(COLUMNS).first(conn).optional()
}

/// Puts a dead letter back in line with a fresh budget. False when it is not (or no longer) one.
pub fn apply_replay(conn: &mut Connection, id: &str, now: DateTime<Utc>) -> QueryResult<bool> {
    let changed = diesel::update(outbox::table.filter(outbox::id.eq(id)).filter(is_dead!()))
        .set((
            outbox::state.eq("pending"),
            outbox::attempts.eq(0),
            outbox::next_at.eq(now.naive_utc()),
            outbox::settled_at.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Gives one dead letter up for good. False when it is not (or no longer) one.
pub fn apply_discard(conn: &mut Connection, id: &str, at: NaiveDateTime) -> QueryResult<bool> {
    let changed = diesel::update(outbox::table.filter(outbox::id.eq(id)).filter(is_dead!()))
        .set((outbox::state.eq("cancelled"), outbox::settled_at.eq(Some(at))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Id and payload of the messages of an ordering key and kind that wait, or wait for a replay.
pub fn list_undelivered(conn: &mut Connection, ordering_key: &str, kind: &str) -> QueryResult<Vec<(String, String)>> {
    outbox::table
        .filter(outbox::ordering_key.eq(ordering_key))
        .filter(outbox::kind.eq(kind))
        .filter(outbox::state.eq("pending").or(is_dead!()))
        .select((outbox::id, outbox::payload))
        .load(conn)
}

/// Puts another payload into a message that was not delivered yet.
pub fn apply_payload(conn: &mut Connection, id: &str, payload: &str) -> QueryResult<()> {
    diesel::update(outbox::table.filter(outbox::id.eq(id))).set(outbox::payload.eq(payload)).execute(conn).map(drop)
}

/// Gives the dead letters of an ordering key up for good.
pub fn cancel(conn: &mut Connection, ordering_key: &str, at: NaiveDateTime) -> QueryResult<usize> {
    diesel::update(outbox::table.filter(outbox::ordering_key.eq(ordering_key)).filter(is_dead!()))
        .set((outbox::state.eq("cancelled"), outbox::settled_at.eq(Some(at))))
        .execute(conn)
}
