//! `POST /workorder/withdraw` (撤回): the creator takes an order back before it is dispatched.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared_model::ids::OrderId;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::once;
use utoipa::ToSchema;

use crate::desk::{Desk, Policy};
use crate::domain_name::repo as domains;
use crate::error::ServiceError;
use crate::icp::repo as icp;
use crate::order::access::{actor, check_version, get_permitted};
use crate::order::action::Action;
use crate::order::model::Order;
use crate::order::receipt::{self, Moved};
use crate::order::remark;
use crate::order::rules::Viewer;
use crate::order::state::OrderEvent;
use crate::order::transition::{Happening, advance, leave_desk};

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Withdraw {
    pub id: i64,
    #[serde(default)]
    pub reason: Option<String>,
}

/// 撤回工单 / Take an order back
#[utoipa::path(
    post,
    path = "/workorder/withdraw",
    tag = "工单 Work orders",
    request_body = Withdraw,
    params(("If-Match" = Option<String>, Header, description = "所见版本的 ETag，过期答 412 / the ETag seen; 412 when stale")),
    responses(
        (status = 200, body = Moved),
        (status = 403, description = "不是发起人 / not the creator"),
        (status = 409, description = "已下发或已完结 / dispatched or closed already"),
        (status = 412, description = "版本已过期 / a stale If-Match"),
    )
)]
pub async fn withdraw(
    desk: web::Data<Desk>,
    caller: Caller,
    IfMatch(seen): IfMatch,
    Command { body, ticket }: Command<Withdraw>,
) -> Result<Answer, ServiceError> {
    let (policy, now) = (desk.policy.clone(), desk.clock.now());
    let reason = remark::optional("/reason", body.reason)?;
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let after = take_back(conn, &policy, &caller, (OrderId(body.id), seen), reason.as_deref(), now)?;
                Ok::<_, ServiceError>(receipt::moved(&after))
            })
        })
        .await?;
    desk.nudges.outbox.nudge();
    Ok(answer)
}

/// Takes an order back for the caller, if they may and have `seen` it as it is: its domains are free again.
pub fn take_back(
    conn: &mut Connection,
    policy: &Policy,
    caller: &Caller,
    (id, seen): (OrderId, Option<i64>),
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let before = get_permitted(conn, id, &Viewer::from(caller), Action::Withdraw)?;
    check_version(&before, seen)?;
    let (mut after, actor) = (before.clone(), actor(caller, &before));
    leave_desk(&mut after);
    domains::release(conn, after.id)?;
    icp::end(conn, after.id)?;
    let happening = Happening { event: OrderEvent::Withdrawn, actor: &actor, comment: reason };
    advance(conn, policy, &before, &mut after, &happening, now)?;
    Ok(after)
}
