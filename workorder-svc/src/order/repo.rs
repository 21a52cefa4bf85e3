//! The tables of an order: read into an [`Order`], written back by one guarded update.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_model::ids::{EnterpriseId, OrderId, TaskId, UserId};
use shared_model::local_time::from_stored;
use shared_model::server::database::{Connection, Prepare, StoreError, on_both};

use crate::batch::repo as batch;
use crate::error::ServiceError;
use crate::live::repo as live;
use crate::order::content;
use crate::order::history;
use crate::order::kind::OrderKind;
use crate::order::model::{Enterprise, Order};
use crate::order::participant;
use crate::order::row::{OrderFields, OrderRow, from_json, search_text};
use crate::order::state::OrderState;
use crate::reminder::repo as reminder;
use crate::schema::{approval_seat, bpm_task, icp_check, work_order, worker_order_enterprise};

/// The whole order, or None when there is none of that id.
pub fn find(conn: &mut Connection, id: OrderId) -> Result<Option<Order>, StoreError> {
    let Some(row) = work_order::table.find(id.0).first::<OrderRow>(conn).optional()? else { return Ok(None) };
    let enterprise = enterprise_of(conn, id)?;
    let mut order = row.into_order(enterprise)?;
    order.domains = content::list_domains(conn, id)?;
    if order.batch {
        batch::attach(conn, id, &mut order.domains)?;
    }
    if order.kind == OrderKind::LiveRequest {
        live::attach(conn, &mut order)?;
    }
    order.origins = content::list_origins(conn, id)?;
    order.participants = participant::list(conn, id)?;
    (order.icp.completed, order.icp.success) = history::check_flags(conn, id)?;
    order.icp.retry_at = retry_at(conn, id)?;
    if let Some((task_id, assignee)) = current_task(conn, id, order.attempt)? {
        order.task_id = task_id.map(TaskId);
        order.assignee = Some(from_json(&assignee)?);
    }
    Ok(Some(order))
}

/// The order, to be changed by this transaction: another that wants the same order waits until this one is over.
pub fn get_for_change(conn: &mut Connection, id: OrderId) -> Result<Order, ServiceError> {
    // SQLite needs no lock: its one writer is alone.
    if let Connection::Postgres(pg) = conn {
        work_order::table.find(id.0).select(work_order::id).for_update().first::<i64>(pg).optional()?;
    }
    find(conn, id)?.ok_or_else(ServiceError::not_found)
}

/// Writes a new order; its id and its code come from here. `code` makes the code of the id.
pub fn insert(
    conn: &mut Connection,
    order: &mut Order,
    due_at: Option<NaiveDateTime>,
    code: impl FnOnce(OrderId) -> String,
) -> Result<(), StoreError> {
    let fields = OrderFields::of(order, due_at)?;
    let id: i64 = diesel::insert_into(work_order::table)
        .values((&fields, work_order::code.eq(""), work_order::created_at.eq(order.created_at.naive_utc())))
        .returning(work_order::id)
        .get_result(conn)?;
    order.id = OrderId(id);
    order.code = code(order.id);
    diesel::update(work_order::table.find(id))
        .set((work_order::code.eq(&order.code), work_order::search_text.eq(search_text(order))))
        .returning(work_order::id)
        .prepared()
        .run(conn)?;
    insert_enterprise(conn, order)?;
    write_seats(conn, order)?;
    reminder::schedule(conn, order, due_at)?;
    participant::add(conn, order.id, &order.creator.id, true)?;
    Ok(())
}

/// Writes what has become of an order, where it still stands as it was read: the one place where two changes of the
/// same order are told apart. `after.version` is `before.version + 1`.
pub fn apply_transition(
    conn: &mut Connection,
    before: &Order,
    after: &Order,
    due_at: Option<NaiveDateTime>,
) -> Result<(), ServiceError> {
    let fields = OrderFields::of(after, due_at)?;
    let standing = work_order::table
        .filter(work_order::id.eq(before.id.0))
        .filter(work_order::status.eq(before.state.code()))
        .filter(work_order::version.eq(before.version));
    if diesel::update(standing).set(&fields).returning(work_order::id).prepared().run(conn)? == 0 {
        return Err(overtaken(conn, before.id)?);
    }
    if before.enterprise != after.enterprise {
        write_enterprise(conn, after)?;
    }
    if before.since != after.since {
        reminder::schedule(conn, after, due_at)?;
    }
    if beside_approver(before) != beside_approver(after) {
        diesel::delete(approval_seat::table.filter(approval_seat::order_id.eq(after.id.0))).execute(conn)?;
        write_seats(conn, after)?;
    }
    Ok(())
}

/// Who decides the order's step beside its approver.
fn beside_approver(order: &Order) -> Vec<&UserId> {
    let deciding = if order.state == OrderState::Approving { order.holders() } else { Vec::new() };
    let approver = order.approver.as_ref().map(|person| &person.id);
    deciding.into_iter().map(|person| &person.id).filter(|id| Some(*id) != approver).collect()
}

/// What the list looks people up by.
fn write_seats(conn: &mut Connection, order: &Order) -> Result<(), StoreError> {
    let seat = |user: &UserId| (approval_seat::order_id.eq(order.id.0), approval_seat::user_id.eq(user.0.clone()));
    let seats: Vec<_> = beside_approver(order).into_iter().map(seat).collect();
    if !seats.is_empty() {
        on_both!(conn, |c| diesel::insert_into(approval_seat::table).values(&seats).execute(c))?;
    }
    Ok(())
}

/// Forgets a draft with all its rows, where it still stands as it was read.
pub fn delete_draft(conn: &mut Connection, draft: &Order) -> Result<(), ServiceError> {
    let standing = work_order::table
        .filter(work_order::id.eq(draft.id.0))
        .filter(work_order::status.eq(OrderState::Draft.code()))
        .filter(work_order::version.eq(draft.version));
    if diesel::delete(standing).execute(conn)? == 0 {
        return Err(overtaken(conn, draft.id)?);
    }
    Ok(())
}

/// Why no row stood as it was read: gone, or moved on.
fn overtaken(conn: &mut Connection, id: OrderId) -> Result<ServiceError, StoreError> {
    let status: Option<String> = work_order::table.find(id.0).select(work_order::status).first(conn).optional()?;
    Ok(match status.as_deref().and_then(OrderState::from_code) {
        Some(state) => ServiceError::overtaken(state),
        None => ServiceError::not_found(),
    })
}

fn enterprise_of(conn: &mut Connection, id: OrderId) -> Result<Option<Enterprise>, StoreError> {
    let found: Option<(String, String)> = worker_order_enterprise::table
        .find(id.0)
        .select((worker_order_enterprise::enterprise_id, worker_order_enterprise::corp_name))
        .first(conn)
        .optional()?;
    Ok(found.map(|(id, name)| Enterprise { id: EnterpriseId(id), name }))
}

fn write_enterprise(conn: &mut Connection, order: &Order) -> Result<(), StoreError> {
    diesel::delete(worker_order_enterprise::table.find(order.id.0)).execute(conn)?;
    insert_enterprise(conn, order)
}

fn insert_enterprise(conn: &mut Connection, order: &Order) -> Result<(), StoreError> {
    if let Some(enterprise) = &order.enterprise {
        diesel::insert_into(worker_order_enterprise::table)
            .values((
                worker_order_enterprise::order_id.eq(order.id.0),
                worker_order_enterprise::enterprise_id.eq(enterprise.id.as_str()),
                worker_order_enterprise::corp_name.eq(&enterprise.name),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn retry_at(conn: &mut Connection, id: OrderId) -> Result<Option<chrono::DateTime<chrono::Utc>>, StoreError> {
    let next: Option<NaiveDateTime> =
        icp_check::table.find(id.0).filter(icp_check::tries.gt(0)).select(icp_check::next_at).first(conn).optional()?;
    Ok(next.map(from_stored))
}

fn current_task(
    conn: &mut Connection,
    id: OrderId,
    attempt: i32,
) -> Result<Option<(Option<String>, String)>, StoreError> {
    let found =
        bpm_task::table.find((id.0, attempt)).select((bpm_task::task_id, bpm_task::assignee)).first(conn).optional()?;
    Ok(found)
}
