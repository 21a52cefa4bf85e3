//! `POST /bpm/tasks/{id}/stage-feedback`: 阶段反馈, how one stage of the work ended.

use std::sync::Arc;

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;

use shared_model::bpm::StageFeedbackEvent;
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;

use super::desk::{self, DeskCall};
use super::rules;
use super::view::TaskView;
use crate::app::Parts;
use crate::event::model::EventBody;

/// 阶段反馈。
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageFeedback {
    stage: Option<String>,
    /// `success` 或 `failure`。
    result: Option<String>,
    message: Option<String>,
}

/// 阶段反馈。 Reports a stage. By the assignee, while the desk is the engine.
#[utoipa::path(
    post,
    path = "/bpm/tasks/{id}/stage-feedback",
    tag = "BPM任务 BPM tasks",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    request_body = StageFeedback,
    responses(
        (status = 200, body = TaskView),
        (status = 202, body = TaskView, description = "已受理，工单系统恢复后自动送达 taken in, told when the order service is back"),
        (status = 404, description = "not_found"),
        (status = 409, description = "task.state_conflict, task.driver_external, or the order service's refusal"),
        (status = 422, description = "field.invalid")
    )
)]
pub async fn report_stage(
    parts: web::Data<Parts>,
    caller: Caller,
    id: web::Path<String>,
    if_match: IfMatch,
    command: Command<StageFeedback>,
) -> Result<Answer, Problem> {
    let StageFeedback { stage, result, message } = command.body;
    let valid = rules::check_stage(stage.as_deref(), result.as_deref(), message.as_deref());
    let call = DeskCall { task_id: id.into_inner(), caller, if_match, ticket: command.ticket };
    let make = move |valid: rules::ValidStage| -> desk::MakeBody {
        Arc::new(move |head| {
            let rules::ValidStage { stage, result, message } = valid.clone();
            EventBody::StageFeedback(StageFeedbackEvent { head, stage, result, message })
        })
    };
    desk::report(&parts, call, valid.map(make).map_err(Problem::of_faults)).await
}
