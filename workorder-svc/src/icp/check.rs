//! The ICP check as a worker step: take the orders that are due, ask the registry, and move each by its answers.
//! Safe to run beside others of its kind, and again after dying anywhere.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use shared_model::server::database::{Connection, StoreError};
use shared_model::text::Text;

use crate::approval::route;
use crate::desk::{Desk, Policy};
use crate::domain_name::live;
use crate::domain_name::parse::DomainName;
use crate::error::ServiceError;
use crate::icp::evidence::{self, Finding};
use crate::icp::registry::{Freshness, IcpRegistry};
use crate::icp::repo::{self, Check};
use crate::icp::rules::{self, Answer, Outcome, Round};
use crate::order::kind::Requirement;
use crate::order::model::{Actor, IcpProgress, Legality, Order, OrderDomain};
use crate::order::state::{OrderEvent, OrderState};
use crate::order::transition::{Happening, advance, return_to_creator};
use crate::order::{content, repo as order_repo};

/// How checks are taken.
#[derive(Clone)]
pub struct Checker {
    pub desk: Desk,
    pub registry: Arc<dyn IcpRegistry>,
    /// Names this process's leases.
    pub owner: String,
    pub lease: TimeDelta,
    /// Checks taken at a time.
    pub batch: i64,
    /// Time between looks at the filing of a live domain; None when it is not looked at again.
    pub recheck: Option<TimeDelta>,
}

impl Checker {
    /// One round. True when there was something to do.
    pub async fn run(&self) -> Result<bool, ServiceError> {
        let now = self.desk.clock.now();
        if !self.desk.db.read(move |conn| repo::any_due(conn, now)).await? {
            return Ok(false);
        }
        let (owner, lease, batch) = (self.owner.clone(), self.lease, self.batch);
        let claimed = self.desk.db.write(move |conn| repo::claim(conn, &owner, lease, batch, now)).await?;
        let any = !claimed.is_empty();
        // Together, so that their commits are grouped.
        for result in futures_util::future::join_all(claimed.into_iter().map(|check| self.check(check))).await {
            if let Err(error) = result {
                tracing::error!(%error, "an ICP check failed; it is repeated when its lease runs out");
            }
        }
        Ok(any)
    }

    async fn check(&self, check: Check) -> Result<(), ServiceError> {
        let domains = self.desk.db.read(move |conn| content::list_domains(conn, check.order)).await?;
        let findings = self.ask(&domains).await;
        let (policy, owner, now) = (self.desk.policy.clone(), self.owner.clone(), self.desk.clock.now());
        self.desk
            .db
            .write(move |conn| {
                if repo::still_held(conn, &check, &owner)? {
                    settle(conn, &policy, &check, &findings, now)?;
                }
                Ok::<_, ServiceError>(())
            })
            .await
    }

    /// Asks for domains that are not decided yet, as many as the registry is asked in one round.
    async fn ask(&self, domains: &[OrderDomain]) -> Vec<(String, Finding)> {
        let open: Vec<_> = domains.iter().filter(|domain| is_open(domain)).collect();
        let names: Vec<_> = open.iter().map(|domain| (registrable(&domain.domain), domain.legality)).collect();
        let names = names.iter().map(|(name, legality)| (name.as_str(), *legality));
        let asked = rules::to_ask(names, self.registry.names_at_once());
        let findings = self.registry.look_up(&asked, Freshness::Kept).await;
        asked.into_iter().zip(findings).collect()
    }
}

/// Not decided yet.
fn is_open(domain: &OrderDomain) -> bool {
    matches!(domain.legality, Legality::Pending | Legality::Unknown)
}

/// What is filed for a domain of an order.
fn registrable(domain: &str) -> String {
    DomainName::parse(domain).map_or_else(|_| domain.to_owned(), |name| name.registrable().to_owned())
}

fn settle(
    conn: &mut Connection,
    policy: &Policy,
    check: &Check,
    findings: &[(String, Finding)],
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let before = order_repo::get_for_change(conn, check.order)?;
    if before.state != OrderState::IcpChecking {
        return Ok(repo::end(conn, check.order)?);
    }
    let mut after = before.clone();
    let answered = !findings.iter().any(|(_, found)| matches!(found.answer, Answer::Unknown { .. }));
    let findings: HashMap<&str, &Finding> = findings.iter().map(|(asked, found)| (asked.as_str(), found)).collect();
    let (mut found, mut decided) = (Vec::new(), Vec::new());
    // A domain decided by hand since it was asked stays as decided.
    for domain in after.domains.iter_mut().filter(|domain| is_open(domain)) {
        let Some(finding) = findings.get(registrable(&domain.domain).as_str()) else { continue };
        rules::apply(domain, finding.answer.clone());
        found.push(domain.clone());
        if !matches!(finding.answer, Answer::Unknown { .. }) {
            decided.push((domain.domain.clone(), finding.evidence.clone()));
        }
    }
    write_findings(conn, &after, &found, now)?;
    evidence::write(conn, after.id, &decided)?;
    let tries = u32::try_from(check.tries + 1).unwrap_or(u32::MAX);
    let round = Round { started_at: check.started_at, tries, answered };
    match rules::outcome(&after.domains, round, now, policy.patience) {
        Outcome::GoOn => Ok(repo::go_on(conn, check, now)?),
        Outcome::Retry { at } => Ok(repo::retry(conn, check, at)?),
        Outcome::Passed => pass(conn, policy, &before, after, (OrderEvent::IcpPassed, &Actor::icp_check()), now),
        Outcome::Failed(reason) => {
            fail(conn, policy, &before, after, (OrderEvent::IcpFailed, &Actor::icp_check()), &reason.bilingual(), now)
        }
    }
}

/// Keeps what was found of some of its domains: in `configure_list`, and on the live domain that is being modified.
pub fn write_findings(
    conn: &mut Connection,
    order: &Order,
    found: &[OrderDomain],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    content::write_legality(conn, order.id, found, now)?;
    if order.requirement == Some(Requirement::Modify) {
        live::take_findings(conn, order.id, now)?;
    }
    Ok(())
}

/// Every domain is lawful: the check is complete, and the order enters approval.
pub fn pass(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    mut after: Order,
    (event, actor): (OrderEvent, &Actor),
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    after.icp = IcpProgress { completed: true, success: true, retry_at: None };
    let warning = route::enter(conn, &mut after)?;
    repo::end(conn, after.id)?;
    let comment = warning.as_ref().map(Text::bilingual);
    advance(conn, policy, before, &mut after, &Happening { event, actor, comment: comment.as_deref() }, now)
}

/// Some domain is unlawful, or the registry never answered: the order goes back to its creator.
pub fn fail(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    mut after: Order,
    (event, actor): (OrderEvent, &Actor),
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    after.icp = IcpProgress { completed: true, success: false, retry_at: None };
    after.route = after.route.restarted();
    return_to_creator(&mut after);
    repo::end(conn, after.id)?;
    advance(conn, policy, before, &mut after, &Happening { event, actor, comment: Some(reason) }, now)
}

/// Gives leases back when the process stops.
pub fn release(conn: &mut Connection, owner: &str) -> Result<(), StoreError> {
    repo::release(conn, Some(owner))
}
