//! `hub_subscription`: who is told.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shared_model::ids::UserId;
use shared_model::server::database::{Connection, StoreError};

use crate::schema::hub_subscription;

/// A subscription as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Subscription {
    pub id: String,
    pub callback: String,
    pub query: Option<String>,
}

type Columns = (hub_subscription::id, hub_subscription::callback, hub_subscription::query);
const COLUMNS: Columns = (hub_subscription::id, hub_subscription::callback, hub_subscription::query);

pub fn insert(
    conn: &mut Connection,
    subscription: &Subscription,
    person: &UserId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(hub_subscription::table)
        .values((
            hub_subscription::id.eq(&subscription.id),
            hub_subscription::callback.eq(&subscription.callback),
            hub_subscription::query.eq(&subscription.query),
            hub_subscription::created_by.eq(person.as_str()),
            hub_subscription::created_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut Connection, id: &str) -> Result<Option<Subscription>, StoreError> {
    Ok(hub_subscription::table.find(id).select(COLUMNS).first(conn).optional()?)
}

pub fn list(conn: &mut Connection) -> Result<Vec<Subscription>, StoreError> {
    Ok(hub_subscription::table.order(hub_subscription::id).select(COLUMNS).load(conn)?)
}

pub fn count(conn: &mut Connection) -> Result<i64, StoreError> {
    Ok(hub_subscription::table.count().get_result(conn)?)
}

/// False when there is none of that id.
pub fn delete(conn: &mut Connection, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(hub_subscription::table.find(id)).execute(conn)? == 1)
}
