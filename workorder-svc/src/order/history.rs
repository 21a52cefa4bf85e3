//! `domain_history`: what happened to an order. Rows are appended and never rewritten, but for the check flags of the
//! pending row.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use shared_model::ids::{OrderId, UserId};
use shared_model::local_time::from_stored;
use shared_model::role::Role;
use shared_model::server::database::{Connection, Prepare, StoreError, on_both};

use crate::order::model::{Actor, HistoryEntry, history_event};
use crate::order::row::{corrupt, from_json, to_json};
use crate::order::state::OrderState;
use crate::schema::domain_history;
use crate::stay::repo as stay;

/// What is about to be recorded.
#[derive(Clone, Debug)]
pub struct NewEntry<'a> {
    pub event: &'a str,
    pub actor: &'a Actor,
    pub on_behalf_of: Option<&'a Actor>,
    pub from: Option<OrderState>,
    pub to: OrderState,
    pub comment: Option<&'a str>,
    /// `isIcpCheckCompleted`, `isIcpCheckSuccess` as they are after the event.
    pub check: (bool, bool),
}

/// Appends a row; where the order came into another state, its stay in the one before is over.
pub fn append(
    conn: &mut Connection,
    order: OrderId,
    entry: &NewEntry<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let on_behalf_of = entry.on_behalf_of.map(to_json).transpose()?;
    on_both!(conn, |c| diesel::insert_into(domain_history::table)
        .values((
            domain_history::order_id.eq(order.0),
            domain_history::event.eq(entry.event),
            domain_history::actor_id.eq(entry.actor.id.as_ref().map(UserId::as_str)),
            domain_history::actor_name.eq(&entry.actor.name),
            domain_history::actor_role.eq(entry.actor.role.map(Role::code)),
            domain_history::on_behalf_of.eq(&on_behalf_of),
            domain_history::from_status.eq(entry.from.map(OrderState::code)),
            domain_history::to_status.eq(entry.to.code()),
            domain_history::comment.eq(entry.comment),
            domain_history::is_icp_check_completed.eq(entry.check.0),
            domain_history::is_icp_check_success.eq(entry.check.1),
            domain_history::created_at.eq(now.naive_utc()),
        ))
        .execute(c))?;
    let moved = entry.from != Some(entry.to) && entry.event != history_event::PENDING;
    if moved { stay::moved(conn, order, entry.to, now) } else { Ok(()) }
}

/// The check flags: those of the pending row. `(false, false)` before the first submission.
pub fn check_flags(conn: &mut Connection, order: OrderId) -> Result<(bool, bool), StoreError> {
    let flags = pending_row(order)
        .select((domain_history::is_icp_check_completed, domain_history::is_icp_check_success))
        .first::<(bool, bool)>(conn)
        .optional()?;
    Ok(flags.unwrap_or_default())
}

/// Writes the check flags onto the pending row: the only thing of the history that is ever rewritten.
pub fn set_check_flags(conn: &mut Connection, order: OrderId, flags: (bool, bool)) -> Result<(), StoreError> {
    let Some(id) = pending_row(order).select(domain_history::id).first::<i64>(conn).optional()? else {
        return Ok(());
    };
    diesel::update(domain_history::table.find(id))
        .set((domain_history::is_icp_check_completed.eq(flags.0), domain_history::is_icp_check_success.eq(flags.1)))
        .returning(domain_history::id)
        .prepared()
        .run(conn)?;
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn pending_row(order: OrderId) -> _ {
    let id: i64 = order.0;
    let pending: &'static str = history_event::PENDING;
    domain_history::table
        .filter(domain_history::order_id.eq(id))
        .filter(domain_history::event.eq(pending))
        .order(domain_history::id.asc())
}

#[derive(Queryable)]
struct EntryRow {
    id: i64,
    _order_id: i64,
    event: String,
    actor_id: Option<String>,
    actor_name: String,
    actor_role: Option<String>,
    on_behalf_of: Option<String>,
    from_status: Option<String>,
    to_status: String,
    comment: Option<String>,
    is_icp_check_completed: bool,
    is_icp_check_success: bool,
    created_at: NaiveDateTime,
}

/// The whole history, oldest first.
pub fn list(conn: &mut Connection, order: OrderId) -> Result<Vec<HistoryEntry>, StoreError> {
    domain_history::table
        .filter(domain_history::order_id.eq(order.0))
        .order(domain_history::id.asc())
        .load::<EntryRow>(conn)?
        .into_iter()
        .map(EntryRow::into_entry)
        .collect()
}

impl EntryRow {
    fn into_entry(self) -> Result<HistoryEntry, StoreError> {
        let state = |code: &str| OrderState::from_code(code).ok_or_else(|| corrupt("domain_history.status", code));
        Ok(HistoryEntry {
            id: self.id,
            time: from_stored(self.created_at),
            event: self.event,
            actor: Actor {
                id: self.actor_id.map(UserId),
                name: self.actor_name,
                role: self.actor_role.as_deref().and_then(Role::from_code),
            },
            on_behalf_of: self.on_behalf_of.as_deref().map(from_json).transpose()?,
            from: self.from_status.as_deref().map(state).transpose()?,
            to: state(&self.to_status)?,
            comment: self.comment,
            icp_completed: self.is_icp_check_completed,
            icp_success: self.is_icp_check_success,
        })
    }
}
