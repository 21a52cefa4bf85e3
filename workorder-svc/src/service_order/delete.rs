//! `DELETE /tmf-api/serviceOrdering/v4/serviceOrder/{id}`: a draft that its creator gives up.

use actix_web::web;
use shared_model::problem::codes;
use shared_model::server::answer::Answer;
use shared_model::server::body::IfMatch;
use shared_model::server::caller::Caller;

use crate::desk::Desk;
use crate::error::{ServiceError, state_conflict};
use crate::order::access::check_version;
use crate::order::repo as orders;
use crate::order::rules::{Viewer, is_visible};
use crate::order::state::OrderState;
use crate::service_order::hub::notify::{self, Event};
use crate::service_order::show::parse_id;

/// 删除草稿 / Delete a draft
#[utoipa::path(
    delete,
    path = "/tmf-api/serviceOrdering/v4/serviceOrder/{id}",
    tag = "TMF641 服务订单 Service orders",
    operation_id = "tmf641_deleteServiceOrder",
    params(("id" = String, Path, description = "服务订单编号 / service order id")),
    responses(
        (status = 204, description = "已删除 / deleted"),
        (status = 403, description = "不是发起人 / not the creator"),
        (status = 404, description = "不存在或无权查看 / no such order for this caller"),
        (status = 409, description = "不是草稿 / not a draft"),
    )
)]
pub async fn delete(
    desk: web::Data<Desk>,
    caller: Caller,
    IfMatch(seen): IfMatch,
    id: web::Path<String>,
) -> Result<Answer, ServiceError> {
    let (id, viewer, policy, now) = (parse_id(&id)?, Viewer::from(&caller), desk.policy.clone(), desk.clock.now());
    desk.db
        .write(move |conn| {
            let order = orders::get_for_change(conn, id)?;
            if !is_visible(&order, &viewer) {
                return Err(ServiceError::not_found());
            }
            if order.state != OrderState::Draft {
                return Err(state_conflict(order.state).into());
            }
            if !order.is_created_by(&viewer.id) {
                return Err(ServiceError::of(&codes::ORDER_NOT_CREATOR));
            }
            check_version(&order, seen)?;
            notify::tell(conn, Event::Deleted, &order, &policy, now)?;
            orders::delete_draft(conn, &order)
        })
        .await?;
    desk.nudges.outbox.nudge();
    Ok(Answer::no_content())
}
