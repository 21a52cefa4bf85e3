//! `GET /tmf-api/serviceOrdering/v4/serviceOrder/{id}`.

use actix_web::web;
use serde::Deserialize;
use shared_model::ids::OrderId;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::{Caller, ReaderLanguage};
use utoipa::IntoParams;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::access::get_visible;
use crate::order::rules::Viewer;
use crate::service_order::face::Reader;
use crate::service_order::selection::Selection;
use crate::service_order::{repo, resource};

/// Which attributes.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FieldsQuery {
    /// 只要这些属性，逗号分隔 / these attributes only, with commas
    pub fields: Option<String>,
}

/// 服务订单 / Retrieve a service order
#[utoipa::path(
    get,
    path = "/tmf-api/serviceOrdering/v4/serviceOrder/{id}",
    tag = "TMF641 服务订单 Service orders",
    operation_id = "tmf641_retrieveServiceOrder",
    params(("id" = String, Path, description = "服务订单编号 / service order id"), FieldsQuery),
    responses(
        (status = 200, body = resource::ServiceOrder),
        (status = 404, description = "不存在或无权查看 / no such order for this caller"),
    )
)]
pub async fn show(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    id: web::Path<String>,
    Query(query): Query<FieldsQuery>,
) -> Result<Answer, ServiceError> {
    let (id, viewer, now) = (parse_id(&id)?, Viewer::from(&caller), desk.clock.now());
    let faced = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            let order = get_visible(conn, id, &viewer)?;
            Ok::<_, ServiceError>(repo::faced(conn, order)?)
        })
        .await?;
    let resource = faced.resource(Reader { language, zone: desk.policy.zone });
    let selected = Selection::apply(Selection::parse(query.fields.as_deref()).as_ref(), resource);
    Ok(Answer::ok(&selected).etag(faced.order.version))
}

/// An id of a service order is the number of a work order; anything else names none.
pub fn parse_id(id: &str) -> Result<OrderId, ServiceError> {
    id.parse().map(OrderId).map_err(|_| ServiceError::not_found())
}
