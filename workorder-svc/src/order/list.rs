//! `GET` and `POST /workorder/getworkList`: the list of orders, and with `view=desk` the desk's work list.
//! source: work-order notes 8.

use actix_web::web;
use serde::Serialize;
use shared_model::page::Page;
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Json, Query};
use shared_model::server::caller::{Caller, ReaderLanguage};
use shared_model::text::Language;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::list_filter::{ListFilter, ListQuery, Scope};
use crate::order::list_query;
use crate::order::rules::Viewer;
use crate::order::view::{Lens, ListItem};

/// One page of orders.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkList {
    #[serde(flatten)]
    pub page: Page<ListItem>,
    /// With `view=desk`: how many there are in each scope under the same filters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
}

/// How many orders each scope has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    pub all: i64,
    pub mine: i64,
    pub pending: i64,
    pub processed: i64,
}

/// 工单列表 / The list of orders
#[utoipa::path(
    get,
    path = "/workorder/getworkList",
    tag = "工单 Work orders",
    params(ListQuery),
    responses((status = 200, body = WorkList), (status = 400, description = "参数有误 / an invalid parameter"))
)]
pub async fn list(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Query(query): Query<ListQuery>,
) -> Result<Answer, ServiceError> {
    answer(&desk, &caller, language, &query).await
}

/// 工单列表，条件在请求体里 / The list of orders, the filter as a body
#[utoipa::path(
    post,
    path = "/workorder/getworkList",
    tag = "工单 Work orders",
    request_body = ListQuery,
    responses((status = 200, body = WorkList), (status = 400, description = "参数有误 / an invalid parameter"))
)]
pub async fn search(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Json(query): Json<ListQuery>,
) -> Result<Answer, ServiceError> {
    answer(&desk, &caller, language, &query).await
}

async fn answer(desk: &Desk, caller: &Caller, language: Language, query: &ListQuery) -> Result<Answer, ServiceError> {
    let (zone, now, viewer) = (desk.policy.zone, desk.clock.now(), Viewer::from(caller));
    let request = query.read(zone).map_err(Problem::of_faults)?;
    let list = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            let (listed, total) = list_query::list(conn, &request.filter, &viewer, request.page, now)?;
            let counts = if request.desk { Some(count_scopes(conn, &request.filter, &viewer, now)?) } else { None };
            let lens = Lens { viewer: &viewer, language, zone, now };
            let items = listed.iter().map(|listed| ListItem::of(listed, &lens, request.desk)).collect();
            Ok::<_, ServiceError>(WorkList { page: request.page.page(items, total), counts })
        })
        .await?;
    Ok(Answer::ok(&list))
}

fn count_scopes(
    conn: &mut shared_model::server::database::Connection,
    filter: &ListFilter,
    viewer: &Viewer,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Counts, ServiceError> {
    let mut count = |scope| list_query::count(conn, &ListFilter { scope, ..filter.clone() }, viewer, now);
    Ok(Counts {
        all: count(Scope::All)?,
        mine: count(Scope::Mine)?,
        pending: count(Scope::Pending)?,
        processed: count(Scope::Processed)?,
    })
}
