//! `GET /bpm/dead-letters`: what could not be delivered.

use actix_web::web;
use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use shared_model::page::{Page, PageRequest};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::database::Connection;

use super::repo::{self, LetterRow};
use crate::app::Parts;
use crate::dispatch::hand_over::AboutTask;
use crate::error::ServiceError;
use crate::event::repo as event_repo;
use crate::task;
use crate::task::view::local;

/// 分页。
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeadLetterQuery {
    page_num: Option<i64>,
    page_size: Option<i64>,
}

/// 死信。
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterView {
    pub id: String,
    /// 如 `task.close`、`engine.hand-over`、`billing.product-order`。
    pub kind: String,
    /// `workorder-svc` 或 `engine`。
    pub destination: String,
    /// `dead`（重试用尽）或 `refused`（对方拒绝）；重发后为 `pending`，作废后为 `cancelled`。
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    pub attempts: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    pub created_at: DateTime<FixedOffset>,
    /// 成为死信的时间。
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_at: Option<DateTime<FixedOffset>>,
}

impl DeadLetterView {
    /// The letter with the task and event it is about.
    pub fn load(conn: &mut Connection, letter: LetterRow, zone: Tz) -> Result<Self, ServiceError> {
        let event = event_repo::find_by_outbox(conn, &letter.id)?;
        let handed = || Some(serde_json::from_str::<AboutTask>(&letter.payload).ok()?.task_id.0);
        let task_id = event.as_ref().map_or_else(handed, |event| event.task_id.clone());
        let task = match &task_id {
            Some(id) => task::repo::find(conn, id)?,
            None => None,
        };
        Ok(Self {
            id: letter.id,
            kind: letter.kind,
            destination: letter.destination,
            state: letter.state,
            task_id,
            order_id: task.as_ref().map(|task| task.order_id),
            order_code: task.map(|task| task.order_code),
            event_id: event.map(|event| event.event_id),
            attempts: letter.attempts,
            last_error: letter.last_error,
            created_at: local(letter.created_at, zone),
            dead_at: letter.settled_at.map(|at| local(at, zone)),
        })
    }
}

/// 死信列表，旧的在前。 Dead letters, oldest first.
#[utoipa::path(
    get,
    path = "/bpm/dead-letters",
    tag = "死信 Dead letters",
    params(DeadLetterQuery),
    responses((status = 200, body = Page<DeadLetterView>))
)]
pub async fn list_dead_letters(
    parts: web::Data<Parts>,
    Query(query): Query<DeadLetterQuery>,
) -> Result<Answer, Problem> {
    let page = PageRequest::new(query.page_num, query.page_size).map_err(Problem::of_faults)?;
    let zone = parts.zone;
    let listed = parts
        .db
        .read(move |conn| {
            let (rows, total) = repo::list(conn, page)?;
            let letters = rows.into_iter().map(|row| DeadLetterView::load(conn, row, zone));
            Ok::<_, ServiceError>(page.page(letters.collect::<Result<Vec<_>, _>>()?, total))
        })
        .await?;
    Ok(Answer::ok(&listed))
}
