//! What a decision does: the next step of the chain or the dispatch to BPM, or the way back to the creator. Each within
//! the caller's transaction.

use chrono::{DateTime, Utc};
use shared_model::problem::{Problem, codes};
use shared_model::server::database::Connection;
use shared_model::text::Text;

use crate::approval::chain::{AfterApproval, fingerprint};
use crate::approval::{route, seats};
use crate::bpm::dispatch;
use crate::desk::Policy;
use crate::error::ServiceError;
use crate::order::access::Acting;
use crate::order::kind::Operation;
use crate::order::model::Order;
use crate::order::remark;
use crate::order::state::OrderEvent;
use crate::order::transition::{Happening, advance_for, leave_desk, return_to_creator};
use crate::submit::facts::available;

/// Who decides, in whose place, and what they say.
#[derive(Clone, Debug)]
pub struct Decider {
    pub acting: Acting,
    pub comment: Option<String>,
}

/// Approved: to the next step, or with the last one to BPM.
///
/// Errors: 409 `product.not_available` when the product can no longer be ordered.
pub fn approve(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    decider: &Decider,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    check_product(conn, before)?;
    let mut after = before.clone();
    let acting = &decider.acting;
    after.approved_by.extend(acting.actor.id.clone().filter(|id| !before.approved_by.contains(id)));
    let (event, warning) = match before.route.after_approval() {
        AfterApproval::Others => {
            after.route = before.route.signed(&acting.holder);
            seats::lead(&mut after, None);
            (OrderEvent::Countersigned, None)
        }
        AfterApproval::Step(_) => {
            after.route = before.route.approved();
            (OrderEvent::StepApproved, route::assign(conn, &mut after)?)
        }
        AfterApproval::Dispatch => {
            leave_desk(&mut after);
            (OrderEvent::Approved, dispatch::issue(conn, &mut after, now)?)
        }
    };
    let comment = joined(decider.comment.as_deref(), warning.as_ref());
    let happening = Happening { event, actor: &acting.actor, comment: comment.as_deref() };
    advance_for(conn, policy, (before, &mut after), &happening, acting.on_behalf_of.as_ref(), now)?;
    Ok(after)
}

/// Rejected: back to the creator, with the reason.
pub fn reject(
    conn: &mut Connection,
    policy: &Policy,
    before: &Order,
    decider: &Decider,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let comment = remark::required("/comment", decider.comment.as_deref())?;
    let mut after = before.clone();
    let acting = &decider.acting;
    after.route = before.route.rejected(&acting.holder, fingerprint(before));
    return_to_creator(&mut after);
    let happening = Happening { event: OrderEvent::Rejected, actor: &acting.actor, comment: Some(&comment) };
    advance_for(conn, policy, (before, &mut after), &happening, acting.on_behalf_of.as_ref(), now)?;
    Ok(after)
}

/// What could be ordered at submission may be suspended by now.
fn check_product(conn: &mut Connection, order: &Order) -> Result<(), ServiceError> {
    let operation = Operation::of(order.kind, order.requirement);
    let (Some(enterprise), Some(product), Some(operation)) = (&order.enterprise, &order.product, operation) else {
        return Ok(());
    };
    if available(conn, &enterprise.id, &product.id, operation.asked_of_product())?.is_some() {
        return Ok(());
    }
    let name = &product.name;
    Err(Problem::new(&codes::PRODUCT_GONE)
        .detail(Text::new(
            format!("产品“{name}”当前不可办理此操作，工单暂不能通过"),
            format!("the product “{name}” is not available for this operation now"),
        ))
        .into())
}

/// A person's remark, and what the desk has to add to it.
fn joined(remark: Option<&str>, warning: Option<&Text>) -> Option<String> {
    let warning = warning.map(Text::bilingual);
    match (remark, warning) {
        (Some(remark), Some(warning)) => Some(format!("{remark}\n{warning}")),
        (Some(remark), None) => Some(remark.to_owned()),
        (None, warning) => warning,
    }
}
