//! `POST /workorder/icp/checked` (updateCheckedIcpInfo): the legality of an order's domains, corrected by hand.
//! source: work-order notes 10.

use std::collections::HashSet;

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared_model::ids::OrderId;
use shared_model::problem::{Code, Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::once;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::desk::{Desk, Policy};
use crate::domain_name::parse::DomainName;
use crate::error::ServiceError;
use crate::icp::check::{fail, pass, write_findings};
use crate::icp::evidence::{self, Evidence};
use crate::icp::rules::{Answer as Finding, apply, by_hand};
use crate::order::access::{actor, check_version, get_permitted};
use crate::order::action::Action;
use crate::order::model::{Actor, Order};
use crate::order::receipt::{self, Moved};
use crate::order::remark;
use crate::order::repo;
use crate::order::rules::Viewer;
use crate::order::state::OrderEvent;
use crate::order::transition::{Happening, advance};
use crate::submit::content_rules::check_record_number;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Corrections {
    pub order_id: i64,
    pub results: Vec<Correction>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Correction {
    pub domain: String,
    pub passed: bool,
    #[serde(default)]
    pub record_number: Option<String>,
    #[serde(default)]
    pub reason: Option<String>,
}

/// 人工更正合法性 / Correct the legality by hand
#[utoipa::path(
    post,
    path = "/workorder/icp/checked",
    tag = "备案 ICP",
    request_body = Corrections,
    params(("If-Match" = Option<String>, Header, description = "所见版本的 ETag，过期答 412 / the ETag seen; 412 when stale")),
    responses(
        (status = 200, body = Moved),
        (status = 403, description = "发起人不能更正 / never by the creator"),
        (status = 409, description = "当前状态不可更正 / not in this state"),
        (status = 412, description = "版本已过期 / a stale If-Match"),
        (status = 422, description = "域名不在工单中等 / a domain that is not the order's, and the like"),
    )
)]
pub async fn checked(
    desk: web::Data<Desk>,
    caller: Caller,
    IfMatch(seen): IfMatch,
    Command { body, ticket }: Command<Corrections>,
) -> Result<Answer, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(&caller));
    desk.db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let viewer = viewer.standing_in(conn, now)?;
                let before = get_permitted(conn, OrderId(body.order_id), &viewer, Action::IcpChecked)?;
                check_version(&before, seen)?;
                let corrected = corrected(&before, &body.results)?;
                let actor = actor(&caller, &before);
                let order = settle(conn, &policy, &before, corrected, &actor, now)?;
                evidence::write(conn, order.id, &by_hand_of(&body.results, &actor, now))?;
                Ok::<_, ServiceError>(receipt::moved(&order))
            })
        })
        .await
}

/// The order with its domains as corrected. Errors: every fault at once.
fn corrected(order: &Order, results: &[Correction]) -> Result<Order, Problem> {
    let mut after = order.clone();
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    if results.is_empty() {
        let message = Text::fixed("请给出至少一个域名的结果", "at least one result is needed");
        faults.push(Fault::new("/results", &codes::DOMAIN_REQUIRED, message));
    }
    for (index, result) in results.iter().enumerate() {
        let name = DomainName::parse(&result.domain).map(|name| name.to_string()).unwrap_or_default();
        let pointer = |member: &str| format!("/results/{index}/{member}");
        let fault = |code: &'static Code, zh, en| Fault::new(pointer("domain"), code, Text::fixed(zh, en));
        check_record_number(&pointer("recordNumber"), result.record_number.as_deref(), &mut faults);
        if let Err(problem) = remark::optional(&pointer("reason"), result.reason.clone()) {
            faults.extend(problem.faults);
        }
        match after.domains.iter_mut().find(|domain| domain.domain == name) {
            None => faults.push(fault(&codes::DOMAIN_INVALID, "不是本工单的域名", "not a domain of this order")),
            Some(_) if !seen.insert(name) => {
                faults.push(fault(&codes::DOMAIN_DUPLICATE, "域名重复", "the domain is named twice"));
            }
            Some(domain) => {
                let declared = domain.record_number.clone().or_else(|| domain.declared_number.clone());
                apply(domain, finding(result, declared));
                // A number is never made up: lawful without one keeps what was known.
                domain.record_number = domain.record_number.take().filter(|number| !number.is_empty());
            }
        }
    }
    if faults.is_empty() { Ok(after) } else { Err(Problem::of_faults(faults)) }
}

/// A person stands for what they said.
fn by_hand_of(results: &[Correction], actor: &Actor, now: DateTime<Utc>) -> Vec<(String, Evidence)> {
    let evidence = Evidence { source: format!("人工 by hand: {}", actor.name), fetched_at: now };
    let names = results.iter().filter_map(|result| DomainName::parse(&result.domain).ok());
    names.map(|name| (name.to_string(), evidence.clone())).collect()
}

fn finding(result: &Correction, declared: Option<String>) -> Finding {
    let text = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    if result.passed {
        Finding::Lawful { record_number: text(&result.record_number).or(declared).unwrap_or_default() }
    } else {
        let reason = text(&result.reason).unwrap_or_else(|| "人工判定不合法 / found unlawful by hand".to_owned());
        Finding::Unlawful { reason }
    }
}

fn settle(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    mut after: Order,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    write_findings(conn, &after, &after.domains, now)?;
    let Some(event) = by_hand(before.state, &after.domains) else {
        return Err(ServiceError::overtaken(before.state));
    };
    if event == OrderEvent::MadeLawful {
        pass(conn, policy, before, after, (event, actor), now)?;
    } else if matches!(event, OrderEvent::IcpFailed | OrderEvent::MadeUnlawful) {
        fail(conn, policy, before, after, (event, actor), "人工判定有域名不合法 / found unlawful by hand", now)?;
    } else {
        advance(conn, policy, before, &mut after, &Happening { event, actor, comment: None }, now)?;
    }
    repo::find(conn, before.id)?.ok_or_else(ServiceError::not_found)
}
