//! `cancel_service_order`: the requests to cancel that were done.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::IntoBoxed;
use diesel::prelude::*;
use serde_json::{Map, Value};
use shared_model::ids::{OrderId, UserId};
use shared_model::local_time::from_stored;
use shared_model::server::database::{Connection, StoreError};

use crate::order::row::{from_json, to_json};
use crate::order::rules::Viewer;
use crate::schema::{cancel_service_order, work_order_participant as participant};
use crate::service_order::filter::Window;

/// A cancellation as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Cancellation {
    pub id: i64,
    pub order_id: OrderId,
    pub document: Map<String, Value>,
    pub created_at: DateTime<Utc>,
}

/// Which of them.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    pub ids: Option<Vec<i64>>,
    pub orders: Option<Vec<i64>>,
}

pub fn insert(
    conn: &mut Connection,
    order: OrderId,
    document: Map<String, Value>,
    person: &UserId,
    now: DateTime<Utc>,
) -> Result<Cancellation, StoreError> {
    let id = diesel::insert_into(cancel_service_order::table)
        .values((
            cancel_service_order::order_id.eq(order.0),
            cancel_service_order::document.eq(to_json(&document)?),
            cancel_service_order::reason.eq(document.get("cancellationReason").and_then(Value::as_str)),
            cancel_service_order::created_by.eq(person.as_str()),
            cancel_service_order::created_at.eq(now.naive_utc()),
        ))
        .returning(cancel_service_order::id)
        .get_result(conn)?;
    Ok(Cancellation { id, order_id: order, document, created_at: now })
}

type Backend = <Connection as diesel::Connection>::Backend;

/// Those of orders that the viewer may see.
fn visible<'a>(sought: &Sought, viewer: &Viewer) -> IntoBoxed<'a, cancel_service_order::table, Backend> {
    let mut query = cancel_service_order::table.into_boxed();
    if !viewer.sees_all() {
        let own = participant::table.filter(participant::user_id.eq(viewer.id.0.clone()));
        query = query.filter(cancel_service_order::order_id.eq_any(own.select(participant::order_id)));
    }
    if let Some(ids) = &sought.ids {
        query = query.filter(cancel_service_order::id.eq_any(ids.clone()));
    }
    if let Some(orders) = &sought.orders {
        query = query.filter(cancel_service_order::order_id.eq_any(orders.clone()));
    }
    query
}

/// One part of what the viewer may see, newest first, and how many there are in all.
pub fn list(
    conn: &mut Connection,
    sought: &Sought,
    viewer: &Viewer,
    window: Window,
) -> Result<(Vec<Cancellation>, i64), StoreError> {
    let total = visible(sought, viewer).count().get_result(conn)?;
    let rows: Vec<(i64, i64, String, NaiveDateTime)> = visible(sought, viewer)
        .order(cancel_service_order::id.desc())
        .offset(window.offset)
        .limit(window.limit)
        .select((
            cancel_service_order::id,
            cancel_service_order::order_id,
            cancel_service_order::document,
            cancel_service_order::created_at,
        ))
        .load(conn)?;
    let read = |(id, order, document, at): (i64, i64, String, NaiveDateTime)| {
        let document = from_json(&document)?;
        Ok(Cancellation { id, order_id: OrderId(order), document, created_at: from_stored(at) })
    };
    Ok((rows.into_iter().map(read).collect::<Result<_, StoreError>>()?, total))
}
