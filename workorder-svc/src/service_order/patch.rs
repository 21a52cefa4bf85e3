//! `PATCH /tmf-api/serviceOrdering/v4/serviceOrder/{id}`: a draft is completed (and submitted, once it is a valid
//! order), a returned order is changed and submitted again, and what is said beside an order is changed at any time.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use shared_model::ids::OrderId;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::{Caller, ReaderLanguage};
use shared_model::server::database::Connection;
use shared_model::server::idempotency::once;

use crate::desk::{Desk, Policy};
use crate::error::ServiceError;
use crate::order::access::{check_version, get_permitted, get_visible, is_assigned_only, person};
use crate::order::action::Action;
use crate::order::model::Order;
use crate::order::rules::Viewer;
use crate::order::state::OrderState;
use crate::order::withdraw::take_back;
use crate::order::{remark, repo as orders};
use crate::service_order::create::place;
use crate::service_order::document::Document;
use crate::service_order::face::{Faced, Reader};
use crate::service_order::hub::notify::{self, Event};
use crate::service_order::merge::{Change, change};
use crate::service_order::reading::{self, Reading};
use crate::service_order::show::parse_id;
use crate::service_order::{repo, resource};
use crate::submit::form::Filing;
use crate::submit::submission::{self, Submitter};

/// Who patches, and as what.
#[derive(Clone)]
struct Patcher {
    caller: Caller,
    viewer: Viewer,
    submitter: Submitter,
}

/// 修改服务订单 / Change a service order (JSON Merge Patch)
#[utoipa::path(
    patch,
    path = "/tmf-api/serviceOrdering/v4/serviceOrder/{id}",
    tag = "TMF641 服务订单 Service orders",
    operation_id = "tmf641_patchServiceOrder",
    params(("id" = String, Path, description = "服务订单编号 / service order id")),
    request_body = resource::ServiceOrderCreate,
    responses(
        (status = 200, body = resource::ServiceOrder),
        (status = 400, description = "属性不可修改或有误 / an attribute is invalid, or cannot be changed"),
        (status = 403, description = "不是发起人 / not the creator"),
        (status = 404, description = "不存在或无权查看 / no such order for this caller"),
        (status = 409, description = "当前状态不可修改 / not modifiable now"),
        (status = 412, description = "版本已过期 / a stale If-Match"),
        (status = 422, description = "退回的工单修改后仍不是有效工单 / a returned order must be valid to be resubmitted"),
    )
)]
pub async fn patch(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    IfMatch(seen): IfMatch,
    id: web::Path<String>,
    Command { body, ticket }: Command<Map<String, Value>>,
) -> Result<Answer, ServiceError> {
    let (id, policy, now) = (parse_id(&id)?, desk.policy.clone(), desk.clock.now());
    let reader = Reader { language, zone: policy.zone };
    let submitter = Submitter { person: person(&caller), assigned_only: is_assigned_only(&caller, policy.assignment) };
    let patcher = Patcher { viewer: Viewer::from(&caller), submitter, caller };
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let before = get_visible(conn, id, &patcher.viewer)?;
                check_version(&before, seen)?;
                let faced = repo::faced(conn, before)?;
                let wanted = change(&faced.attributes(), &body, &faced.resource(reader))?;
                let after = apply(conn, &policy, &patcher, faced, wanted, now)?;
                let version = after.version;
                Ok::<_, ServiceError>(Answer::ok(&repo::faced(conn, after)?.resource(reader)).etag(version))
            })
        })
        .await?;
    desk.nudges.all();
    Ok(answer)
}

fn apply(
    conn: &mut Connection,
    policy: &Policy,
    patcher: &Patcher,
    faced: Faced,
    wanted: Change,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let order = faced.order;
    let after = match wanted {
        Change::Nothing => return Ok(order),
        Change::Cancel(reason) => {
            let reason = remark::optional("/cancellationReason", reason)?;
            return take_back(conn, policy, &patcher.caller, (order.id, None), reason.as_deref(), now);
        }
        Change::Annotation(document) | Change::Content(document) if order.state == OrderState::Draft => {
            get_permitted(conn, order.id, &patcher.viewer, Action::Submit)?;
            place(conn, policy, &patcher.submitter, Some(order.id), &document, now)?
        }
        Change::Content(document) => resubmit(conn, policy, patcher, order.id, &document, now)?,
        Change::Annotation(document) => annotate(conn, policy, patcher, order.id, &document)?,
    };
    notify::tell(conn, Event::AttributeValueChanged, &after, policy, now)?;
    Ok(after)
}

/// A returned order, changed and submitted again.
fn resubmit(
    conn: &mut Connection,
    policy: &Policy,
    patcher: &Patcher,
    id: OrderId,
    document: &Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let before = get_permitted(conn, id, &patcher.viewer, Action::Modify)?;
    let Reading { mut form, faults } = reading::read(document);
    if !faults.is_empty() {
        return Err(Problem::of_faults(faults).into());
    }
    form.kind = Some(before.kind.code().to_owned());
    let after = submission::resubmit(conn, policy, &patcher.submitter, (&before, Filing::from(&form)), now)?;
    repo::replace(conn, id, &Document::new(document, after.form.clone(), &[]))?;
    Ok(after)
}

/// Changes what is said beside an order: a new version of it, and nothing else.
fn annotate(
    conn: &mut Connection,
    policy: &Policy,
    patcher: &Patcher,
    id: OrderId,
    document: &Map<String, Value>,
) -> Result<Order, ServiceError> {
    let before = orders::get_for_change(conn, id)?;
    if !before.is_created_by(&patcher.viewer.id) {
        return Err(ServiceError::of(&codes::ORDER_NOT_CREATOR));
    }
    let after = Order { version: before.version + 1, ..before.clone() };
    orders::apply_transition(conn, &before, &after, policy.due_at(&after))?;
    repo::replace(conn, id, &Document::new(document, after.form.clone(), &[]))?;
    Ok(after)
}
