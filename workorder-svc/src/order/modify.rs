//! `GET` and `POST /workorder/modify/detail`: the editable form of an order that came back, and its resubmission.
//! source: work-order notes 11.

use actix_web::web;
use serde::Deserialize;
use shared_model::ids::OrderId;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch, OWN_RULES, Query};
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::once;
use shared_model::text::Text;
use utoipa::IntoParams;

use crate::batch::reader::sheet_of;
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::access::{check_version, get_permitted, get_visible, is_assigned_only, person};
use crate::order::action::Action;
use crate::order::model::Order;
use crate::order::receipt::{self, Saved};
use crate::order::rules::Viewer;
use crate::submit::form::{Filing, OrderForm};
use crate::submit::submission::{self, Submitter};

/// Which order.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FormQuery {
    pub id: i64,
    /// 工单类型；给出时须与工单一致 / the order's kind; must match when given
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// 可修改的表单 / The editable form of an order
#[utoipa::path(
    get,
    path = "/workorder/modify/detail",
    tag = "工单 Work orders",
    params(FormQuery),
    responses((status = 200, body = OrderForm), (status = 404, description = "工单不存在 / no such order"))
)]
pub async fn form(
    desk: web::Data<Desk>,
    caller: Caller,
    Query(query): Query<FormQuery>,
) -> Result<Answer, ServiceError> {
    let viewer = Viewer::from(&caller);
    let order = desk.db.read(move |conn| get_visible(conn, OrderId(query.id), &viewer)).await?;
    if query.kind.is_some_and(|kind| kind != order.kind.code()) {
        return Err(ServiceError::not_found());
    }
    let form = OrderForm {
        id: Some(order.id.0),
        kind: Some(order.kind.code().to_owned()),
        state: Some(order.state.code().to_owned()),
        ..order.form
    };
    Ok(Answer::ok(&form).etag(order.version))
}

/// 修改并重新提交 / Change an order that came back, and submit it again
#[utoipa::path(
    post,
    path = "/workorder/modify/detail",
    tag = "工单 Work orders",
    request_body = OrderForm,
    params(("If-Match" = Option<String>, Header, description = "所见版本的 ETag，过期答 412 / the ETag seen; 412 when stale")),
    responses(
        (status = 200, body = Saved),
        (status = 409, description = "当前状态不可修改，或域名冲突 / not modifiable now, or a conflict"),
        (status = 412, description = "版本已过期 / a stale If-Match"),
        (status = 422, description = "校验未通过 / all faults at once"),
    )
)]
pub async fn resubmit(
    desk: web::Data<Desk>,
    caller: Caller,
    IfMatch(seen): IfMatch,
    Command { body: mut form, ticket }: Command<OrderForm, OWN_RULES>,
) -> Result<Answer, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(&caller));
    let id = form.id.take().map(OrderId).ok_or_else(missing_id)?;
    let assigned_only = is_assigned_only(&caller, policy.assignment);
    let submitter = Submitter { person: person(&caller), assigned_only };
    let sheet = sheet_of(&desk, caller.id(), Some(id), &OrderForm { state: None, ..form.clone() }).await?;
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let order = get_permitted(conn, id, &viewer, Action::Modify)?;
                check_version(&order, seen)?;
                take_kind(&mut form, &order)?;
                let filing = Filing { form: &form, sheet: sheet.as_deref() };
                let order = submission::resubmit(conn, &policy, &submitter, (&order, filing), now)?;
                Ok::<_, ServiceError>(receipt::saved(&order))
            })
        })
        .await?;
    desk.nudges.all();
    Ok(answer)
}

fn missing_id() -> Problem {
    let message = Text::fixed("请指明工单", "the order's id is missing");
    Problem::of_faults(vec![Fault::new("/id", &codes::REQUEST_INVALID, message)])
}

/// An order stays of its kind.
fn take_kind(form: &mut OrderForm, order: &Order) -> Result<(), Problem> {
    let own = order.kind.code();
    match form.kind.as_deref() {
        Some(kind) if kind != own => {
            let message = Text::fixed("工单类型不能更改", "an order keeps its type");
            Err(Problem::of_faults(vec![Fault::new("/type", &codes::FIELD_INVALID, message)]))
        }
        _ => {
            form.kind = Some(own.to_owned());
            Ok(())
        }
    }
}
