//! `order_stay`: one row for each time an order came into a state, with how long it stayed once it left.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shared_model::ids::OrderId;
use shared_model::server::database::{Connection, Prepare, StoreError, on_both};

use crate::order::state::OrderState;
use crate::schema::order_stay as table;

/// Seconds in a hundredth of an hour.
const CENTIHOUR: f64 = 36.0;

/// The order came into this state: its stay in the one before is over. Drafts and closed orders wait for nobody.
pub fn moved(conn: &mut Connection, order: OrderId, to: OrderState, now: DateTime<Utc>) -> Result<(), StoreError> {
    let now = seconds(now);
    // One at most, by the unique index.
    let open: Vec<(i64, String, f64)> = table::table
        .filter(table::order_id.eq(order.0))
        .filter(table::lasted_s.is_null())
        .select((table::id, table::state, table::entered_s))
        .load(conn)?;
    for (id, state, entered) in open {
        if state == to.code() {
            return Ok(());
        }
        let lasted = (now - entered).max(0.0);
        diesel::update(table::table.find(id))
            .set((table::lasted_s.eq(lasted), table::lasted_centihours.eq(centihours(lasted))))
            .returning(table::id)
            .prepared()
            .run(conn)?;
    }
    if to.is_open() {
        on_both!(conn, |c| diesel::insert_into(table::table)
            .values((table::order_id.eq(order.0), table::state.eq(to.code()), table::entered_s.eq(now)))
            .execute(c))?;
    }
    Ok(())
}

/// Since 1970, to the microsecond.
pub fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_micros() as f64 / 1_000_000.0
}

fn centihours(seconds: f64) -> i32 {
    // A float to an integer saturates: a stay of centuries is as long as can be told.
    (seconds / CENTIHOUR) as i32
}
