//! Reserving the domains of a submission: of two orders that want one, the second is told here.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use shared_model::problem::{Fault, Problem};
use shared_model::server::database::Connection;

use crate::batch::fault::SHEET;
use crate::desk::Policy;
use crate::domain_name::existence::Place;
use crate::domain_name::repo as domains;
use crate::error::ServiceError;
use crate::order::kind::Operation;
use crate::order::model::Order;
use crate::submit::content_rules::{exists, in_progress};
use crate::submit::facts::{Submission, validate};
use crate::submit::rules::Mode;

/// Reserves the order's domains; those that another order holds are a conflict, each at its place.
pub fn take(conn: &mut Connection, order: &Order, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let names: Vec<String> = order.domains.iter().map(|domain| domain.domain.clone()).collect();
    let taken = domains::reserve(conn, order.id, &names, now)?;
    if taken.is_empty() {
        return Ok(());
    }
    let new = Operation::of(order.kind, order.requirement) == Some(Operation::Add);
    let conflict = |index: usize| {
        let place = Place::WorkOrderCacheDomain;
        let mut fault: Fault = if new { exists(place) } else { in_progress(place) };
        fault.pointer = place_of(order, index);
        fault
    };
    let taken: HashSet<String> = taken.into_iter().collect();
    let held = names.iter().enumerate().filter(|(_, name)| taken.contains(name.as_str()));
    Err(Problem::of_faults(held.map(|(index, _)| conflict(index)).collect()).into())
}

/// Where the form names a domain of the order.
fn place_of(order: &Order, index: usize) -> String {
    match order.domains.get(index).and_then(|domain| domain.line.as_ref()) {
        Some(line) => format!("{SHEET}/rows/{}/domain", line.row),
        None => format!("/speedList/{index}/domain"),
    }
}

/// On PostgreSQL an order may have been closed between our look and our reservation: with the domains reserved, what
/// is live can no longer change, so a second look settles it. SQLite's one writer has nobody beside it.
pub fn confirm(conn: &mut Connection, policy: &Policy, submission: Submission<'_>) -> Result<(), ServiceError> {
    if matches!(conn, Connection::Postgres(_)) {
        validate(conn, policy, submission, Mode::Submit)?;
    }
    Ok(())
}
