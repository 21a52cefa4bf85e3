//! `work_order_link`: orders that came out of one another.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use shared_model::ids::OrderId;
use shared_model::server::database::{Connection, StoreError};
use utoipa::ToSchema;

use crate::order::row::corrupt;
use crate::order::state::OrderState;
use crate::schema::{configure_list, work_order, work_order_link};

/// Another order, as one names it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LinkedOrder {
    pub id: OrderId,
    #[schema(examples("20260305-347411"))]
    pub code: String,
    pub status: OrderState,
}

/// The orders an order is linked to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Links {
    /// The one it was split off from.
    pub from: Option<LinkedOrder>,
    /// Those that were split off from it.
    pub into: Vec<LinkedOrder>,
}

/// Notes that `order` was split off from another.
pub fn insert(
    conn: &mut Connection,
    order: OrderId,
    split_from: OrderId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(work_order_link::table)
        .values((
            work_order_link::order_id.eq(order.0),
            work_order_link::split_from.eq(split_from.0),
            work_order_link::created_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The links of an order, in both directions.
pub fn list(conn: &mut Connection, order: OrderId) -> Result<Links, StoreError> {
    type Row = (i64, String, String);
    let from: Option<Row> = work_order_link::table
        .inner_join(work_order::table.on(work_order::id.eq(work_order_link::split_from)))
        .filter(work_order_link::order_id.eq(order.0))
        .select((work_order::id, work_order::code, work_order::status))
        .first(conn)
        .optional()?;
    let into: Vec<Row> = work_order_link::table
        .inner_join(work_order::table.on(work_order::id.eq(work_order_link::order_id)))
        .filter(work_order_link::split_from.eq(order.0))
        .order(work_order::id)
        .select((work_order::id, work_order::code, work_order::status))
        .load(conn)?;
    Ok(Links { from: from.map(linked).transpose()?, into: into.into_iter().map(linked).collect::<Result<_, _>>()? })
}

fn linked((id, code, status): (i64, String, String)) -> Result<LinkedOrder, StoreError> {
    let status = OrderState::from_code(&status).ok_or_else(|| corrupt("status", &status))?;
    Ok(LinkedOrder { id: OrderId(id), code, status })
}

/// The domains that went to the orders an order is linked to, unless they were withdrawn: in a sheet the orders have in
/// common, they are no rows of this one.
pub fn domains_elsewhere(conn: &mut Connection, order: OrderId) -> Result<HashSet<String>, StoreError> {
    let links = list(conn, order)?;
    let others = links.from.into_iter().chain(links.into);
    let ids: Vec<i64> = others.filter(|other| other.status != OrderState::Withdrawn).map(|other| other.id.0).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let domains: Vec<String> =
        configure_list::table.filter(configure_list::order_id.eq_any(ids)).select(configure_list::domain).load(conn)?;
    Ok(domains.into_iter().collect())
}
