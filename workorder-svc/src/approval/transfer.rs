//! `POST /workorder/transfer` (转办): the current approver hands an order to another holder of the same role; of a
//! creator who left, PLATFORM_ADMIN gives the order to another manager.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared_model::account::Account;
use shared_model::ids::{OrderId, UserId};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::role::Role;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::directory;
use shared_model::server::idempotency::once;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::desk::{Desk, Policy};
use crate::error::ServiceError;
use crate::notice::{Notice, NoticeKind, tell};
use crate::order::access::{Acting, actor, check_version, get_permitted};
use crate::order::action::Action;
use crate::order::model::{Actor, Order, Person, history_event};
use crate::order::receipt::{self, Moved};
use crate::order::rules::Viewer;
use crate::order::state::{OrderEvent, OrderState};
use crate::order::transition::{Happening, advance_for, note, return_to_creator};
use crate::order::{participant, remark, repo};

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Transfer {
    pub id: i64,
    pub to_user_id: String,
    #[serde(default)]
    pub comment: Option<String>,
}

/// 转办 / Hand an order over
#[utoipa::path(
    post,
    path = "/workorder/transfer",
    tag = "审批 Approval",
    request_body = Transfer,
    params(("If-Match" = Option<String>, Header, description = "所见版本的 ETag，过期答 412 / the ETag seen; 412 when stale")),
    responses(
        (status = 200, body = Moved),
        (status = 403, description = "不是当前审批人 / not the current approver"),
        (status = 409, description = "不在审批中 / not in approval"),
        (status = 412, description = "版本已过期 / a stale If-Match"),
        (status = 422, description = "不能转给此人 / not to this person"),
    )
)]
pub async fn transfer(
    desk: web::Data<Desk>,
    caller: Caller,
    IfMatch(seen): IfMatch,
    Command { body, ticket }: Command<Transfer>,
) -> Result<Answer, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(&caller));
    let comment = remark::optional("/comment", body.comment)?;
    desk.db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let viewer = viewer.standing_in(conn, now)?;
                let order = get_permitted(conn, OrderId(body.id), &viewer, Action::Transfer)?;
                check_version(&order, seen)?;
                let to = directory::find(conn, &UserId::from(body.to_user_id.trim()))?;
                let order = if order.state == OrderState::Approving {
                    let (to, acting) = (next_approver(&order, to)?, Acting::of(&caller, &order, &viewer));
                    hand_over(conn, &policy, &order, to, (&acting, comment.as_deref()), now)?
                } else {
                    let actor = actor(&caller, &order);
                    let to = next_manager(&order, to)?;
                    change_creator(conn, &policy, &order, to, (&actor, comment.as_deref()), now)?
                };
                Ok::<_, ServiceError>(receipt::moved(&order))
            })
        })
        .await
}

/// Another enabled holder of the role whose turn it is; never the creator.
fn next_approver(order: &Order, to: Option<Account>) -> Result<Person, Problem> {
    let role = order.dealer.or_else(|| order.route.role());
    let fits = |account: &Account| {
        account.enabled
            && account.id != order.creator.id
            && !order.is_handled_by(&account.id)
            && !order.route.seats.iter().any(|seat| seat.person.id == account.id)
            && role.is_some_and(|role| account.roles.contains(&role))
    };
    let account =
        to.filter(fits).ok_or_else(|| unfit("只能转给同角色的其他在职人员", "another enabled holder of the role"))?;
    Ok(Person::of_account(&account, role.unwrap_or(Role::PlatformAdmin)))
}

/// An enabled manager.
fn next_manager(order: &Order, to: Option<Account>) -> Result<Person, Problem> {
    let manager = to.filter(|account| account.enabled && account.id != order.creator.id).and_then(|account| {
        let role = account.roles.iter().copied().find(|role| role.is_manager())?;
        Some(Person::of_account(&account, role))
    });
    manager.ok_or_else(|| unfit("只能转给在职的客户经理", "an enabled account manager"))
}

fn unfit(zh: &'static str, en: &'static str) -> Problem {
    Problem::of_faults(vec![Fault::new("/toUserId", &codes::TRANSFER_TARGET_INVALID, Text::fixed(zh, en))])
}

fn hand_over(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    to: Person,
    (acting, comment): (&Acting, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let mut after = before.clone();
    let said = named(&to, comment);
    for seat in after.route.seats.iter_mut().filter(|seat| seat.person.id == acting.holder) {
        seat.person = to.clone();
    }
    // Where several decide, only the place that is handed over changes hands.
    if before.approver.as_ref().is_some_and(|approver| approver.id == acting.holder) {
        after.dealer = to.role;
        after.approver = Some(to);
    }
    let happening = Happening { event: OrderEvent::Transferred, actor: &acting.actor, comment: Some(&said) };
    advance_for(conn, policy, (before, &mut after), &happening, acting.on_behalf_of.as_ref(), now)?;
    Ok(after)
}

/// The order is the other manager's from now on, as if they had created it.
fn change_creator(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    to: Person,
    (actor, comment): (&Actor, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let mut after = before.clone();
    let said = named(&to, comment);
    after.creator = to;
    if after.state.is_returned() {
        return_to_creator(&mut after);
    }
    (after.version, after.since, after.updated_at) = (before.version + 1, now, now);
    repo::apply_transition(conn, before, &after, policy.due_at(&after))?;
    participant::add(conn, after.id, &after.creator.id, true)?;
    note(conn, &after, history_event::CREATOR_CHANGED, actor, Some(&said), now)?;
    let handed = Notice::about(NoticeKind::TransferredToYou, &after).to(&after.creator.id).by(actor, comment);
    tell(conn, policy, &handed, now)?;
    Ok(after)
}

/// The history says to whom, and why.
fn named(to: &Person, comment: Option<&str>) -> String {
    let name = &to.name;
    match comment {
        Some(comment) => format!("→ {name}：{comment}"),
        None => format!("→ {name}"),
    }
}
