//! `GET /workorder/dead-letters`: what could not be delivered to bpm-adapter or by mail.

use actix_web::web;
use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use shared_model::bpm::Dispatch;
use shared_model::local_time::with_offset;
use shared_model::page::{Page, PageRequest};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::outbox::{self, Message};
use utoipa::{IntoParams, ToSchema};

use crate::bpm::dispatch;
use crate::desk::Desk;
use crate::error::ServiceError;

/// 分页 / Which page.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeadLetterQuery {
    page_num: Option<i64>,
    page_size: Option<i64>,
}

/// 死信 / A dead letter.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterView {
    pub id: String,
    /// `dispatch`（下发话单）或 `mail`（邮件）。
    pub kind: String,
    /// `bpm-adapter` 或 `mail`。
    pub destination: String,
    /// `dead`（重试用尽）或 `refused`（对方拒绝）；重发后为 `pending`。
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_code: Option<String>,
    pub attempts: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    pub created_at: DateTime<FixedOffset>,
}

impl DeadLetterView {
    pub fn of(message: Message, zone: Tz) -> Self {
        let dispatch: Option<Dispatch> =
            if message.kind == dispatch::KIND { serde_json::from_value(message.payload).ok() } else { None };
        Self {
            id: message.id,
            kind: message.kind,
            destination: message.destination,
            state: message.state,
            order_id: dispatch.as_ref().map(|dispatch| dispatch.order_id.0),
            order_code: dispatch.map(|dispatch| dispatch.order_code),
            attempts: message.attempts,
            last_error: message.last_error,
            created_at: with_offset(message.created_at, zone),
        }
    }
}

/// 死信列表，旧的在前 / Dead letters, oldest first
#[utoipa::path(
    get,
    path = "/workorder/dead-letters",
    tag = "死信 Dead letters",
    params(DeadLetterQuery),
    responses((status = 200, body = Page<DeadLetterView>), (status = 400, description = "分页有误 / no such page"))
)]
pub async fn list_dead_letters(
    desk: web::Data<Desk>,
    Query(query): Query<DeadLetterQuery>,
) -> Result<Answer, ServiceError> {
    let page = PageRequest::new(query.page_num, query.page_size).map_err(Problem::of_faults)?;
    let zone = desk.policy.zone;
    let (messages, total) = desk
        .db
        .read(move |conn| outbox::list_stuck(conn, page.offset(), page.size).map_err(ServiceError::from))
        .await?;
    let letters: Vec<_> = messages.into_iter().map(|message| DeadLetterView::of(message, zone)).collect();
    Ok(Answer::ok(&page.page(letters, total)))
}
