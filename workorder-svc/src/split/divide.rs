//! `POST /workorder/split` (拆分): the lawful domains go on to approval, the others become a new order that waits for
//! its creator. One transaction.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared_model::ids::OrderId;
use shared_model::problem::codes;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::once;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::approval::route;
use crate::desk::{Desk, Policy};
use crate::domain_name::repo as domains;
use crate::error::ServiceError;
use crate::icp::evidence;
use crate::order::access::{actor, check_version, get_permitted};
use crate::order::action::Action;
use crate::order::history::{self, NewEntry};
use crate::order::model::{Actor, IcpProgress, Order, OrderDomain};
use crate::order::rules::Viewer;
use crate::order::state::{OrderEvent, OrderState, next};
use crate::order::transition::{Happening, advance, append_pending, return_to_creator};
use crate::order::{content, participant, repo};
use crate::service_order::hub::notify;
use crate::split::link::{self, LinkedOrder};
use crate::split::parts::{self, Parts};

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Split {
    pub id: i64,
}

/// Where both orders stand now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Divided {
    #[schema(examples(347_411))]
    pub id: i64,
    pub status: OrderState,
    /// The new order, with the domains that are not lawful.
    pub linked_order: LinkedOrder,
}

/// 拆分：合法域名继续，其余成为新工单 / Split an order whose ICP check failed
#[utoipa::path(
    post,
    path = "/workorder/split",
    tag = "工单 Work orders",
    request_body = Split,
    params(
        ("If-Match" = Option<String>, Header, description = "所见版本的 ETag，过期答 412 / the ETag seen; 412 when stale"),
        ("Idempotency-Key" = Option<String>, Header, description = "同一请求只执行一次 / makes a retry safe"),
    ),
    responses(
        (status = 200, body = Divided),
        (status = 403, description = "不是发起人 / not the creator"),
        (status = 409, description = "不是备案未通过，或没有可拆分的域名 / not icpFailed, or nothing to split"),
        (status = 412, description = "版本已过期 / a stale If-Match"),
    )
)]
pub async fn split(
    desk: web::Data<Desk>,
    caller: Caller,
    IfMatch(seen): IfMatch,
    Command { body, ticket }: Command<Split>,
) -> Result<Answer, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(&caller));
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let before = get_permitted(conn, OrderId(body.id), &viewer, Action::Split)?;
                check_version(&before, seen)?;
                let (after, rest) = divide(conn, &policy, &before, &actor(&caller, &before), now)?;
                let linked_order = LinkedOrder { id: rest.id, code: rest.code, status: rest.state };
                let divided = Divided { id: after.id.0, status: after.state, linked_order };
                Ok::<_, ServiceError>(Answer::ok(&divided).etag(after.version))
            })
        })
        .await?;
    desk.nudges.all();
    Ok(answer)
}

/// The order with its lawful domains, in approval, and the new one with the others.
fn divide(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(Order, Order), ServiceError> {
    let Parts { lawful, others } = parts::of(before).ok_or_else(|| ServiceError::of(&codes::ORDER_NOT_DIVISIBLE))?;
    let mut rest = rest_of(before, others, now)?;
    let names: Vec<String> = rest.domains.iter().map(|domain| domain.domain.clone()).collect();
    let mut evidence = evidence::list(conn, before.id)?;
    content::remove_domains(conn, before.id, &names)?;
    write_rest(conn, policy, before, &mut rest, now)?;
    let kept: Vec<_> = names.iter().filter_map(|name| evidence.remove_entry(name)).collect();
    evidence::write(conn, rest.id, &kept)?;
    domains::hand_over(conn, (before.id, rest.id), &names)?;
    let mut after = before.clone();
    after.form = parts::form_of(&before.form, &lawful);
    after.domains = lawful;
    after.icp = IcpProgress { completed: true, success: true, retry_at: None };
    let warning = route::enter(conn, &mut after)?.as_ref().map(Text::bilingual);
    let (count, code) = (names.len(), &rest.code);
    let mut said = format!("{count} 个域名拆分到工单 {code} / {count} domains went to order {code}");
    if let Some(warning) = warning {
        said = format!("{said}\n{warning}");
    }
    let happening = Happening { event: OrderEvent::Split, actor, comment: Some(&said) };
    advance(conn, policy, before, &mut after, &happening, now)?;
    Ok((after, rest))
}

/// An order like the other, with these domains, that has failed the ICP check as the other has.
fn rest_of(before: &Order, others: Vec<OrderDomain>, now: DateTime<Utc>) -> Result<Order, ServiceError> {
    // The way its history tells.
    let state = next(next(OrderState::Draft, OrderEvent::Submitted)?, OrderEvent::IcpFailed)?;
    let mut rest = Order {
        id: OrderId(0),
        code: String::new(),
        state,
        version: 1,
        route: before.route.restarted(),
        approved_by: Vec::new(),
        assignee: None,
        attempt: 0,
        task_id: None,
        form: parts::form_of(&before.form, &others),
        domains: others,
        icp: IcpProgress { completed: true, success: false, retry_at: None },
        since: now,
        created_at: now,
        updated_at: now,
        ..before.clone()
    };
    return_to_creator(&mut rest);
    Ok(rest)
}

/// Writes the new order with what it has in common with the other: origins, files, whoever took part.
fn write_rest(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    rest: &mut Order,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let due_at = policy.due_at(rest);
    repo::insert(conn, rest, due_at, |id| policy.order_code(id, now))?;
    content::insert(conn, rest)?;
    content::share_files(conn, before.id, rest.id)?;
    for person in &before.participants {
        participant::add(conn, rest.id, person, false)?;
    }
    link::insert(conn, rest.id, before.id, now)?;
    let said = format!("由工单 {} 拆分 / split off from order {}", before.code, before.code);
    let submitted = NewEntry {
        event: OrderEvent::Submitted.code(),
        actor: &Actor::person(&rest.creator),
        on_behalf_of: None,
        from: Some(OrderState::Draft),
        to: OrderState::IcpChecking,
        comment: Some(&said),
        check: (false, false),
    };
    history::append(conn, rest.id, &submitted, now)?;
    append_pending(conn, &Order { state: OrderState::IcpChecking, approver: None, ..rest.clone() }, now)?;
    let failed = NewEntry {
        event: OrderEvent::IcpFailed.code(),
        actor: &Actor::icp_check(),
        from: Some(OrderState::IcpChecking),
        to: rest.state,
        check: (true, false),
        ..submitted
    };
    history::append(conn, rest.id, &failed, now)?;
    Ok(notify::tell(conn, notify::Event::Created, rest, policy, now)?)
}
