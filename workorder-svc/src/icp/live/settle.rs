//! What a look at a live domain's filing changes, in one transaction: the live domains, the orders they come from, and
//! what is told to whom.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use shared_model::ids::{OrderId, UserId};
use shared_model::role::Role;
use shared_model::server::database::Connection;
use shared_model::server::directory;

use crate::desk::Policy;
use crate::error::ServiceError;
use crate::icp::live::repo::{self, LiveFiling, Looked};
use crate::icp::live::rules::{Turn, next_look, turn};
use crate::icp::rules::Answer;
use crate::notice::{Facts, Notice, NoticeKind, tell};
use crate::order::model::{Legality, Order};
use crate::order::repo as orders;

pub fn settle(
    conn: &mut Connection,
    policy: &Policy,
    filing: &LiveFiling,
    answer: &Answer,
    interval: TimeDelta,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let live = repo::list_live_under(conn, &filing.domain)?;
    if live.is_empty() {
        return Ok(repo::forget(conn, &filing.domain)?);
    }
    let turn = turn(filing.lapsed, answer);
    let silent = turn == Turn::Silent;
    let tries = if silent { filing.tries + 1 } else { 0 };
    let said = match answer {
        Answer::Lawful { record_number } => Some((Legality::Lawful, Some(record_number.as_str()), "")),
        Answer::Unlawful { reason } => Some((Legality::Unlawful, None, reason.as_str())),
        Answer::Unknown { .. } => None,
    };
    let (lapsed, kind) = match turn {
        Turn::Lapsed => (Some(said.map(|(.., reason)| (now, reason))), Some(NoticeKind::IcpLapsed)),
        Turn::Restored => (Some(None), Some(NoticeKind::IcpRestored)),
        Turn::Unchanged | Turn::Silent => (None, None),
    };
    let next_at = next_look(turn, u32::try_from(tries).unwrap_or(1), now, interval, policy.patience);
    let looked = Looked { next_at, tries, checked_at: (!silent).then_some(now), lapsed };
    repo::put_back(conn, &filing.domain, &looked)?;
    if let Some(kind) = kind
        && let Some((legality, record_number, reason)) = said
    {
        repo::write_legality(conn, &filing.domain, (legality, record_number), now)?;
        let names: Vec<String> = live.iter().map(|(domain, _)| domain.clone()).collect();
        let concerned = repo::list_orders_of(conn, &names)?;
        repo::show_prohibited(conn, &concerned)?;
        let come_from: Vec<i64> = live.into_iter().filter_map(|(_, order)| order).collect();
        announce(conn, policy, kind, (&filing.domain, record_number.unwrap_or(reason)), &come_from, now)?;
    }
    Ok(())
}

/// Those who administer are told once; each creator with an order of their own to open.
fn announce(
    conn: &mut Connection,
    policy: &Policy,
    kind: NoticeKind,
    (domain, said): (&str, &str),
    come_from: &[i64],
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let mut by_creator: BTreeMap<UserId, Order> = BTreeMap::new();
    let mut come_from = come_from.to_vec();
    come_from.sort_unstable();
    come_from.dedup();
    for id in come_from {
        if let Some(order) = orders::find(conn, OrderId(id))?.filter(|order| order.creator.role.is_some()) {
            by_creator.entry(order.creator.id.clone()).or_insert(order);
        }
    }
    let mut told: Vec<UserId> = Vec::new();
    let about = |order: Option<&Order>| {
        let facts = order.map(Facts::of_order).unwrap_or_default();
        let facts = Facts { subject: domain.to_owned(), ..facts }.saying(Some(said));
        Notice { kind, to: Vec::new(), order: order.map(|order| order.id), facts }
    };
    let mut first =
        by_creator.values().next().map_or_else(|| about(None), |order| about(Some(order)).to(&order.creator.id));
    for admin in directory::list_by_role(conn, Role::GroupManagerAdmin)? {
        first = first.to(&admin.id);
    }
    told.extend(first.to.iter().cloned());
    tell(conn, policy, &first, now)?;
    for (creator, order) in by_creator {
        if !told.contains(&creator) {
            tell(conn, policy, &about(Some(&order)).to(&creator), now)?;
        }
    }
    Ok(())
}
