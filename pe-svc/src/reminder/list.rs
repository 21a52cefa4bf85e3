//! `GET /pe/reminders`: the caller's reminders, newest first.

use actix_web::web::Data;
use serde::Serialize;
use shared_model::page::{Page, PageRequest};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::Caller;
use utoipa::ToSchema;

use super::repo::{self, ReminderRow};
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::reply::list::PageQuery;
use crate::resource::Actor;

/// A certification is about to end.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReminderView {
    pub id: i64,
    pub certification_id: i64,
    /// 90, 60, 30 or 7.
    pub days_before: i32,
    pub valid_until: String,
    pub reminded_at: String,
}

impl ReminderView {
    fn of(row: &ReminderRow, actor: &Actor) -> Self {
        Self {
            id: row.id,
            certification_id: row.certification_id,
            days_before: row.days_before,
            valid_until: actor.shown(row.valid_until),
            reminded_at: actor.shown(row.reminded_at),
        }
    }
}

#[utoipa::path(
    get, path = "/pe/reminders", tag = "认证 Certifications", operation_id = "pe_reminders",
    description = "认证到期前 90、60、30、7 天各提醒一次。Once each, 90, 60, 30 and 7 days before `validUntil`.",
    params(PageQuery),
    responses((status = 200, description = "新的在前 Newest first", body = Page<ReminderView>)),
)]
pub async fn list(desk: Data<Desk>, caller: Caller, Query(query): Query<PageQuery>) -> Result<Answer, Problem> {
    let actor = desk.actor(caller);
    let page = PageRequest::new(query.page_num, query.page_size).map_err(Problem::of_faults)?;
    let list = desk
        .db
        .read(move |conn| {
            let (rows, total) = repo::page(conn, actor.id(), page)?;
            Ok::<_, ServiceError>(page.page(rows.iter().map(|row| ReminderView::of(row, &actor)).collect(), total))
        })
        .await?;
    Ok(Answer::ok(&list))
}
