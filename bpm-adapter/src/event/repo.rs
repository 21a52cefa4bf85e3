//! The only room that touches `event`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use shared_model::server::database::Connection;

use super::model::{EventRow, EventState, NewEvent};
use super::rules::Unsettled;
use super::send::BILLING;
use crate::schema::event;

pub fn insert(conn: &mut Connection, new: &NewEvent<'_>) -> QueryResult<()> {
    diesel::insert_into(event::table).values(new).execute(conn).map(drop)
}

pub fn find(conn: &mut Connection, id: &str) -> QueryResult<Option<EventRow>> {
    event::table.find(id).first(conn).optional()
}

pub fn find_by_source(conn: &mut Connection, source: &str, event_id: &str) -> QueryResult<Option<EventRow>> {
    event::table.filter(event::source.eq(source)).filter(event::event_id.eq(event_id)).first(conn).optional()
}

/// What billing sent under this `webhook-id`. The engine names its messages by itself, so its ids say nothing here.
pub fn find_of_billing(conn: &mut Connection, webhook_id: &str) -> QueryResult<Option<EventRow>> {
    event::table.filter(event::webhook_id.eq(webhook_id)).filter(event::source.eq(BILLING)).first(conn).optional()
}

/// What the engine sent under this `webhook-id`, of whichever task: the first, should there be several.
pub fn find_of_engine(conn: &mut Connection, webhook_id: &str) -> QueryResult<Option<EventRow>> {
    event::table
        .filter(event::webhook_id.eq(webhook_id))
        .filter(event::source.ne(BILLING))
        .order(event::id)
        .first(conn)
        .optional()
}

/// The latest event sent under an idempotency key of its caller.
pub fn find_by_ticket(conn: &mut Connection, ticket: &str) -> QueryResult<Option<EventRow>> {
    event::table.filter(event::ticket.eq(ticket)).order(event::id.desc()).first(conn).optional()
}

pub fn find_by_outbox(conn: &mut Connection, outbox_id: &str) -> QueryResult<Option<EventRow>> {
    event::table.filter(event::outbox_id.eq(outbox_id)).first(conn).optional()
}

/// The events of a task in one of these states, oldest first.
pub fn list_of_task(conn: &mut Connection, task_id: &str, states: &[EventState]) -> QueryResult<Vec<EventRow>> {
    let codes: Vec<&str> = states.iter().map(|state| state.code()).collect();
    event::table
        .filter(event::task_id.eq(task_id))
        .filter(event::state.eq_any(codes))
        .order((event::created_at, event::id))
        .load(conn)
}

pub fn list_unsettled(conn: &mut Connection, task_id: &str) -> QueryResult<Vec<Unsettled>> {
    let rows = list_of_task(conn, task_id, &EventState::UNSETTLED)?;
    Ok(rows.into_iter().map(|row| Unsettled { kind: row.kind, dead: row.state == EventState::Dead }).collect())
}

/// Notes that the event went into the outbox (again).
pub fn apply_sent(conn: &mut Connection, id: &str, outbox_id: &str) -> QueryResult<()> {
    diesel::update(event::table.find(id))
        .set((
            event::state.eq(EventState::Pending.code()),
            event::outbox_id.eq(Some(outbox_id)),
            event::code.eq(None::<String>),
            event::detail.eq(None::<String>),
            event::settled_at.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)
        .map(drop)
}

/// Puts a fresh body under an event that was refused before: its sender says it again.
pub fn apply_said_again(conn: &mut Connection, id: &str, body: &str, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(event::table.find(id))
        .set((event::body.eq(body), event::attempts.eq(0), event::created_at.eq(now)))
        .execute(conn)
        .map(drop)
}

/// One more try that reached nobody.
pub fn apply_failed_try(conn: &mut Connection, id: &str, detail: &str) -> QueryResult<()> {
    diesel::update(event::table.find(id))
        .set((event::attempts.eq(event::attempts + 1), event::detail.eq(Some(detail))))
        .execute(conn)
        .map(drop)
}

/// The end of its way, with the order service's own code when it refused.
pub fn apply_settled(
    conn: &mut Connection,
    id: &str,
    state: EventState,
    refusal: Option<(&str, &str)>,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(event::table.find(id))
        .set((
            event::state.eq(state.code()),
            event::code.eq(refusal.map(|(code, _)| code)),
            event::detail.eq(refusal.map(|(_, detail)| detail)),
            event::settled_at.eq(Some(now)),
        ))
        .execute(conn)
        .map(drop)
}
