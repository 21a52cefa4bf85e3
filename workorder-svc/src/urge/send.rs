//! `POST /workorder/urge` (催办): notifies the current approver or BPM person.

use actix_web::web;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use shared_model::ids::{OrderId, UserId};
use shared_model::local_time::{list_time, with_offset};
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::once;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::desk::{Desk, Policy};
use crate::error::ServiceError;
use crate::notice::{Notice, NoticeKind, tell};
use crate::order::access::{actor, get_permitted};
use crate::order::action::Action;
use crate::order::model::Order;
use crate::order::rules::{Viewer, urged};
use crate::order::state::OrderState;
use crate::urge::repo;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Urge {
    pub id: i64,
}

/// Who was urged, and from when they may be again.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Urged {
    pub id: i64,
    pub status: OrderState,
    pub urged: Vec<UrgedPerson>,
    /// Before that, urging again is 429.
    pub next_at: DateTime<FixedOffset>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UrgedPerson {
    pub id: UserId,
    pub name: String,
}

/// 催办 / Ask whoever has the order in hand for speed
#[utoipa::path(
    post,
    path = "/workorder/urge",
    tag = "工单 Work orders",
    request_body = Urge,
    responses(
        (status = 200, body = Urged),
        (status = 409, description = "不在审批人或 BPM 人员手里 / neither with an approver nor with BPM"),
        (
            status = 429, description = "刚刚催办过 / urged too recently",
            headers(("Retry-After" = u64, description = "秒 / seconds"))
        ),
    )
)]
pub async fn urge(
    desk: web::Data<Desk>,
    caller: Caller,
    Command { body, ticket }: Command<Urge>,
) -> Result<Answer, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(&caller));
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                // Held until the end: of two who urge at once the second finds the first.
                let order = get_permitted(conn, OrderId(body.id), &viewer, Action::Urge)?;
                take_turn(conn, &policy, &order, caller.id(), now)?;
                let notice = urged(&order)
                    .iter()
                    .fold(Notice::about(NoticeKind::Urged, &order), |notice, person| notice.to(&person.id));
                let notice = notice.by(&actor(&caller, &order), None).with_substitutes(conn, &order, now)?;
                tell(conn, &policy, &notice, now)?;
                Ok::<_, ServiceError>(Answer::ok(&answer_of(&policy, &order, now)))
            })
        })
        .await?;
    desk.nudges.all();
    Ok(answer)
}

/// Errors: 429 with the seconds to wait, when the order was urged too recently.
fn take_turn(
    conn: &mut Connection,
    policy: &Policy,
    order: &Order,
    by: &UserId,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let next = repo::last(conn, order.id)?.map(|last| last + policy.urge_interval).filter(|next| *next > now);
    let Some(next) = next else { return Ok(repo::insert(conn, order.id, by, now)?) };
    let at = list_time(next + TimeDelta::minutes(1), policy.zone);
    let seconds = u64::try_from((next - now).num_seconds()).unwrap_or(0) + 1;
    Err(Problem::new(&codes::URGE_TOO_SOON)
        .detail(Text::new(format!("{at} 之后可再次催办"), format!("urge again after {at}")))
        .retry_after(seconds)
        .into())
}

fn answer_of(policy: &Policy, order: &Order, now: DateTime<Utc>) -> Urged {
    let people = urged(order);
    Urged {
        id: order.id.0,
        status: order.state,
        urged: people.iter().map(|person| UrgedPerson { id: person.id.clone(), name: person.name.clone() }).collect(),
        next_at: with_offset(now + policy.urge_interval, policy.zone),
    }
}
