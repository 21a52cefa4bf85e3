//! `GET /workorder/stats` (统计): the figures of the orders the caller sees.

use actix_web::web;
use serde::Deserialize;
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::{Caller, ReaderLanguage};
use utoipa::IntoParams;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::list_filter::{ListFilter, ListQuery};
use crate::order::list_query;
use crate::order::rules::Viewer;
use crate::stats::query::{self, Wanted};
use crate::stats::view::{Counted, StatsView};

/// 统计范围，条件同工单列表 / Which orders: the list's filters.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatsQuery {
    /// all | mine | pending | processed
    pub scope: Option<String>,
    /// 工单类型 / the order's kind
    #[serde(rename = "type")]
    #[param(rename = "type")]
    pub kind: Option<String>,
    /// 状态，可用逗号分隔多个 / one state, or several with commas
    pub status: Option<String>,
    /// 编号、企业、产品、发起人或域名 / code, enterprise, product, creator or domain
    pub keyword: Option<String>,
    pub enterprise_id: Option<String>,
    /// 创建时间起 / created from
    pub start_time: Option<String>,
    /// 创建时间止，含 / created until, inclusive
    pub end_time: Option<String>,
    /// 只看超时的 / only those past their limit
    pub overdue: Option<bool>,
    /// 在谁手里 / whose hands it is in
    pub holder_id: Option<String>,
}

impl From<StatsQuery> for ListQuery {
    fn from(query: StatsQuery) -> Self {
        Self {
            scope: query.scope,
            kind: query.kind,
            status: query.status,
            keyword: query.keyword,
            enterprise_id: query.enterprise_id,
            start_time: query.start_time,
            end_time: query.end_time,
            overdue: query.overdue,
            holder_id: query.holder_id,
            ..Self::default()
        }
    }
}

/// 统计 / The figures
#[utoipa::path(
    get,
    path = "/workorder/stats",
    tag = "工单 Work orders",
    params(StatsQuery),
    responses((status = 200, body = StatsView), (status = 400, description = "参数有误 / an invalid parameter"))
)]
pub async fn stats(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Query(query): Query<StatsQuery>,
) -> Result<Answer, ServiceError> {
    let (now, viewer) = (desk.clock.now(), Viewer::from(&caller));
    let filter = ListQuery::from(query).read(desk.policy.zone).map_err(Problem::of_faults)?.filter;
    let counted = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            let wanted = Wanted { filter: &filter, viewer: &viewer, now };
            let overdue = ListFilter { overdue_only: true, ..filter.clone() };
            let by_status = query::count_by_status(conn, wanted)?;
            let total = by_status.iter().map(|(.., times)| times).sum();
            Ok::<_, ServiceError>(Counted {
                overdue: list_query::count(conn, &overdue, &viewer, now)?,
                by_status,
                by_province: query::count_by_province(conn, wanted)?,
                by_day: query::count_by_day(conn, wanted)?,
                stages: query::stages(conn, wanted, total)?,
            })
        })
        .await?;
    Ok(Answer::ok(&StatsView::of(counted, language)))
}
