//! Where two records of the same dispatch disagree, and whether sending again mends it. Pure.
//!
//! What is on its way explains a difference: it is none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use shared_model::bpm::{DispatchFacts, OrderFacts};

use crate::bill::state::BillState;
use crate::event::model::{EventKind, EventState};
use crate::task::state::TaskState;

/// A task with its bill and events, as this side keeps them.
#[derive(Clone, Debug)]
pub struct TaskSide {
    pub id: String,
    pub order_id: i64,
    pub order_code: String,
    pub attempt: i32,
    pub state: TaskState,
    pub bill: Option<(String, BillState)>,
    pub events: Vec<EventSide>,
}

/// One event of a task.
#[derive(Clone, Debug)]
pub struct EventSide {
    /// Our row's id.
    pub id: String,
    pub event_id: String,
    pub kind: EventKind,
    pub state: EventState,
}

/// What kind of difference it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DifferenceType {
    /// The order was dispatched, BPM has no task.
    TaskMissing,
    /// A task of an order or a dispatch that the order service does not know.
    OrderMissing,
    /// The order knows another task than there is.
    TaskDiffers,
    /// The engine never took the task.
    EngineMissing,
    /// The order and its task do not stand at the same place.
    StateDiffers,
    /// The order service has not heard what happened.
    EventMissing,
    BillMissing,
    /// The bill has not ended as its task has.
    BillStateDiffers,
    /// The order knows another bill number.
    BillDiffers,
    /// A finished order whose domain is not live.
    DomainMissing,
    /// A finished deletion whose domain is still live.
    DomainLeft,
}

/// How each side stands; a side that has nothing to say is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sides {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
}

/// Two records that disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The same for the same difference.
    pub id: String,
    pub kind: DifferenceType,
    pub order_id: i64,
    pub order_code: String,
    pub task_id: Option<String>,
    pub sides: Sides,
    pub repairable: bool,
}

/// Marks of what can be sent again: followed by the row's id.
pub const EVENT: &str = "event:";
pub const HANDOVER: &str = "handover:";

/// Every difference, by order.
pub fn compare(orders: &[OrderFacts], tasks: &[TaskSide]) -> Vec<Difference> {
    let of_place: BTreeMap<(i64, i32), &TaskSide> =
        tasks.iter().map(|task| ((task.order_id, task.attempt), task)).collect();
    let by_id: BTreeMap<i64, &OrderFacts> = orders.iter().map(|order| (order.order_id.0, order)).collect();
    let mut found: Vec<Difference> = orders.iter().flat_map(|order| compare_order(order, &of_place)).collect();
    found.extend(tasks.iter().flat_map(|task| compare_task(task, by_id.get(&task.order_id).copied())));
    found.sort_by(|one, other| (one.order_id, &one.id).cmp(&(other.order_id, &other.id)));
    found
}

fn compare_order(order: &OrderFacts, tasks: &BTreeMap<(i64, i32), &TaskSide>) -> Vec<Difference> {
    let difference = |kind, place: String, sides: Sides| Difference {
        id: format!("order:{}:{place}", order.order_id),
        kind,
        order_id: order.order_id.0,
        order_code: order.order_code.clone(),
        task_id: None,
        sides: Sides { order: Some(order.status.clone()), ..sides },
        repairable: false,
    };
    let with_bpm = matches!(order.status.as_str(), "dispatching" | "bpmProcessing" | "finished");
    let current = order.dispatches.iter().find(|dispatch| dispatch.attempt == order.attempt);
    let waits = current.is_some_and(|dispatch| dispatch.message == "pending" || dispatch.message == "dead");
    let mut found = Vec::new();
    if with_bpm && current.is_some() && !waits && !tasks.contains_key(&(order.order_id.0, order.attempt)) {
        found.push(difference(DifferenceType::TaskMissing, format!("task:{}", order.attempt), Sides::default()));
    }
    let of_domain = |domain: &String| Sides { domain: Some(domain.clone()), ..Sides::default() };
    let missing = order
        .not_live
        .iter()
        .map(|domain| difference(DifferenceType::DomainMissing, format!("domain:{domain}"), of_domain(domain)));
    let left = order
        .still_live
        .iter()
        .map(|domain| difference(DifferenceType::DomainLeft, format!("domain:{domain}"), of_domain(domain)));
    found.extend(missing.chain(left));
    found
}

fn compare_task(task: &TaskSide, order: Option<&OrderFacts>) -> Vec<Difference> {
    let sides = Sides {
        order: order.map(|order| order.status.clone()),
        task: Some(task.state.code().to_owned()),
        bill: task.bill.as_ref().map(|(_, state)| state.code().to_owned()),
        domain: None,
    };
    let difference = |kind: DifferenceType, id: String, repairable: bool| Difference {
        id,
        kind,
        order_id: task.order_id,
        order_code: task.order_code.clone(),
        task_id: Some(task.id.clone()),
        sides: sides.clone(),
        repairable,
    };
    let here = |what: &str| format!("task:{}:{what}", task.id);
    let mut found = Vec::new();
    match &task.bill {
        None => found.push(difference(DifferenceType::BillMissing, here("bill"), false)),
        Some((_, state)) if *state != bill_of(task.state) => {
            found.push(difference(DifferenceType::BillStateDiffers, here("bill-state"), false));
        }
        Some(_) => {}
    }
    if task.state == TaskState::DeadLetter {
        found.push(difference(DifferenceType::EngineMissing, format!("{HANDOVER}{}", task.id), true));
    }
    let Some((order, dispatch)) = order.and_then(|order| {
        order.dispatches.iter().find(|one| one.attempt == task.attempt).map(|dispatch| (order, dispatch))
    }) else {
        found.push(difference(DifferenceType::OrderMissing, here("order"), false));
        return found;
    };
    let untold = list_untold(task, dispatch);
    found.extend(untold.iter().map(|id| difference(DifferenceType::EventMissing, format!("{EVENT}{id}"), true)));
    if dispatch.task_id.as_ref().is_some_and(|known| known.as_str() != task.id) {
        found.push(difference(DifferenceType::TaskDiffers, here("id"), false));
    }
    let number = task.bill.as_ref().map(|(number, _)| number);
    if dispatch.bill_no.is_some() && dispatch.bill_no.as_ref() != number {
        found.push(difference(DifferenceType::BillDiffers, here("bill-number"), false));
    }
    // Whatever is under way, or can be told again, explains the rest.
    if untold.is_empty() && !is_under_way(task) && !agrees(task, order) {
        found.push(difference(DifferenceType::StateDiffers, here("state"), false));
    }
    found
}

/// Events that were given up, or that the order service should have and has not.
fn list_untold(task: &TaskSide, dispatch: &DispatchFacts) -> Vec<String> {
    let heard = |event: &EventSide| dispatch.heard.contains(&event.event_id);
    task.events
        .iter()
        .filter(|event| match event.state {
            EventState::Dead => true,
            EventState::Delivered => !heard(event),
            // A refused report has been told its sender; a refusal of what only tells is seen by nobody.
            EventState::Refused => event.kind.moves_task().is_none(),
            EventState::Held | EventState::Pending | EventState::Cancelled => false,
        })
        .map(|event| event.id.clone())
        .collect()
}

fn is_under_way(task: &TaskSide) -> bool {
    task.events.iter().any(|event| matches!(event.state, EventState::Held | EventState::Pending))
}

const fn bill_of(state: TaskState) -> BillState {
    match state {
        TaskState::Closed => BillState::Closed,
        TaskState::RolledBack | TaskState::Recalled => BillState::Voided,
        TaskState::Queued | TaskState::Dispatched | TaskState::Processing | TaskState::DeadLetter => BillState::Issued,
    }
}

/// source: contract work orders, "States"; BPM, "Tasks and bills".
fn agrees(task: &TaskSide, order: &OrderFacts) -> bool {
    let (current, status) = (order.attempt == task.attempt, order.status.as_str());
    match task.state {
        TaskState::Queued | TaskState::DeadLetter => current && status == "dispatching",
        TaskState::Dispatched | TaskState::Processing => current && status == "bpmProcessing",
        TaskState::Closed => current && status == "finished",
        TaskState::RolledBack | TaskState::Recalled => {
            !current || !matches!(status, "dispatching" | "bpmProcessing" | "finished")
        }
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
