//! `order_urge`: when an order was urged, and by whom.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use shared_model::ids::{OrderId, UserId};
use shared_model::local_time::from_stored;
use shared_model::server::database::{Connection, StoreError};

use crate::schema::order_urge as table;

/// When it was urged last.
pub fn last(conn: &mut Connection, order: OrderId) -> Result<Option<DateTime<Utc>>, StoreError> {
    let at: Option<NaiveDateTime> =
        table::table.filter(table::order_id.eq(order.0)).select(max(table::urged_at)).first(conn)?;
    Ok(at.map(from_stored))
}

pub fn insert(conn: &mut Connection, order: OrderId, by: &UserId, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::insert_into(table::table)
        .values((table::order_id.eq(order.0), table::urged_at.eq(now.naive_utc()), table::user_id.eq(by.as_str())))
        .execute(conn)?;
    Ok(())
}
