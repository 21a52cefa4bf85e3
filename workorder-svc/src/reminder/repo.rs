//! `order_reminder`: when the holder of each order is reminded next.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use shared_model::ids::OrderId;
use shared_model::local_time::from_stored;
use shared_model::server::database::{Connection, Prepare, StoreError, on_both};

use crate::order::model::Order;
use crate::reminder::rules::nearly;
use crate::schema::order_reminder as table;

/// The time of a new holder begins; None where none is limited.
pub fn schedule(conn: &mut Connection, order: &Order, due_at: Option<NaiveDateTime>) -> Result<(), StoreError> {
    let Some(due_at) = due_at else {
        diesel::delete(table::table.find(order.id.0)).execute(conn)?;
        return Ok(());
    };
    let remind_at = nearly(order.since, from_stored(due_at)).naive_utc();
    let times = (table::due_at.eq(due_at), table::remind_at.eq(remind_at));
    on_both!(conn, |c| diesel::insert_into(table::table)
        .values((table::order_id.eq(order.id.0), times))
        .on_conflict(table::order_id)
        .do_update()
        .set(times)
        .returning(table::order_id)
        .prepared()
        .load::<i64>(c))?;
    Ok(())
}

/// A reminder that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    pub order: OrderId,
    pub due_at: DateTime<Utc>,
    remind_at: NaiveDateTime,
}

/// Those that are due, the oldest first.
pub fn list_due(conn: &mut Connection, now: DateTime<Utc>, limit: i64) -> Result<Vec<Reminder>, StoreError> {
    let rows: Vec<(i64, NaiveDateTime, Option<NaiveDateTime>)> = table::table
        .filter(table::remind_at.le(now.naive_utc()))
        .order(table::remind_at)
        .limit(limit)
        .select((table::order_id, table::due_at, table::remind_at))
        .load(conn)?;
    let reminder = |(order, due_at, remind_at): (i64, NaiveDateTime, Option<NaiveDateTime>)| {
        Some(Reminder { order: OrderId(order), due_at: from_stored(due_at), remind_at: remind_at? })
    };
    Ok(rows.into_iter().filter_map(reminder).collect())
}

/// Takes a reminder, and notes when the next is. False when somebody else has, or the order has moved on meanwhile.
pub fn take(conn: &mut Connection, taken: Reminder, next: Option<DateTime<Utc>>) -> Result<bool, StoreError> {
    let standing = table::table
        .filter(table::order_id.eq(taken.order.0))
        .filter(table::due_at.eq(taken.due_at.naive_utc()))
        .filter(table::remind_at.eq(taken.remind_at));
    let next = next.map(|next| next.naive_utc());
    Ok(diesel::update(standing).set(table::remind_at.eq(next)).execute(conn)? == 1)
}
