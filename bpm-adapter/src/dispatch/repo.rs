//! The only room that touches `dispatch`: which dispatch of an order came first, itself or its recall.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use shared_model::server::database::{Connection, on_both};

use crate::schema::dispatch;

/// One row of `dispatch`. Without a task the order took the dispatch back before it arrived.
#[derive(Clone, Debug, Queryable)]
pub struct DispatchRow {
    pub order_id: i64,
    pub attempt: i32,
    pub task_id: Option<String>,
    pub reason: String,
    pub at: NaiveDateTime,
}

/// Takes the place of this dispatch, for a task or (None) for its recall, unless it is taken: then answers by whom.
/// Another transaction that is about to take it is waited for.
pub fn take_place(
    conn: &mut Connection,
    order_id: i64,
    attempt: i32,
    task_id: Option<&str>,
    reason: &str,
    now: NaiveDateTime,
) -> QueryResult<Option<DispatchRow>> {
    let row = (
        dispatch::order_id.eq(order_id),
        dispatch::attempt.eq(attempt),
        dispatch::task_id.eq(task_id),
        dispatch::reason.eq(reason),
        dispatch::at.eq(now),
    );
    let taken =
        on_both!(conn, |c| { diesel::insert_into(dispatch::table).values(row).on_conflict_do_nothing().execute(c) })?;
    if taken == 1 { Ok(None) } else { dispatch::table.find((order_id, attempt)).first(conn).map(Some) }
}
