//! The way in of BPM's events: each is applied once, and one of a task that is no longer the order's current one is
//! refused.

use chrono::{DateTime, Utc};
use shared_model::bpm::TaskEventHead;
use shared_model::ids::{OrderId, TaskId};
use shared_model::problem::codes;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::directory;

use crate::bpm::repo::{self, task_state};
use crate::error::ServiceError;
use crate::order::model::{Actor, Order};
use crate::order::repo as orders;
use crate::order::state::OrderState;

/// The order of an event, loaded for change, and whether the event is still to be applied.
///
/// Errors: 404 for an unknown order, 409 `task.superseded` for a task that is not its current one.
pub fn current(
    conn: &mut Connection,
    id: OrderId,
    kind: &str,
    head: &TaskEventHead,
    now: DateTime<Utc>,
) -> Result<(Order, bool), ServiceError> {
    let mut order = orders::get_for_change(conn, id)?;
    if !repo::first_time(conn, id, (&head.task_id, &head.event_id), kind, now)? {
        return Ok((order, false));
    }
    let attempt = match head.attempt {
        Some(attempt) => attempt,
        None => repo::attempt_of(conn, id, &head.task_id)?.unwrap_or(order.attempt),
    };
    let record = repo::find(conn, id, attempt)?.filter(|_| attempt == order.attempt);
    let record = record.ok_or_else(|| ServiceError::of(&codes::TASK_SUPERSEDED))?;
    let other_task = record.task_id.as_deref().is_some_and(|known| known != head.task_id.as_str());
    // A task that was returned stays the current one until its order is submitted again.
    let settled = match record.state.as_str() {
        task_state::RECALLED => true,
        task_state::ROLLED_BACK => order.state != OrderState::BpmReject,
        _ => false,
    };
    if other_task || settled {
        return Err(ServiceError::of(&codes::TASK_SUPERSEDED));
    }
    repo::learn(conn, id, attempt, &head.task_id, None)?;
    order.task_id = Some(TaskId(head.task_id.0.clone()));
    Ok((order, true))
}

/// Who did it on the other side, and in which role: whom the engine merely names acts for the task's assignee; somebody
/// else has the role the directory gives.
pub fn actor(conn: &mut Connection, order: &Order, head: &TaskEventHead) -> Result<Actor, StoreError> {
    let Some(operator) = &head.operator else { return Ok(Actor::bpm()) };
    let assignee = order.assignee.as_ref().filter(|assignee| operator.id.as_ref().is_none_or(|id| *id == assignee.id));
    let role = match (assignee, &operator.id) {
        (Some(assignee), _) => assignee.role,
        (None, Some(id)) => directory::find(conn, id)?.and_then(|account| account.roles.first().copied()),
        (None, None) => None,
    };
    Ok(Actor { id: operator.id.clone(), name: operator.name.clone(), role })
}
