//! `GET /bpm/tasks`: the desk. Everybody sees their own tasks; who keeps the business running sees all.

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use shared_model::page::{Page, PageRequest};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::Caller;

use super::desk::viewer_of;
use super::repo::{self, TaskFilter};
use super::state::ShownState;
use super::view::TaskView;
use crate::app::Parts;
use crate::error::ServiceError;

/// 查询条件。
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    #[param(inline)]
    state: Option<ShownState>,
    order_id: Option<i64>,
    assignee_id: Option<String>,
    /// 从 1 开始。
    page_num: Option<i64>,
    /// 1 到 100，默认 10。
    page_size: Option<i64>,
}

/// 任务列表，新的在前。 Tasks, newest first.
#[utoipa::path(
    get,
    path = "/bpm/tasks",
    tag = "BPM任务 BPM tasks",
    params(TaskQuery),
    responses((status = 200, body = Page<TaskView>))
)]
pub async fn list_tasks(
    parts: web::Data<Parts>,
    caller: Caller,
    Query(query): Query<TaskQuery>,
) -> Result<Answer, Problem> {
    let page = PageRequest::new(query.page_num, query.page_size).map_err(Problem::of_faults)?;
    let viewer = viewer_of(&caller);
    let filter = TaskFilter {
        states: query.state.map(ShownState::stored),
        order_id: query.order_id,
        assignee_id: query.assignee_id,
        only_of: (!viewer.sees_all).then(|| viewer.id.0.clone()),
    };
    let (rows, total) = parts.db.read(move |conn| repo::list(conn, &filter, page).map_err(ServiceError::from)).await?;
    let data = rows.into_iter().map(|(task, bill_no)| TaskView::brief(&task, bill_no, &viewer, parts.zone)).collect();
    Ok(Answer::ok(&page.page(data, total)))
}
