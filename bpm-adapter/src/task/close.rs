//! `POST /bpm/tasks/{id}/close`: 关话单, the work is done.

use std::sync::Arc;

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;

use shared_model::bpm::CloseEvent;
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;

use super::desk::{self, DeskCall};
use super::rules;
use super::view::TaskView;
use crate::app::Parts;
use crate::event::model::EventBody;

/// 关话单。
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    message: Option<String>,
}

/// 关话单。 Closes the task and its bill; the order is finished.
#[utoipa::path(
    post,
    path = "/bpm/tasks/{id}/close",
    tag = "BPM任务 BPM tasks",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    request_body = Close,
    responses(
        (status = 200, body = TaskView),
        (status = 202, body = TaskView, description = "已受理，工单系统恢复后自动送达 taken in, told when the order service is back"),
        (status = 404, description = "not_found"),
        (status = 409, description = "task.state_conflict, or the order service's refusal")
    )
)]
pub async fn close_task(
    parts: web::Data<Parts>,
    caller: Caller,
    id: web::Path<String>,
    if_match: IfMatch,
    command: Command<Close>,
) -> Result<Answer, Problem> {
    let valid = rules::check_close(command.body.message.as_deref());
    let call = DeskCall { task_id: id.into_inner(), caller, if_match, ticket: command.ticket };
    let make = |message: String| -> desk::MakeBody {
        Arc::new(move |head| EventBody::Close(CloseEvent { head, message: message.clone() }))
    };
    desk::report(&parts, call, valid.map(make).map_err(Problem::of_faults)).await
}
