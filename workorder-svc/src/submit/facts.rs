//! What the tables know about what a submission names, gathered before the rules look at it.

use std::collections::BTreeSet;

use shared_model::ids::{EnterpriseId, OrderId, ProductId, UserId};
use shared_model::problem::Problem;
use shared_model::server::database::{Connection, StoreError};

use crate::attachment::repo as files;
use crate::desk::Policy;
use crate::domain_name::repo as domains;
use crate::error::ServiceError;
use crate::order::kind::Requirement;
use crate::order::model::Product;
use crate::product::repo as products;
use crate::submit::form::OrderForm;
use crate::submit::rules::{self, Facts, Mode, ValidOrder, Wanted};

/// Whose form it is, and which order it is about when there is one already.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'a> {
    pub form: &'a OrderForm,
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
    rules::check(submission.form, &facts, mode).map_err(|faults| Problem::of_faults(faults).into())
}

/// Looks up what a form names.
pub fn gather(conn: &mut Connection, policy: &Policy, submission: Submission<'_>) -> Result<Facts, StoreError> {
    let wanted = Wanted::of(submission.form, policy.inline_domains);
    let assigned_to = submission.assigned_only.then_some(submission.person);
    let enterprise = match &wanted.enterprise {
        Some(id) => products::find_enterprise(conn, id, assigned_to)?,
        None => None,
    };
    let subscription = enterprise.as_ref().map(|enterprise| &enterprise.id).zip(wanted.product.as_ref());
    let product = match (subscription, wanted.operation) {
        (Some((enterprise, product)), Some(operation)) => available(conn, enterprise, product, operation)?,
        (None, _) | (_, None) => None,
    };
    let changes = matches!(wanted.operation, Some(Requirement::Modify | Requirement::Delete));
    let live = match subscription {
        Some(subscription) if changes => domains::list_live_of_product(conn, subscription, &wanted.domains)?,
        Some(_) | None => Vec::new(),
    };
    let usable = files::list_usable(conn, &wanted.files, submission.person, submission.order)?;
    Ok(Facts {
        enterprise,
        product,
        files: usable.into_iter().collect(),
        existing: domains::find_existing(conn, &wanted.domains, submission.order)?,
        live: live.into_iter().collect::<BTreeSet<_>>(),
        domain_limit: policy.inline_domains,
    })
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
