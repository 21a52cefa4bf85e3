//! The table of reminders.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_model::on_both;
use shared_model::page::PageRequest;
use shared_model::server::database::Connection;

use crate::certification::CertificationRow;
use crate::certification::period::days_after;
use crate::schema::{certification, certification_reminder};

/// A reminder as it is stored.
#[derive(Clone, Debug, Queryable)]
pub struct ReminderRow {
    pub id: i64,
    pub certification_id: i64,
    pub owner_id: String,
    pub days_before: i32,
    pub valid_until: NaiveDateTime,
    pub reminded_at: NaiveDateTime,
}

/// The certifications that hold and end within so many days, soonest first.
pub fn list_ending(conn: &mut Connection, within_days: i32, now: NaiveDateTime) -> QueryResult<Vec<CertificationRow>> {
    certification::table
        .filter(certification::deleted_at.is_null())
        .filter(certification::status.eq("passed"))
        .filter(certification::revoked_at.is_null())
        .filter(certification::superseded_at.is_null())
        .filter(certification::valid_until.ge(now))
        .filter(certification::valid_until.le(days_after(now, within_days)))
        .order((certification::valid_until, certification::id))
        .load(conn)
}

/// Which reminders these certifications have had.
pub fn list_made(conn: &mut Connection, certifications: Vec<i64>) -> QueryResult<Vec<(i64, i32)>> {
    certification_reminder::table
        .filter(certification_reminder::certification_id.eq_any(certifications))
        .select((certification_reminder::certification_id, certification_reminder::days_before))
        .load(conn)
}

/// Keeps a reminder, unless another replica just did.
pub fn insert(conn: &mut Connection, row: &CertificationRow, days: i32, now: NaiveDateTime) -> QueryResult<usize> {
    let Some(valid_until) = row.valid_until else { return Ok(0) };
    let values = (
        certification_reminder::certification_id.eq(row.id),
        certification_reminder::owner_id.eq(&row.owner_id),
        certification_reminder::days_before.eq(days),
        certification_reminder::valid_until.eq(valid_until),
        certification_reminder::reminded_at.eq(now),
    );
    on_both!(conn, |c| {
        diesel::insert_into(certification_reminder::table).values(values).on_conflict_do_nothing().execute(c)
    })
}

/// One page of somebody's reminders, newest first, and how many there are.
pub fn page(conn: &mut Connection, owner: &str, page: PageRequest) -> QueryResult<(Vec<ReminderRow>, i64)> {
    let own = certification_reminder::table.filter(certification_reminder::owner_id.eq(owner));
    let total = own.count().get_result(conn)?;
    let rows = own.order(certification_reminder::id.desc()).limit(page.size).offset(page.offset()).load(conn)?;
    Ok((rows, total))
}
