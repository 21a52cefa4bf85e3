//! What every change of an order goes through: the state machine, one guarded update, one row of history, the people it
//! brings in, and what they are told. All in the caller's transaction.

use chrono::{DateTime, Utc};
use shared_model::ids::UserId;
use shared_model::server::database::Connection;

use crate::desk::Policy;
use crate::error::ServiceError;
use crate::notice::tell::tell_of_move;
use crate::order::history::{self, NewEntry};
use crate::order::model::{Actor, Order, history_event};
use crate::order::state::{self, OrderEvent, OrderState};
use crate::order::{participant, repo};
use crate::service_order::hub;

/// What happens to an order, and by whom.
#[derive(Clone, Debug)]
pub struct Happening<'a> {
    pub event: OrderEvent,
    pub actor: &'a Actor,
    pub comment: Option<&'a str>,
}

/// Moves an order: `after` is `before` with what the event changes; state, version and times are set here.
///
/// Errors: `IllegalTransition` when the state does not allow the event, 409 when another change came first.
pub fn advance(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    after: &mut Order,
    happening: &Happening<'_>,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    advance_for(conn, policy, (before, after), happening, None, now)
}

/// [`advance`], the actor being somebody's substitute.
pub fn advance_for(
    conn: &mut Connection,
    policy: &Policy,
    (before, after): (&Order, &mut Order),
    happening: &Happening<'_>,
    on_behalf_of: Option<&Actor>,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let to = state::next(before.state, happening.event)?;
    after.state = to;
    after.version = before.version + 1;
    after.updated_at = now;
    if to != OrderState::Approving {
        after.route.seats.clear();
    }
    if to != before.state || holder(before) != holder(after) {
        after.since = now;
    }
    repo::apply_transition(conn, before, after, policy.due_at(after))?;
    if before.icp.completed != after.icp.completed || before.icp.success != after.icp.success {
        history::set_check_flags(conn, after.id, (after.icp.completed, after.icp.success))?;
    }
    let entry = NewEntry {
        event: happening.event.code(),
        actor: happening.actor,
        on_behalf_of,
        from: Some(before.state),
        to,
        comment: happening.comment,
        check: (after.icp.completed, after.icp.success),
    };
    history::append(conn, after.id, &entry, now)?;
    if let Some(person) = &happening.actor.id {
        participant::add(conn, after.id, person, true)?;
    }
    bring_in(conn, after)?;
    let told = (happening.event, happening.actor, happening.comment);
    tell_of_move(conn, policy, (before, after), told, now)?;
    Ok(hub::notify::tell_of_move(conn, before, after, policy, now)?)
}

/// Whoever is to act on an order takes part in it.
pub fn bring_in(conn: &mut Connection, order: &Order) -> Result<(), ServiceError> {
    for person in order.holders().into_iter().chain(&order.assignee) {
        participant::add(conn, order.id, &person.id, false)?;
    }
    Ok(())
}

/// The second row of a history: the check or the approval that is awaited. It carries the check flags from then on.
pub fn append_pending(conn: &mut Connection, order: &Order, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let awaited = order.approver.as_ref().map_or_else(Actor::icp_check, Actor::person);
    let entry = NewEntry {
        event: history_event::PENDING,
        actor: &awaited,
        on_behalf_of: None,
        from: None,
        to: order.state,
        comment: None,
        check: (order.icp.completed, order.icp.success),
    };
    Ok(history::append(conn, order.id, &entry, now)?)
}

/// Records what moves nothing: a comment, a task that changed hands.
pub fn note(
    conn: &mut Connection,
    order: &Order,
    event: &str,
    actor: &Actor,
    comment: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let entry = NewEntry {
        event,
        actor,
        on_behalf_of: None,
        from: Some(order.state),
        to: order.state,
        comment,
        check: (order.icp.completed, order.icp.success),
    };
    history::append(conn, order.id, &entry, now)?;
    if let Some(person) = &actor.id {
        participant::add(conn, order.id, person, true)?;
    }
    Ok(())
}

/// Returned: the creator is the current handler.
pub fn return_to_creator(order: &mut Order) {
    order.dealer = order.creator.role;
    order.approver = Some(order.creator.clone());
}

/// Nobody at the desk has it any more.
pub fn leave_desk(order: &mut Order) {
    order.dealer = None;
    order.approver = None;
}

/// In whose hands it is. Where several decide a step it is in all of theirs until the step is over.
fn holder(order: &Order) -> (usize, Option<&UserId>, Option<&UserId>) {
    let approver = order.approver.as_ref().filter(|_| order.route.seats.is_empty());
    (order.route.step, approver.map(|person| &person.id), order.assignee.as_ref().map(|person| &person.id))
}
