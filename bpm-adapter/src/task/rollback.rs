//! `POST /bpm/tasks/{id}/rollback`: 回退, the order goes back to its initiator.

use std::sync::Arc;

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;

use shared_model::bpm::RollbackEvent;
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;

use super::desk::{self, DeskCall};
use super::rules;
use super::view::TaskView;
use crate::app::Parts;
use crate::event::model::EventBody;

/// 回退。
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// 必填。
    reason: Option<String>,
}

/// 回退工单。 Sends the order back; refused by the order service while its ICP check is not complete.
#[utoipa::path(
    post,
    path = "/bpm/tasks/{id}/rollback",
    tag = "BPM任务 BPM tasks",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    request_body = Rollback,
    responses(
        (status = 200, body = TaskView),
        (status = 202, body = TaskView, description = "已受理，工单系统恢复后自动送达 taken in, told when the order service is back"),
        (status = 404, description = "not_found"),
        (status = 409, description = "task.state_conflict, order.icp_incomplete, task.superseded"),
        (status = 422, description = "order.comment_required")
    )
)]
pub async fn roll_back(
    parts: web::Data<Parts>,
    caller: Caller,
    id: web::Path<String>,
    if_match: IfMatch,
    command: Command<Rollback>,
) -> Result<Answer, Problem> {
    let valid = rules::check_reason(command.body.reason.as_deref());
    let call = DeskCall { task_id: id.into_inner(), caller, if_match, ticket: command.ticket };
    let make = |reason: String| -> desk::MakeBody {
        Arc::new(move |head| EventBody::Rollback(RollbackEvent { head, reason: reason.clone() }))
    };
    desk::report(&parts, call, valid.map(make).map_err(Problem::of_faults)).await
}
