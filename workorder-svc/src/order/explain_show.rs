//! `GET /workorder/explain`: why an order stands where it stands, and what the viewer may do about it.

use actix_web::web;
use serde::Deserialize;
use shared_model::ids::OrderId;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::{Caller, ReaderLanguage};
use utoipa::IntoParams;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::explain::Explanation;
use crate::order::record;
use crate::order::rules::Viewer;
use crate::order::view::Lens;

/// Which order.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExplainQuery {
    pub id: i64,
}

/// 为什么 / Why it stands where it stands, and what the caller may do
#[utoipa::path(
    get,
    path = "/workorder/explain",
    tag = "工单 Work orders",
    params(ExplainQuery),
    responses((status = 200, body = Explanation), (status = 404, description = "工单不存在 / no such order"))
)]
pub async fn explain(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Query(query): Query<ExplainQuery>,
) -> Result<Answer, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(&caller));
    let (record, viewer) = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            Ok::<_, ServiceError>((record::get(conn, OrderId(query.id), &viewer, &policy)?, viewer))
        })
        .await?;
    let lens = Lens { viewer: &viewer, language, zone: desk.policy.zone, now };
    Ok(Answer::ok(&Explanation::of(&record, &lens)).etag(record.order.version))
}
