//! `GET /tmf-api/serviceOrdering/v4/serviceOrder`: the orders the caller may see, newest first.

use actix_web::web;
use serde::Deserialize;
use shared_model::problem::Problem;
use shared_model::server::body::Query;
use shared_model::server::caller::{Caller, ReaderLanguage};
use utoipa::IntoParams;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::list_filter::ListQuery;
use crate::order::rules::Viewer;
use crate::service_order::answer::Listed;
use crate::service_order::face::Reader;
use crate::service_order::filter::Wanted;
use crate::service_order::selection::Selection;
use crate::service_order::{resource, search};

/// The parameters, for the document: any attribute can be a parameter, so they are read one by one.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParameters {
    /// 只要这些属性，逗号分隔 / these attributes only, with commas
    pub fields: Option<String>,
    /// 从第几条起，从 0 / how many to pass over
    pub offset: Option<i64>,
    /// 至多几条，默认 20，上限 100 / how many at most, default 20, up to 100
    pub limit: Option<i64>,
    /// 逗号分隔多个 / several with commas; any other attribute by its dotted path likewise
    #[param(example = "pending,inProgress")]
    pub state: Option<String>,
    #[serde(rename = "externalId")]
    #[param(rename = "externalId")]
    pub external_id: Option<String>,
    pub category: Option<String>,
    /// 时间可加 .gt .gte .lt .lte / times with .gt .gte .lt .lte
    #[serde(rename = "orderDate.gt")]
    #[param(rename = "orderDate.gt", example = "2026-01-01")]
    pub order_date_after: Option<String>,
}

/// 服务订单列表 / List service orders
#[utoipa::path(
    get,
    path = "/tmf-api/serviceOrdering/v4/serviceOrder",
    tag = "TMF641 服务订单 Service orders",
    operation_id = "tmf641_listServiceOrder",
    params(ListParameters),
    responses(
        (status = 200, body = Vec<resource::ServiceOrder>, headers(
            ("X-Result-Count" = i64, description = "本次给出的条数 / how many are given"),
            ("X-Total-Count" = i64, description = "符合条件的总数 / how many there are"),
        )),
        (
            status = 400,
            description = "参数有误；或按计算出的属性过滤时剩下的订单超过 20,000 张，须再用状态、日期或编号缩小 / an invalid \
                parameter, or over 20,000 orders left to look into by an attribute that is computed: narrow by state, \
                date or id as well"
        ),
    )
)]
pub async fn list(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Listed, ServiceError> {
    let (zone, now, viewer) = (desk.policy.zone, desk.clock.now(), Viewer::from(&caller));
    let wanted = Wanted::read(&parameters, zone)?;
    let everything = ListQuery::default().read(zone).map_err(Problem::of_faults)?.filter;
    let selection = Selection::parse(wanted.fields.as_deref());
    let reader = Reader { language, zone };
    let (faced, total) = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            search::list(conn, &everything, &wanted, &viewer, (reader, now))
        })
        .await?;
    let resources = faced.iter().map(|faced| faced.resource(reader));
    let selected = resources.map(|resource| Selection::apply(selection.as_ref(), resource));
    Ok(Listed { resources: selected.collect(), total })
}
