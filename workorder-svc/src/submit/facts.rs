//! What the tables know about what a submission names, gathered before the rules look at it.

use std::collections::BTreeSet;

use shared_model::ids::{EnterpriseId, OrderId, ProductId, UserId};
use shared_model::server::database::{Connection, StoreError};

use crate::attachment::repo as files;
use crate::batch::fault as batch;
use crate::desk::Policy;
use crate::domain_name::{live, repo as domains};
use crate::error::ServiceError;
use crate::live::config;
use crate::order::kind::{Operation, OrderKind, Requirement};
use crate::order::model::Product;
use crate::product::repo as products;
use crate::submit::form::Filing;
use crate::submit::rules::{self, Facts, Mode, ValidOrder, Wanted};

/// Whose form it is, and which order it is about when there is one already.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'a> {
    pub filing: Filing<'a>,
    pub person: &'a UserId,
    /// Only enterprises assigned to the person count.
    pub assigned_only: bool,
    pub order: Option<OrderId>,
}

/// Checks a form against the rules and the tables.
///
/// Errors: all faults in one problem.
pub fn validate(
    conn: &mut Connection,
    policy: &Policy,
    submission: Submission<'_>,
    mode: Mode,
) -> Result<ValidOrder, ServiceError> {
    let facts = gather(conn, policy, submission)?;
    rules::check(submission.filing, &facts, mode).map_err(|faults| batch::problem(faults).into())
}

/// Looks up what a form names.
pub fn gather(conn: &mut Connection, policy: &Policy, submission: Submission<'_>) -> Result<Facts, StoreError> {
    let wanted = Wanted::of(submission.filing, policy.inline_domains);
    let assigned_to = submission.assigned_only.then_some(submission.person);
    let enterprise = match &wanted.enterprise {
        Some(id) => products::find_enterprise(conn, id, assigned_to)?,
        None => None,
    };
    let owner = enterprise.as_ref().map(|enterprise| &enterprise.id);
    let product = match (owner.zip(wanted.product.as_ref()), wanted.operation) {
        (Some((enterprise, product)), Some(operation)) => {
            available(conn, enterprise, product, operation.asked_of_product())?
        }
        (None, _) | (_, None) => None,
    };
    // Where the named domains have to be live for what is asked.
    let home = match wanted.operation {
        Some(Operation::Modify | Operation::Delete) => owner.zip(wanted.product.as_ref()),
        Some(Operation::Migrate) => owner.zip(wanted.source.as_ref()),
        Some(Operation::Add) | None => None,
    };
    let migration = home.filter(|_| wanted.operation == Some(Operation::Migrate));
    let (source_known, all_of_source) = match migration {
        Some(source) => look_into_source(conn, source, &submission, policy)?,
        None => (false, Vec::new()),
    };
    let names = if all_of_source.is_empty() { &wanted.domains } else { &all_of_source };
    let live = match home {
        Some(home) => live::list_of_product(conn, home, names, wanted.kind)?,
        None => Vec::new(),
    };
    let directions = if wanted.kind == OrderKind::LiveRequest { config::directions(conn, &live)? } else { Vec::new() };
    let usable = files::list_usable(conn, &wanted.files, submission.person, submission.order)?;
    Ok(Facts {
        enterprise,
        product,
        files: usable.into_iter().collect(),
        existing: domains::find_existing(conn, names, submission.order)?,
        source_known,
        all_of_source,
        directions: directions.into_iter().collect(),
        live: live.into_iter().collect::<BTreeSet<_>>(),
        domain_limit: policy.inline_domains,
        batch_limit: policy.batch_domains,
    })
}

/// Whether a migration's source is a subscription of the enterprise, and what is live in it where the form names no
/// domains: one more than may move, to tell too many.
fn look_into_source(
    conn: &mut Connection,
    source: (&EnterpriseId, &ProductId),
    submission: &Submission<'_>,
    policy: &Policy,
) -> Result<(bool, Vec<String>), StoreError> {
    if products::find_subscription(conn, source.0, source.1)?.is_none() {
        return Ok((false, Vec::new()));
    }
    let named = submission.filing.form.speed_list.as_ref().is_some_and(|rows| !rows.is_empty());
    let limit = i64::try_from(policy.batch_domains).unwrap_or(i64::MAX).saturating_add(1);
    Ok((true, if named { Vec::new() } else { live::list_all_of_product(conn, source, limit)? }))
}

/// The product under its name, if the product filter gives it for the operation.
pub fn available(
    conn: &mut Connection,
    enterprise: &EnterpriseId,
    product: &ProductId,
    operation: Requirement,
) -> Result<Option<Product>, StoreError> {
    let subscription = products::find_subscription(conn, enterprise, product)?;
    let kind = subscription.and_then(|subscription| subscription.available_for(operation));
    Ok(kind.map(|kind| Product { id: product.clone(), name: kind.name().zh.into_owned() }))
}
