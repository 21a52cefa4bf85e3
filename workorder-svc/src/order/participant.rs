//! Who takes part in an order, and so may see it.

use diesel::prelude::*;
use shared_model::ids::{OrderId, UserId};
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::schema::work_order_participant as participant;

pub fn list(conn: &mut Connection, order: OrderId) -> Result<Vec<UserId>, StoreError> {
    let ids: Vec<String> = participant::table
        .filter(participant::order_id.eq(order.0))
        .order(participant::user_id)
        .select(participant::user_id)
        .load(conn)?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Notes that a person takes part. `acted`: they did something to the order, not only were handed it.
pub fn add(conn: &mut Connection, order: OrderId, user: &UserId, acted: bool) -> Result<(), StoreError> {
    let row = (participant::order_id.eq(order.0), participant::user_id.eq(user.as_str()), participant::acted.eq(acted));
    let added =
        on_both!(conn, |c| diesel::insert_into(participant::table).values(row).on_conflict_do_nothing().execute(c))?;
    if added == 0 && acted {
        diesel::update(participant::table.find((order.0, user.as_str())))
            .set(participant::acted.eq(true))
            .execute(conn)?;
    }
    Ok(())
}

/// Whether a person takes part in an order.
pub fn takes_part(conn: &mut Connection, order: OrderId, user: &UserId) -> Result<bool, StoreError> {
    let count: i64 = participant::table.find((order.0, user.as_str())).count().get_result(conn)?;
    Ok(count > 0)
}
