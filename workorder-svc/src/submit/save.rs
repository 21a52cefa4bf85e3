//! `POST /workorder/custom/save`: submits an order, or keeps it as a draft. source: work-order notes 2.

use actix_web::web;
use shared_model::ids::OrderId;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, OWN_RULES};
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::once;

use crate::batch::reader::sheet_of;
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::access::{is_assigned_only, person};
use crate::order::receipt::{self, Saved};
use crate::service_order::hub::notify;
use crate::submit::form::{Filing, OrderForm};
use crate::submit::submission::{self, Submitter};

/// 提单，或保存草稿 / Submit an order, or save a draft
#[utoipa::path(
    post,
    path = "/workorder/custom/save",
    tag = "工单 Work orders",
    request_body = OrderForm,
    params(("Idempotency-Key" = Option<String>, Header, description = "同一请求只执行一次 / makes a retry safe")),
    responses(
        (status = 200, body = Saved),
        (status = 404, description = "草稿不存在或不是本人的 / no such draft of the caller"),
        (status = 409, description = "域名已存在或有在途工单 / every fault is a conflict with what exists"),
        (status = 422, description = "校验未通过，逐项列出 / all faults at once, each with its pointer"),
    )
)]
pub async fn save(
    desk: web::Data<Desk>,
    caller: Caller,
    Command { body, ticket }: Command<OrderForm, OWN_RULES>,
) -> Result<Answer, ServiceError> {
    let (policy, now) = (desk.policy.clone(), desk.clock.now());
    let assigned_only = is_assigned_only(&caller, policy.assignment);
    let submitter = Submitter { person: person(&caller), assigned_only };
    let sheet = sheet_of(&desk, caller.id(), body.id.map(OrderId), &body).await?;
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let filing = Filing { form: &body, sheet: sheet.as_deref() };
                let order = submission::save(conn, &policy, &submitter, filing, now)?;
                if body.id.is_none() {
                    notify::tell(conn, notify::Event::Created, &order, &policy, now)?;
                }
                Ok::<_, ServiceError>(receipt::saved(&order))
            })
        })
        .await?;
    desk.nudges.all();
    Ok(answer)
}
