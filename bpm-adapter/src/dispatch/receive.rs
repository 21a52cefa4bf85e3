//! `POST /internal/dispatches`: one dispatch makes one task and one bill, however often it is sent.

use actix_web::web;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use shared_model::bpm::{Dispatch, Dispatched};
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::database::Connection;
use shared_model::server::idempotency;
use shared_model::text::Text;

use super::{hand_over, repo};
use crate::app::Parts;
use crate::bill;
use crate::error::ServiceError;
use crate::task::{self, model::NewTask};

/// Receives a dispatch. The same order and attempt, or the same `Idempotency-Key`, is answered with the task it made.
#[utoipa::path(
    post,
    path = "/internal/dispatches",
    tag = "内部接口 Internal",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = Dispatch,
    responses((status = 202, body = Dispatched), (status = 409, description = "dispatch.recalled"))
)]
pub async fn receive_dispatch(parts: web::Data<Parts>, command: Command<Dispatch>) -> Result<Answer, Problem> {
    let (now, work) = (parts.clock.now(), parts.clone());
    let answer = parts
        .db
        .write(move |conn| {
            idempotency::once(conn, command.ticket.as_ref(), now, |conn| {
                Ok::<_, ServiceError>(Answer::accepted(&receive(conn, &work, &command.body, now)?))
            })
        })
        .await?;
    parts.outbox.nudge();
    Ok(answer)
}

fn receive(
    conn: &mut Connection,
    parts: &Parts,
    dispatch: &Dispatch,
    now: DateTime<Utc>,
) -> Result<Dispatched, ServiceError> {
    let id = Uuid::now_v7().to_string();
    let (order, attempt, at) = (dispatch.order_id.0, dispatch.attempt, now.naive_utc());
    match repo::take_place(conn, order, attempt, Some(&id), "", at)? {
        None => {}
        Some(place) => {
            let task_id = place.task_id.ok_or_else(recalled)?;
            let bill_no = bill::repo::get_of_task(conn, &task_id)?.bill_no;
            return Ok(Dispatched { task_id: task_id.into(), bill_no });
        }
    }
    task::repo::insert(conn, &NewTask::of(&id, dispatch, parts.driver.name(), at)?)?;
    let bill_no = bill::repo::issue(conn, &id, order, now, parts.zone)?;
    let task = task::repo::get(conn, &id)?;
    hand_over::begin(conn, parts.driver.as_ref(), &task, dispatch, &bill_no, now)?;
    Ok(Dispatched { task_id: id.into(), bill_no })
}

fn recalled() -> Problem {
    Problem::new(&codes::DISPATCH_RECALLED)
        .detail(Text::fixed("工单已召回这次下发", "the order has taken this dispatch back"))
}
