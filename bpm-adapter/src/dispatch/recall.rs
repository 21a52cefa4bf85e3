//! `POST /internal/orders/{id}/recall`: an order takes back a dispatch that never reached the engine.

use actix_web::web;
use chrono::{DateTime, Utc};

use shared_model::bpm::{DispatchRecalled, RecallDispatch};
use shared_model::ids::OrderId;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::database::Connection;
use shared_model::server::idempotency;
use shared_model::text::Text;

use super::{afterthought, hand_over, repo};
use crate::app::Parts;
use crate::bill::{self, state::BillEvent};
use crate::dead_letter;
use crate::driver::Driver;
use crate::error::ServiceError;
use crate::event::{self, model::EventState};
use crate::task::model::TaskRow;
use crate::task::{
    self,
    state::{TaskEvent, TaskState},
};

/// Voids the bill of a dead dispatch, and tells the engine, which may have it all the same. A dispatch that never arrived is remembered as taken back, so that it is refused
/// should it still come.
#[utoipa::path(
    post,
    path = "/internal/orders/{id}/recall",
    tag = "内部接口 Internal",
    params(("id" = i64, Path, description = "工单编号 order id")),
    request_body = RecallDispatch,
    responses((status = 200, body = DispatchRecalled), (status = 409, description = "task.not_dead_letter"))
)]
pub async fn recall_dispatch(
    parts: web::Data<Parts>,
    id: web::Path<String>,
    command: Command<RecallDispatch>,
) -> Result<Answer, Problem> {
    let order_id = OrderId(id.parse().map_err(|_| Problem::new(&codes::NOT_FOUND))?);
    let (now, driver) = (parts.clock.now(), parts.driver.clone());
    let answer = parts
        .db
        .write(move |conn| {
            idempotency::once(conn, command.ticket.as_ref(), now, |conn| {
                Ok::<_, ServiceError>(Answer::ok(&recall(conn, driver.as_ref(), order_id, &command.body, now)?))
            })
        })
        .await?;
    parts.outbox.nudge();
    Ok(answer)
}

fn recall(
    conn: &mut Connection,
    driver: &dyn Driver,
    order_id: OrderId,
    request: &RecallDispatch,
    now: DateTime<Utc>,
) -> Result<DispatchRecalled, ServiceError> {
    let place = repo::take_place(conn, order_id.0, request.attempt, None, &request.reason, now.naive_utc())?;
    let Some(task_id) = place.and_then(|place| place.task_id) else { return Ok(DispatchRecalled::Unknown) };
    let Some(task) = task::repo::find_held(conn, &task_id)? else {
        return Err(ServiceError::Unreadable(format!("task {task_id} is gone")));
    };
    match task.state {
        TaskState::DeadLetter => {
            void(conn, &task, now)?;
            afterthought::take_back(conn, driver, &task, &request.reason, now)?;
        }
        TaskState::Recalled => {}
        TaskState::Queued
        | TaskState::Dispatched
        | TaskState::Processing
        | TaskState::Closed
        | TaskState::RolledBack => {
            let name = task.state.shown().name();
            return Err(Problem::new(&codes::TASK_NOT_DEAD_LETTER)
                .detail(Text::new(format!("任务{}", name.zh), format!("the task is {}", name.en)))
                .into());
        }
    }
    let bill_no = bill::repo::get_of_task(conn, &task_id)?.bill_no;
    Ok(DispatchRecalled::Voided { task_id: task_id.into(), bill_no })
}

/// The task, its bill, its message to the engine and whatever was held for it end together.
fn void(conn: &mut Connection, task: &TaskRow, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let at = now.naive_utc();
    task::repo::apply_transition(conn, task, TaskEvent::Recalled, at)?;
    bill::repo::apply_event(conn, &task.id, BillEvent::TaskRecalled, at)?;
    dead_letter::repo::cancel(conn, &hand_over::engine_key(&task.id), at)?;
    for held in event::repo::list_of_task(conn, &task.id, &[EventState::Held])? {
        event::repo::apply_settled(conn, &held.id, EventState::Cancelled, None, at)?;
    }
    Ok(())
}
