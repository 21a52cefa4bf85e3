//! `POST /workorder/recall` (召回): PLATFORM_ADMIN takes a dispatch back that became a dead letter; the order waits for
//! approval again.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared_model::bpm::{DispatchRecalled, RecallDispatch};
use shared_model::ids::OrderId;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;
use shared_model::server::client::CallError;
use shared_model::server::database::Connection;
use shared_model::server::idempotency;
use shared_model::server::outbox;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::approval::route;
use crate::bpm::repo::{self, task_state};
use crate::desk::{Desk, Policy};
use crate::error::ServiceError;
use crate::order::access::{actor, check_version, get_permitted};
use crate::order::action::Action;
use crate::order::model::{Actor, Order};
use crate::order::receipt::{self, Moved};
use crate::order::remark;
use crate::order::rules::Viewer;
use crate::order::state::OrderEvent;
use crate::order::transition::{Happening, advance};

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recall {
    pub id: i64,
    #[serde(default)]
    pub reason: Option<String>,
}

/// 召回话单 / Take back a dispatch that is a dead letter
#[utoipa::path(
    post,
    path = "/workorder/recall",
    tag = "BPM",
    request_body = Recall,
    params(("If-Match" = Option<String>, Header, description = "所见版本的 ETag，过期答 412 / the ETag seen; 412 when stale")),
    responses(
        (status = 200, body = Moved),
        (status = 409, description = "不在下发中，或话单未进入死信 / not dispatching, or not a dead letter"),
        (status = 412, description = "版本已过期 / a stale If-Match"),
        (status = 503, description = "bpm-adapter 不可用 / bpm-adapter is unavailable"),
    )
)]
pub async fn recall(
    desk: web::Data<Desk>,
    caller: Caller,
    IfMatch(seen): IfMatch,
    Command { body, ticket }: Command<Recall>,
) -> Result<Answer, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(&caller));
    let (id, reason) = (OrderId(body.id), remark::required("/reason", body.reason.as_deref())?);
    let (looker, key) = (viewer.clone(), ticket.clone());
    let looked = desk
        .db
        .write(move |conn| {
            if let Some(answer) = idempotency::begin::<ServiceError>(conn, key.as_ref(), now)? {
                return Ok(Err(answer));
            }
            // The key is taken only by the transaction that moves the order: this one just looks.
            idempotency::release(conn, key.as_ref())?;
            let order = get_permitted(conn, id, &looker, Action::Recall)?;
            check_version(&order, seen)?;
            Ok::<_, ServiceError>(Ok(order))
        })
        .await?;
    let order = match looked {
        Ok(order) => order,
        Err(answer) => return Ok(answer),
    };
    // Asked first, and outside of any transaction: what bpm-adapter has voided stays voided when we ask again.
    let outcome = ask(&desk, &order, &reason).await?;
    desk.db
        .write(move |conn| {
            idempotency::once(conn, ticket.as_ref(), now, |conn| {
                let before = get_permitted(conn, id, &viewer, Action::Recall)?;
                if before.attempt != order.attempt {
                    return Err(ServiceError::overtaken(before.state));
                }
                settle_dispatch(conn, &before, &outcome, now)?;
                let after = back_to_approval(conn, &policy, &before, (&actor(&caller, &before), &reason), now)?;
                Ok(receipt::moved(&after))
            })
        })
        .await
}

async fn ask(desk: &Desk, order: &Order, reason: &str) -> Result<DispatchRecalled, ServiceError> {
    let request = RecallDispatch { attempt: order.attempt, reason: reason.to_owned() };
    let key = format!("recall-{}-{}", order.id, order.attempt);
    match desk.bpm.post(&format!("/internal/orders/{}/recall", order.id), Some(&key), &request).await {
        Ok(answer) => serde_json::from_value(answer).map_err(|error| unavailable(&error.to_string())),
        Err(CallError::Refused(problem)) if problem.status == 409 => {
            Err(ServiceError::of(&codes::ORDER_NOT_RECALLABLE))
        }
        Err(error) => Err(unavailable(&error.to_string())),
    }
}

fn unavailable(why: &str) -> ServiceError {
    tracing::warn!(why, "bpm-adapter could not be asked to void a dispatch");
    Problem::new(&codes::SERVICE_UNAVAILABLE)
        .detail(Text::fixed("bpm-adapter 暂不可用，请稍后重试", "bpm-adapter is unavailable, try again soon"))
        .retry_after(5)
        .into()
}

/// Voided over there: done. Never arrived: only a dispatch of ours that is dead for good may be given up.
fn settle_dispatch(
    conn: &mut Connection,
    order: &Order,
    outcome: &DispatchRecalled,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let record = repo::find(conn, order.id, order.attempt)?.ok_or_else(ServiceError::not_found)?;
    match outcome {
        DispatchRecalled::Voided { task_id, bill_no } => {
            repo::learn(conn, order.id, order.attempt, task_id, Some(bill_no))?;
            outbox::cancel_dead(conn, &record.outbox_id, now)?;
        }
        DispatchRecalled::Unknown => {
            if !outbox::cancel_dead(conn, &record.outbox_id, now)? {
                return Err(ServiceError::of(&codes::ORDER_NOT_RECALLABLE));
            }
        }
    }
    Ok(repo::set_state(conn, order.id, order.attempt, task_state::RECALLED, now)?)
}

/// Whoever approved last decides again, or somebody of that step.
fn back_to_approval(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    (actor, reason): (&Actor, &str),
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let mut after = before.clone();
    route::assign(conn, &mut after)?;
    let happening = Happening { event: OrderEvent::Recalled, actor, comment: Some(reason) };
    advance(conn, policy, before, &mut after, &happening, now)?;
    Ok(after)
}
