//! What an engine is told of a dispatch after its hand-over: that its order has taken it back, or which of several
//! starts is the one.

use chrono::{DateTime, Utc};

use shared_model::ids::OrderId;
use shared_model::server::database::Connection;
use shared_model::server::outbox::{self, NewMessage};

use super::hand_over::{ENGINE, engine_key};
use crate::driver::{Driver, Survivor, Withdrawal, embedded};
use crate::error::ServiceError;
use crate::task::model::TaskRow;

/// `kind` of the message that takes a task back from the engine.
pub const TAKE_BACK: &str = "engine.task-recalled";
/// `kind` of the message that ends what a lost start has left beside the task.
pub const SINGLE_OUT: &str = "engine.task-singled-out";

/// The dispatch is dead to us; the engine may have it all the same, because only its answer was lost. So it is told,
/// whether it ever knew or not. At the desk the task is gone with its state.
pub fn take_back(
    conn: &mut Connection,
    driver: &dyn Driver,
    task: &TaskRow,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    if task.driver == embedded::NAME {
        return Ok(());
    }
    let withdrawal = Withdrawal {
        event_id: format!("recall-{}", task.id),
        task_id: task.id.clone().into(),
        order_id: OrderId(task.order_id),
        reason: reason.to_owned(),
        occurred_at: now,
    };
    let message = |key: String, ordering_key: Option<String>| {
        Ok::<_, ServiceError>(NewMessage {
            kind: TAKE_BACK,
            destination: ENGINE,
            ordering_key,
            idempotency_key: key,
            payload: serde_json::to_value(&withdrawal)?,
        })
    };
    let first = message(withdrawal.event_id.clone(), Some(engine_key(&task.id)))?;
    outbox::enqueue(conn, &first, now)?;
    if let Some(later) = due(driver, now) {
        outbox::enqueue_at(conn, &message(format!("{}-again", withdrawal.event_id), None)?, later, now)?;
    }
    Ok(())
}

/// A task was handed over at the second try or later: an earlier one may still come to be.
pub fn single_out(
    conn: &mut Connection,
    driver: &dyn Driver,
    task: &TaskRow,
    engine_ref: &str,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let Some(later) = due(driver, now) else { return Ok(()) };
    let survivor = Survivor {
        task_id: task.id.clone().into(),
        order_id: OrderId(task.order_id),
        engine_ref: engine_ref.to_owned(),
    };
    let message = NewMessage {
        kind: SINGLE_OUT,
        destination: ENGINE,
        // Of no order: what is told of the task meanwhile does not wait for it.
        ordering_key: None,
        idempotency_key: format!("single-out-{}", task.id),
        payload: serde_json::to_value(survivor)?,
    };
    outbox::enqueue_at(conn, &message, later, now)?;
    Ok(())
}

fn due(driver: &dyn Driver, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    now.checked_add_signed(chrono::Duration::from_std(driver.afterthought()?).ok()?)
}
