//! `DELETE /tmf-api/serviceOrdering/v4/hub/{id}`: ends a subscription. What is on its way to it is not sent any more.

use actix_web::web;
use shared_model::server::answer::Answer;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::service_order::hub::repo;

/// 退订 / End a subscription
#[utoipa::path(
    delete,
    path = "/tmf-api/serviceOrdering/v4/hub/{id}",
    tag = "TMF641 服务订单 Service orders",
    operation_id = "tmf641_unregisterListener",
    params(("id" = String, Path, description = "订阅编号 / subscription id")),
    responses(
        (status = 204, description = "已退订 / ended"),
        (status = 404, description = "没有此订阅 / no such subscription"),
    )
)]
pub async fn unregister(desk: web::Data<Desk>, id: web::Path<String>) -> Result<Answer, ServiceError> {
    let id = id.into_inner();
    let ended = desk.db.write(move |conn| Ok::<_, ServiceError>(repo::delete(conn, &id)?)).await?;
    if ended { Ok(Answer::no_content()) } else { Err(ServiceError::not_found()) }
}
