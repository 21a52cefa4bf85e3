//! What an event of BPM makes of an order. Each within the caller's transaction. source: work-order notes 5, 6 and 7.

use chrono::{DateTime, Utc};
use shared_model::ids::ProductId;
use shared_model::local_time::{from_stored, with_offset};
use shared_model::problem::codes;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::outbox::{NewMessage, enqueue};

use crate::bpm::repo::{self, task_state};
use crate::desk::Policy;
use crate::domain_name::live;
use crate::domain_name::repo::{self as domains, LiveDomain};
use crate::error::ServiceError;
use crate::mail::letter;
use crate::order::content;
use crate::order::kind::Operation;
use crate::order::model::{Actor, Order};
use crate::order::row::{from_json, to_json};
use crate::order::state::{OrderEvent, OrderState};
use crate::order::transition::{Happening, advance, leave_desk, return_to_creator};

/// Kind of the messages that carry letters.
pub const MAIL: &str = "mail";

/// BPM took the task.
pub fn accept(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let mut after = before.clone();
    let happening = Happening { event: OrderEvent::DispatchAccepted, actor, comment: None };
    advance(conn, policy, before, &mut after, &happening, now)?;
    repo::set_state(conn, after.id, after.attempt, task_state::DISPATCHED, now)?;
    Ok(after)
}

/// A later event implies that the task was taken: that is recorded first.
pub fn accept_if_implied(
    conn: &mut Connection,
    policy: &Policy,
    order: Order,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    if order.state == OrderState::Dispatching { accept(conn, policy, &order, actor, now) } else { Ok(order) }
}

/// A stage was reported: only the task changes.
pub fn stage(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    (actor, said): (&Actor, &str),
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let mut after = before.clone();
    let happening = Happening { event: OrderEvent::StageReported, actor, comment: Some(said) };
    advance(conn, policy, before, &mut after, &happening, now)?;
    repo::set_state(conn, after.id, after.attempt, task_state::PROCESSING, now)?;
    Ok(after)
}

/// BPM returned the order to its initiator.
///
/// Errors: 409 `order.icp_incomplete` unless the history says that the ICP check is complete.
pub fn roll_back(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    (actor, reason): (&Actor, &str),
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    crate::order::state::next(before.state, OrderEvent::RolledBack)?;
    if !before.icp.completed {
        return Err(ServiceError::of(&codes::ORDER_ICP_INCOMPLETE));
    }
    let mut after = before.clone();
    after.route = before.route.restarted();
    return_to_creator(&mut after);
    let happening = Happening { event: OrderEvent::RolledBack, actor, comment: Some(reason) };
    advance(conn, policy, before, &mut after, &happening, now)?;
    content::mark_rolled_back(conn, after.id)?;
    content::delete_batch(conn, after.id)?;
    repo::set_state(conn, after.id, after.attempt, task_state::ROLLED_BACK, now)?;
    Ok(after)
}

/// BPM closed the order: its domains go live, change or are taken down, and its creator is told by mail.
pub fn close(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    (actor, message): (&Actor, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let mut after = before.clone();
    leave_desk(&mut after);
    let happening = Happening { event: OrderEvent::Closed, actor, comment: message };
    advance(conn, policy, before, &mut after, &happening, now)?;
    settle_domains(conn, &after, now)?;
    domains::release(conn, after.id)?;
    repo::set_state(conn, after.id, after.attempt, task_state::CLOSED, now)?;
    write_letter(conn, policy, &after, now)?;
    Ok(after)
}

fn settle_domains(conn: &mut Connection, order: &Order, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let names: Vec<String> = order.domains.iter().map(|domain| domain.domain.clone()).collect();
    match Operation::of(order.kind, order.requirement) {
        Some(Operation::Add) => domains::insert_live(conn, &live_domains(order, now)?)?,
        Some(Operation::Modify) => {
            for domain in live_domains(order, now)? {
                domains::update_live(conn, &domain)?;
            }
        }
        Some(Operation::Delete) => domains::delete_live(conn, &names)?,
        Some(Operation::Migrate) => migrate(conn, order, &names, now)?,
        None => {}
    }
    Ok(())
}

/// The domains leave their subscription for the order's, all in this transaction.
fn migrate(conn: &mut Connection, order: &Order, names: &[String], now: DateTime<Utc>) -> Result<(), StoreError> {
    let source = order.form.source_product_id.as_deref().map(|id| ProductId::from(id.trim()));
    let (Some(enterprise), Some(target), Some(source)) = (&order.enterprise, &order.product, source) else {
        return Ok(());
    };
    live::move_to_product(conn, (&enterprise.id, &source), &target.id, (order.id, names), now)
}

fn live_domains(order: &Order, now: DateTime<Utc>) -> Result<Vec<LiveDomain>, ServiceError> {
    let (Some(enterprise), Some(product)) = (&order.enterprise, &order.product) else { return Ok(Vec::new()) };
    let form = to_json(&order.form)?;
    let live = |domain: &crate::order::model::OrderDomain| LiveDomain {
        domain: domain.domain.clone(),
        enterprise_id: enterprise.id.0.clone(),
        product_id: product.id.0.clone(),
        order_id: Some(order.id.0),
        source: "order",
        legality: domain.legality.code(),
        record_number: domain.record_number.clone(),
        form: form.clone(),
        live_since: now.naive_utc(),
        updated_at: now.naive_utc(),
    };
    Ok(order.domains.iter().map(live).collect())
}

fn write_letter(conn: &mut Connection, policy: &Policy, order: &Order, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let local = with_offset(from_stored(now.naive_utc()), policy.zone).format("%Y-%m-%d %H:%M").to_string();
    let Some(letter) = letter::order_closed(order, &local) else { return Ok(()) };
    let message = NewMessage {
        kind: MAIL,
        destination: "mail",
        ordering_key: None,
        idempotency_key: format!("order-{}-closed", order.id),
        payload: from_json(&to_json(&letter)?)?,
    };
    enqueue(conn, &message, now)?;
    Ok(())
}
