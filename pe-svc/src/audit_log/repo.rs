//! The tables of the audit log. Lines are only ever appended, at the end of the transaction that they report.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use shared_model::server::database::Connection;

use super::Entry;
use super::chain::{self, Follower, Line};
use crate::schema::{audit_chain, audit_log};

/// The one row that says where the chain ends.
const HEAD: i32 = 1;
/// How many lines a check reads at a time.
const STRIDE: i64 = 1000;

#[derive(Debug, Queryable)]
pub(super) struct LineRow {
    pub(super) id: i64,
    pub(super) at: NaiveDateTime,
    pub(super) actor_id: String,
    pub(super) actor_name: String,
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) record_id: Option<String>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    previous_hash: String,
    hash: String,
}

/// Appends one line. To be the last statement but the commit: on PostgreSQL it holds the chain's head until then.
pub fn append(conn: &mut Connection, entry: &Entry, now: DateTime<Utc>) -> QueryResult<()> {
    // Writing to the head first makes simultaneous transactions queue for their place.
    diesel::update(audit_chain::table.find(HEAD)).set(audit_chain::length.eq(audit_chain::length + 1)).execute(conn)?;
    let (id, previous): (i64, String) =
        audit_chain::table.find(HEAD).select((audit_chain::length, audit_chain::hash)).first(conn)?;
    let line = Line {
        id,
        at: now.naive_utc(),
        actor_id: entry.actor_id.clone(),
        actor_name: entry.actor_name.clone(),
        action: entry.action.code().to_owned(),
        resource: entry.resource.to_owned(),
        record_id: entry.record_id.clone(),
        before: entry.before.as_ref().map(ToString::to_string),
        after: entry.after.as_ref().map(ToString::to_string),
    };
    let hash = chain::hash(&previous, &line);
    insert(conn, &line, &previous, &hash)?;
    diesel::update(audit_chain::table.find(HEAD)).set(audit_chain::hash.eq(&hash)).execute(conn)?;
    Ok(())
}

fn insert(conn: &mut Connection, line: &Line, previous: &str, hash: &str) -> QueryResult<usize> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(line.id),
            audit_log::at.eq(line.at),
            audit_log::actor_id.eq(&line.actor_id),
            audit_log::actor_name.eq(&line.actor_name),
            audit_log::action.eq(&line.action),
            audit_log::resource.eq(&line.resource),
            audit_log::record_id.eq(line.record_id.as_deref()),
            audit_log::before.eq(line.before.as_deref()),
            audit_log::after.eq(line.after.as_deref()),
            audit_log::previous_hash.eq(previous),
            audit_log::hash.eq(hash),
        ))
        .execute(conn)
}

/// Where the chain breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlteredLine {
    /// The first line that is not what was written; one past the last when lines were cut off the end.
    pub id: i64,
}

/// Follows the whole chain and names the first line that was altered, slipped in or taken out. None: unbroken.
pub fn first_altered(conn: &mut Connection) -> QueryResult<Option<AlteredLine>> {
    let mut follower = Follower::default();
    loop {
        let (last, _) = follower.end();
        let rows: Vec<LineRow> =
            audit_log::table.filter(audit_log::id.gt(last)).order(audit_log::id).limit(STRIDE).load(conn)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let expected = follower.end().0 + 1;
            let (previous, stored) = (row.previous_hash.clone(), row.hash.clone());
            if !follower.follows(&row.into_line(), &previous, &stored) {
                return Ok(Some(AlteredLine { id: expected }));
            }
        }
    }
    let (length, hash): (i64, String) =
        audit_chain::table.find(HEAD).select((audit_chain::length, audit_chain::hash)).first(conn)?;
    let (last, last_hash) = follower.end();
    Ok((length != last || hash != last_hash).then_some(AlteredLine { id: last + 1 }))
}

impl LineRow {
    fn into_line(self) -> Line {
        Line {
            id: self.id,
            at: self.at,
            actor_id: self.actor_id,
            actor_name: self.actor_name,
            action: self.action,
            resource: self.resource,
            record_id: self.record_id,
            before: self.before,
            after: self.after,
        }
    }
}
