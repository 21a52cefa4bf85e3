//! What an event of BPM makes of an order. Each within the caller's transaction. source: work-order notes 5, 6 and 7.

use chrono::{DateTime, Utc};
use shared_model::local_time::{from_stored, with_offset};
use shared_model::problem::codes;
use shared_model::server::database::Connection;
use shared_model::server::outbox::{NewMessage, enqueue};
use shared_model::text::Text;

use crate::batch::repo as batch;
use crate::bpm::effect;
use crate::bpm::repo::{self, task_state};
use crate::desk::Policy;
use crate::domain_name::repo as domains;
use crate::error::ServiceError;
use crate::mail::letter;
use crate::order::content;
use crate::order::model::{Actor, Order};
use crate::order::row::{from_json, to_json};
use crate::order::state::{OrderEvent, OrderState};
use crate::order::transition::{Happening, advance, leave_desk, return_to_creator};

/// Kind of the messages that carry letters.
pub const MAIL: &str = "mail";

/// What the history and the letter say of an order that was closed after billing had cancelled its product.
const NOTHING_LIVE: Text = Text::fixed("产品已注销，域名没有上线", "the product was cancelled, no domain went live");

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
    batch::delete(conn, after.id)?;
    repo::set_state(conn, after.id, after.attempt, task_state::ROLLED_BACK, now)?;
    Ok(after)
}

/// BPM closed the order: its domains go live, change or are taken down, and its creator is told by mail. On a product
/// that billing has cancelled meanwhile nothing goes live, and the history says why.
pub fn close(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    (actor, message): (&Actor, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let mut after = before.clone();
    leave_desk(&mut after);
    let void = effect::is_void(conn, &after)?;
    let caveat = void.then_some(NOTHING_LIVE);
    let said: Vec<String> =
        message.map(str::to_owned).into_iter().chain(caveat.as_ref().map(Text::bilingual)).collect();
    let said = Some(said.join("\n")).filter(|said| !said.is_empty());
    let happening = Happening { event: OrderEvent::Closed, actor, comment: said.as_deref() };
    advance(conn, policy, before, &mut after, &happening, now)?;
    if !void {
        effect::settle(conn, &after, now)?;
    }
    domains::release(conn, after.id)?;
    repo::set_state(conn, after.id, after.attempt, task_state::CLOSED, now)?;
    write_letter(conn, policy, (&after, caveat.as_ref()), now)?;
    Ok(after)
}

fn write_letter(
    conn: &mut Connection,
    policy: &Policy,
    (order, caveat): (&Order, Option<&Text>),
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let local = with_offset(from_stored(now.naive_utc()), policy.zone).format("%Y-%m-%d %H:%M").to_string();
    let Some(letter) = letter::order_closed(order, &local, caveat) else { return Ok(()) };
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
