//! `saved_filter`: the filters people keep.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;
use shared_model::ids::UserId;
use shared_model::server::database::{Connection, StoreError};

use crate::order::row::{from_json, to_json};
use crate::saved_filter::list::SavedFilter;
use crate::saved_filter::rules::Kept;
use crate::schema::saved_filter as table;

/// A person's filters, by name.
pub fn list(conn: &mut Connection, user: &UserId) -> Result<Vec<SavedFilter>, StoreError> {
    let rows: Vec<(i64, String, String)> = table::table
        .filter(table::user_id.eq(user.as_str()))
        .order((table::name, table::id))
        .select((table::id, table::name, table::query))
        .load(conn)?;
    rows.into_iter().map(|(id, name, query)| Ok(SavedFilter { id, name, query: from_json::<Value>(&query)? })).collect()
}

pub fn count(conn: &mut Connection, user: &UserId) -> Result<i64, StoreError> {
    Ok(table::table.filter(table::user_id.eq(user.as_str())).count().get_result(conn)?)
}

/// Its id. A name that is taken runs into the unique index.
pub fn insert(conn: &mut Connection, user: &UserId, kept: &Kept, now: DateTime<Utc>) -> Result<i64, StoreError> {
    Ok(diesel::insert_into(table::table)
        .values((
            table::user_id.eq(user.as_str()),
            table::name.eq(&kept.name),
            table::query.eq(to_json(&kept.query)?),
            table::updated_at.eq(now.naive_utc()),
        ))
        .returning(table::id)
        .get_result(conn)?)
}

/// False when the person has no such filter.
pub fn update(
    conn: &mut Connection,
    (user, id): (&UserId, i64),
    kept: &Kept,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let own = table::table.filter(table::id.eq(id)).filter(table::user_id.eq(user.as_str()));
    let set =
        (table::name.eq(&kept.name), table::query.eq(to_json(&kept.query)?), table::updated_at.eq(now.naive_utc()));
    Ok(diesel::update(own).set(set).execute(conn)? == 1)
}

/// False when the person has no such filter.
pub fn delete(conn: &mut Connection, user: &UserId, id: i64) -> Result<bool, StoreError> {
    let own = table::table.filter(table::id.eq(id)).filter(table::user_id.eq(user.as_str()));
    Ok(diesel::delete(own).execute(conn)? == 1)
}
