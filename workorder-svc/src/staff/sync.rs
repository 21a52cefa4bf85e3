//! Orders whose approver left, or that found none, are routed again: after a directory push, and in every round of the
//! worker. Safe to repeat.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shared_model::ids::OrderId;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::directory;
use shared_model::text::Text;

use crate::approval::{route, seats};
use crate::desk::{Desk, Policy};
use crate::error::ServiceError;
use crate::order::model::{Actor, Order};
use crate::order::repo;
use crate::order::state::{OrderEvent, OrderState};
use crate::order::transition::{Happening, advance};
use crate::schema::{approval_seat, work_order};

/// Ids of one query: well under the number of variables either database binds.
const CHUNK: usize = 500;

/// Orders without an approver looked at in one round: while nobody can take them, more would be idle writes.
const AT_A_TIME: i64 = 100;

/// Routes again what waits for somebody who is no longer there. Gives how many orders moved.
pub async fn reroute(desk: &Desk) -> Result<usize, ServiceError> {
    let orphans = desk.db.read(list_orphans).await?;
    let mut moved = 0;
    for id in orphans {
        let (policy, now) = (desk.policy.clone(), desk.clock.now());
        moved += usize::from(desk.db.write(move |conn| reroute_one(conn, &policy, id, now)).await?);
    }
    Ok(moved)
}

/// Orders in approval whose approver is disabled, or that have none.
fn list_orphans(conn: &mut Connection) -> Result<Vec<OrderId>, StoreError> {
    let approving = work_order::table.filter(work_order::status.eq(OrderState::Approving.code()));
    let disabled: Vec<String> = directory::disabled(conn)?.into_iter().map(|id| id.0).collect();
    let mut ids = Vec::new();
    for disabled in disabled.chunks(CHUNK) {
        let left: Vec<i64> =
            approving.filter(work_order::approving_userid.eq_any(disabled)).select(work_order::id).load(conn)?;
        ids.extend(left);
        let beside: Vec<i64> = approval_seat::table
            .filter(approval_seat::user_id.eq_any(disabled))
            .select(approval_seat::order_id)
            .load(conn)?;
        ids.extend(beside);
    }
    let waiting: Vec<i64> = approving
        .filter(work_order::approving_userid.is_null())
        .order(work_order::id)
        .limit(AT_A_TIME)
        .select(work_order::id)
        .load(conn)?;
    ids.extend(waiting);
    ids.sort_unstable();
    ids.dedup();
    Ok(ids.into_iter().map(OrderId).collect())
}

/// True when the order went to somebody else.
fn reroute_one(conn: &mut Connection, policy: &Policy, id: OrderId, now: DateTime<Utc>) -> Result<bool, ServiceError> {
    let before = repo::get_for_change(conn, id)?;
    if before.state != OrderState::Approving {
        return Ok(false);
    }
    let mut after = before.clone();
    let comment = reseat(conn, &mut after)?;
    if after.holders() == before.holders() {
        return Ok(false);
    }
    let comment = Some(comment.as_str()).filter(|comment| !comment.is_empty());
    let desk = Actor { id: None, name: "前台系统".to_owned(), role: None };
    let happening = Happening { event: OrderEvent::Rerouted, actor: &desk, comment };
    advance(conn, policy, &before, &mut after, &happening, now)?;
    Ok(true)
}

/// Puts others where somebody left, and says so for the history. Changes nothing where everybody is there.
fn reseat(conn: &mut Connection, order: &mut Order) -> Result<String, StoreError> {
    if !order.route.seats.is_empty() {
        return Ok(seats::refill(conn, order)?.as_ref().map(Text::bilingual).unwrap_or_default());
    }
    if !has_nobody(conn, order)? {
        return Ok(String::new());
    }
    let left = order.approver.as_ref().map(|person| format!("{} 已停用 / account disabled", person.name));
    let warning = route::assign(conn, order)?;
    Ok([left, warning.as_ref().map(Text::bilingual)].into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

fn has_nobody(conn: &mut Connection, order: &Order) -> Result<bool, StoreError> {
    match &order.approver {
        None => Ok(true),
        Some(approver) => Ok(directory::find(conn, &approver.id)?.is_some_and(|account| !account.enabled)),
    }
}
