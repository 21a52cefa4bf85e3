//! `DELETE /workorder/filters/{id}`

use actix_web::web;
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::saved_filter::repo;

/// 删除常用查询 / Forget a filter
#[utoipa::path(
    delete,
    path = "/workorder/filters/{id}",
    tag = "工单 Work orders",
    params(("id" = i64, Path, description = "编号 / its id")),
    responses(
        (status = 204, description = "已删除 / it is gone"),
        (status = 404, description = "没有这个查询 / no such filter of the caller's"),
    )
)]
pub async fn delete(desk: web::Data<Desk>, caller: Caller, id: web::Path<String>) -> Result<Answer, ServiceError> {
    let id: i64 = id.parse().map_err(|_| ServiceError::not_found())?;
    if desk.db.write(move |conn| repo::delete(conn, caller.id(), id)).await? {
        Ok(Answer::no_content())
    } else {
        Err(ServiceError::not_found())
    }
}
