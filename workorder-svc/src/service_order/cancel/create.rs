//! `POST /tmf-api/serviceOrdering/v4/cancelServiceOrder`: takes an order back, as `/workorder/withdraw` does.

use actix_web::web;
use serde_json::{Map, Value};
use shared_model::ids::OrderId;
use shared_model::problem::{Fault, Problem};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::{Caller, ReaderLanguage};
use shared_model::server::idempotency::once;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::remark;
use crate::order::withdraw::take_back;
use crate::service_order::answer::Located;
use crate::service_order::cancel::{repo, view};
use crate::service_order::face::Reader;
use crate::service_order::hub::{notify, repo as subscriptions};
use crate::service_order::reading::malformed;
use crate::service_order::resource;
use crate::service_order::show::parse_id;

/// 取消服务订单 / Cancel a service order
#[utoipa::path(
    post,
    path = "/tmf-api/serviceOrdering/v4/cancelServiceOrder",
    tag = "TMF641 服务订单 Service orders",
    operation_id = "tmf641_createCancelServiceOrder",
    request_body = resource::CancelServiceOrderCreate,
    params(("Idempotency-Key" = Option<String>, Header, description = "同一请求只执行一次 / makes a retry safe")),
    responses(
        (status = 201, body = resource::CancelServiceOrder, headers(("Location" = String)), description = "已取消 / done"),
        (status = 400, description = "没有指明订单 / no order is named"),
        (status = 403, description = "不是发起人 / not the creator"),
        (status = 404, description = "订单不存在或无权查看 / no such order for this caller"),
        (status = 409, description = "已下发或已完结 / dispatched or closed already"),
    )
)]
pub async fn create(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Command { body, ticket }: Command<Map<String, Value>>,
) -> Result<Located, ServiceError> {
    let (order, reason) = read(&body)?;
    let (policy, now) = (desk.policy.clone(), desk.clock.now());
    let reader = Reader { language, zone: policy.zone };
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                take_back(conn, &policy, &caller, (order, None), reason.as_deref(), now)?;
                let cancellation = repo::insert(conn, order, view::said(&body), caller.id(), now)?;
                let given = view::resource(&cancellation, reader);
                let subscribers = subscriptions::list(conn)?;
                for event in ["CancelServiceOrderCreateEvent", "CancelServiceOrderStateChangeEvent"] {
                    notify::send(conn, &subscribers, event, "cancelServiceOrder", &given, (reader, now))?;
                }
                Ok::<_, ServiceError>(Answer::created(&given))
            })
        })
        .await?;
    desk.nudges.outbox.nudge();
    Ok(Located(answer))
}

/// Which order, and why.
fn read(body: &Map<String, Value>) -> Result<(OrderId, Option<String>), ServiceError> {
    let mut faults: Vec<Fault> = Vec::new();
    let id = body.get("serviceOrder").map_or(&Value::Null, |order| &order["id"]);
    let id = id.as_str().map(str::to_owned).or_else(|| id.as_u64().map(|id| id.to_string()));
    if id.is_none() {
        faults.push(malformed("/serviceOrder/id", "请指明服务订单", "the service order is missing"));
    }
    let reason = body.get("cancellationReason").filter(|reason| !reason.is_null());
    if reason.is_some_and(|reason| !reason.is_string()) {
        faults.push(malformed("/cancellationReason", "须为文本", "must be a text"));
    }
    let date = body.get("requestedCancellationDate").filter(|date| !date.is_null());
    let is_time = |date: &Value| date.as_str().is_some_and(|text| chrono::DateTime::parse_from_rfc3339(text).is_ok());
    if date.is_some_and(|date| !is_time(date)) {
        faults.push(malformed("/requestedCancellationDate", "须为 RFC 3339 时间", "must be an RFC 3339 time"));
    }
    let Some(id) = id.filter(|_| faults.is_empty()) else { return Err(Problem::of_faults(faults).into()) };
    let reason = remark::optional("/cancellationReason", reason.and_then(Value::as_str).map(str::to_owned))?;
    Ok((parse_id(&id)?, reason))
}
