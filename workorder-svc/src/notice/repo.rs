//! `notice`: the inboxes.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use shared_model::ids::UserId;
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::notice::tell::Notice;
use crate::order::row::to_json;
use crate::schema::notice;

#[derive(Insertable)]
#[diesel(table_name = notice, treat_none_as_default_value = false)]
struct NewNotice<'a> {
    user_id: &'a str,
    kind: &'static str,
    order_id: Option<i64>,
    facts: &'a str,
    created_at: NaiveDateTime,
}

/// A row in the inbox of everybody it is for.
pub fn insert(conn: &mut Connection, told: &Notice, now: DateTime<Utc>) -> Result<(), StoreError> {
    if told.to.is_empty() {
        return Ok(());
    }
    let facts = to_json(&told.facts)?;
    let row = |user| NewNotice {
        user_id: user,
        kind: told.kind.code(),
        order_id: told.order.map(|order| order.0),
        facts: &facts,
        created_at: now.naive_utc(),
    };
    let rows: Vec<NewNotice<'_>> = told.to.iter().map(UserId::as_str).map(row).collect();
    on_both!(conn, |c| diesel::insert_into(notice::table).values(&rows).execute(c))?;
    Ok(())
}
