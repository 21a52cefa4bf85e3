//! `approval_substitute`: one row for each person who named a substitute.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use shared_model::ids::UserId;
use shared_model::local_time::from_stored;
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::schema::approval_substitute as table;
use crate::substitute::rules::Substitution;

type Columns = (String, String, NaiveDateTime, NaiveDateTime);

pub fn find(conn: &mut Connection, user: &UserId) -> Result<Option<Substitution>, StoreError> {
    let row: Option<Columns> = table::table
        .find(user.as_str())
        .select((table::user_id, table::to_user_id, table::starts_at, table::ends_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(user, to, starts_at, ends_at)| Substitution {
        user: UserId(user),
        to: UserId(to),
        starts_at: from_stored(starts_at),
        ends_at: from_stored(ends_at),
    }))
}

/// In place of whatever the person had named before.
pub fn put(conn: &mut Connection, substitution: &Substitution, now: DateTime<Utc>) -> Result<(), StoreError> {
    let values = (
        table::to_user_id.eq(substitution.to.as_str()),
        table::starts_at.eq(substitution.starts_at.naive_utc()),
        table::ends_at.eq(substitution.ends_at.naive_utc()),
        table::updated_at.eq(now.naive_utc()),
    );
    on_both!(conn, |c| diesel::insert_into(table::table)
        .values((table::user_id.eq(substitution.user.as_str()), values))
        .on_conflict(table::user_id)
        .do_update()
        .set(values)
        .execute(c))?;
    Ok(())
}

/// False when there was none.
pub fn delete(conn: &mut Connection, user: &UserId) -> Result<bool, StoreError> {
    Ok(diesel::delete(table::table.find(user.as_str())).execute(conn)? > 0)
}

/// Whom a person stands in for now.
pub fn list_absent(conn: &mut Connection, to: &UserId, now: DateTime<Utc>) -> Result<Vec<UserId>, StoreError> {
    let at = now.naive_utc();
    let ids: Vec<String> = table::table
        .filter(table::to_user_id.eq(to.as_str()))
        .filter(table::starts_at.le(at))
        .filter(table::ends_at.gt(at))
        .order(table::user_id)
        .select(table::user_id)
        .load(conn)?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Who stands in for a person now.
pub fn find_standing_in(
    conn: &mut Connection,
    user: &UserId,
    now: DateTime<Utc>,
) -> Result<Option<UserId>, StoreError> {
    Ok(find(conn, user)?.filter(|found| found.is_in_force(now)).map(|found| found.to))
}
