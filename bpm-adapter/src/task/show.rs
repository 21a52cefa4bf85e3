//! `GET /bpm/tasks/{id}`: one task with its stages and deliveries.

use actix_web::web;

use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;

use super::desk::{unknown_task, viewer_of};
use super::repo;
use super::view::TaskView;
use crate::app::Parts;

/// 任务详情。 One task; somebody else's is unknown to whoever sees only their own.
#[utoipa::path(
    get,
    path = "/bpm/tasks/{id}",
    tag = "BPM任务 BPM tasks",
    params(("id" = String, Path, description = "任务编号 task id")),
    responses((status = 200, body = TaskView), (status = 404, description = "not_found"))
)]
pub async fn show_task(parts: web::Data<Parts>, caller: Caller, id: web::Path<String>) -> Result<Answer, Problem> {
    let (viewer, zone) = (viewer_of(&caller), parts.zone);
    let view = parts
        .db
        .read(move |conn| {
            let task = repo::find(conn, &id)?.filter(|task| viewer.sees(&task.assignee_id)).ok_or_else(unknown_task)?;
            TaskView::load(conn, &task, &viewer, zone)
        })
        .await?;
    let version = view.version;
    Ok(Answer::ok(&view).etag(version))
}
