//! `DELETE /workorder/substitute`: the caller is back.

use actix_web::web;
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::substitute::repo;

/// 取消代理 / End the substitution; it may have ended, or never been
#[utoipa::path(
    delete,
    path = "/workorder/substitute",
    tag = "审批 Approval",
    responses((status = 204, description = "没有代理人了 / there is no substitute any more"))
)]
pub async fn remove(desk: web::Data<Desk>, caller: Caller) -> Result<Answer, ServiceError> {
    desk.db.write(move |conn| repo::delete(conn, caller.id())).await?;
    Ok(Answer::no_content())
}
