//! `GET /workorder/detail`: the whole of one order. source: work-order notes 9.

use actix_web::web;
use serde::Deserialize;
use shared_model::ids::OrderId;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::{Caller, ReaderLanguage};
use utoipa::IntoParams;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::detail_view::DetailView;
use crate::order::record;
use crate::order::rules::Viewer;
use crate::order::view::Lens;

/// Which order.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DetailQuery {
    pub id: i64,
    /// 工单类型；给出时须与工单一致 / the order's kind; must match when given
    #[serde(rename = "type")]
    #[param(rename = "type")]
    pub kind: Option<String>,
}

/// 工单详情 / One order
#[utoipa::path(
    get,
    path = "/workorder/detail",
    tag = "工单 Work orders",
    params(DetailQuery),
    responses(
        (status = 200, body = DetailView, headers(("ETag" = String, description = "版本 / the version"))),
        (status = 404, description = "工单不存在 / no such order"),
    )
)]
pub async fn show(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Query(query): Query<DetailQuery>,
) -> Result<Answer, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(&caller));
    let id = OrderId(query.id);
    let (record, viewer) = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            Ok::<_, ServiceError>((record::get(conn, id, &viewer, &policy)?, viewer))
        })
        .await?;
    let other_kind = query.kind.as_deref().is_some_and(|kind| !kind.is_empty() && kind != record.order.kind.code());
    if other_kind {
        return Err(ServiceError::not_found());
    }
    let version = record.order.version;
    let lens = Lens { viewer: &viewer, language, zone: desk.policy.zone, now };
    Ok(Answer::ok(&DetailView::of(record, &lens)).etag(version))
}
