//! `GET /tmf-api/serviceOrdering/v4/cancelServiceOrder`: the cancellations of orders that the caller may see.

use actix_web::web;
use serde::Deserialize;
use shared_model::problem::Problem;
use shared_model::server::body::Query;
use shared_model::server::caller::{Caller, ReaderLanguage};
use utoipa::IntoParams;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::rules::Viewer;
use crate::service_order::answer::Listed;
use crate::service_order::cancel::repo::{self, Sought};
use crate::service_order::cancel::view;
use crate::service_order::face::Reader;
use crate::service_order::filter::{Condition, Wanted};
use crate::service_order::reading::malformed;
use crate::service_order::resource;
use crate::service_order::selection::Selection;

/// The parameters, for the document.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParameters {
    /// 只要这些属性，逗号分隔 / these attributes only, with commas
    pub fields: Option<String>,
    /// 从第几条起，从 0 / how many to pass over
    pub offset: Option<i64>,
    /// 至多几条，默认 20，上限 100 / how many at most, default 20, up to 100
    pub limit: Option<i64>,
    pub id: Option<String>,
    pub state: Option<String>,
    #[serde(rename = "serviceOrder.id")]
    #[param(rename = "serviceOrder.id")]
    pub service_order: Option<String>,
}

/// 取消请求列表 / List cancellations
#[utoipa::path(
    get,
    path = "/tmf-api/serviceOrdering/v4/cancelServiceOrder",
    tag = "TMF641 服务订单 Service orders",
    operation_id = "tmf641_listCancelServiceOrder",
    params(ListParameters),
    responses(
        (status = 200, body = Vec<resource::CancelServiceOrder>, headers(
            ("X-Result-Count" = i64, description = "本次给出的条数 / how many are given"),
            ("X-Total-Count" = i64, description = "符合条件的总数 / how many there are"),
        )),
        (status = 400, description = "参数有误 / an invalid parameter"),
    )
)]
pub async fn list(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Listed, ServiceError> {
    let (zone, now, viewer) = (desk.policy.zone, desk.clock.now(), Viewer::from(&caller));
    let (states, parameters): (Vec<_>, Vec<_>) = parameters.into_iter().partition(|(name, _)| name == "state");
    let wanted = Wanted::read(&parameters, zone)?;
    let mut sought = sought(&wanted)?;
    if states.iter().any(|(_, codes)| !codes.split(',').any(|code| code.trim() == view::DONE)) {
        sought.ids = Some(Vec::new());
    }
    let window = wanted.window;
    let (found, total) = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            repo::list(conn, &sought, &viewer, window)
        })
        .await?;
    let selection = Selection::parse(wanted.fields.as_deref());
    let resources = found.iter().map(|one| view::resource(one, Reader { language, zone }));
    let selected = resources.map(|resource| Selection::apply(selection.as_ref(), resource));
    Ok(Listed { resources: selected.collect(), total })
}

fn sought(wanted: &Wanted) -> Result<Sought, ServiceError> {
    let mut sought = Sought::default();
    for condition in &wanted.conditions {
        match condition {
            Condition::Id(ids) => sought.ids = Some(ids.clone()),
            Condition::Attribute { path, values } if path == "serviceOrder.id" => {
                sought.orders = Some(values.iter().filter_map(|id| id.parse().ok()).collect());
            }
            Condition::State(_)
            | Condition::Created(_)
            | Condition::Ended(..)
            | Condition::Action(_)
            | Condition::Party(_)
            | Condition::Attribute { .. } => {
                let fault = malformed("", "不能按该属性过滤", "cannot be filtered by this attribute");
                return Err(Problem::of_faults(vec![fault]).into());
            }
        }
    }
    Ok(sought)
}
