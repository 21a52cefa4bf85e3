//! Between workorder-svc and bpm-adapter: the dispatch of an order (下发话单), and what comes back of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::ids::{EnterpriseId, OrderId, ProductId, TaskId, UserId};
use crate::role::Role;

/// The person an order is handed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Assignee {
    pub id: UserId,
    pub name: String,
    pub mobile: String,
    pub role: Role,
}

/// `POST /internal/dispatches`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dispatch {
    pub order_id: OrderId,
    pub order_code: String,
    pub enum_type: String,
    pub requirement: String,
    pub enterprise_id: EnterpriseId,
    pub corp_name: String,
    pub product_id: ProductId,
    pub product: String,
    pub domains: Vec<String>,
    pub assignee: Assignee,
    /// 1 for the first dispatch of an order, one more for each after a return or a recall.
    pub attempt: i32,
}

/// 202 of `POST /internal/dispatches`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dispatched {
    pub task_id: TaskId,
    pub bill_no: String,
}

/// `POST /internal/orders/{id}/recall` of bpm-adapter: void the dead dispatch of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecallDispatch {
    pub attempt: i32,
    pub reason: String,
}

/// Answer to [`RecallDispatch`]: `voided` (also when it was before), or `unknown` when it never arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "outcome")]
pub enum DispatchRecalled {
    #[serde(rename_all = "camelCase")]
    Voided {
        task_id: TaskId,
        bill_no: String,
    },
    Unknown,
}

/// How a stage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum StageResult {
    Success,
    Failure,
}

impl StageResult {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// Who did it on the other side: a person of the directory, or whatever name the engine gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operator {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
    pub name: String,
}

/// What every event from bpm-adapter carries. `eventId` makes it once-only within its task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskEventHead {
    pub task_id: TaskId,
    pub event_id: String,
    /// The dispatch the task stands for, so that a late event of an earlier one is told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<Operator>,
    pub occurred_at: DateTime<Utc>,
}

/// `POST /internal/orders/{id}/dispatched`: the engine has taken the task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DispatchedEvent {
    #[serde(flatten)]
    pub head: TaskEventHead,
    pub bill_no: String,
}

/// `POST /internal/orders/{id}/stage-feedback`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StageFeedbackEvent {
    #[serde(flatten)]
    pub head: TaskEventHead,
    pub stage: String,
    pub result: StageResult,
    #[serde(default, deserialize_with = "or_null")]
    pub message: String,
}

/// `POST /internal/orders/{id}/rollback`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RollbackEvent {
    #[serde(flatten)]
    pub head: TaskEventHead,
    pub reason: String,
}

/// `POST /internal/orders/{id}/close`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CloseEvent {
    #[serde(flatten)]
    pub head: TaskEventHead,
    #[serde(default, deserialize_with = "or_null")]
    pub message: String,
}

/// `POST /internal/orders/{id}/reassigned`: the task went to another person, who now takes part in the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReassignedEvent {
    #[serde(flatten)]
    pub head: TaskEventHead,
    pub assignee: Assignee,
    #[serde(default, deserialize_with = "or_null")]
    pub comment: String,
}

/// What billing reports of a product subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ProductEvent {
    Open,
    Trial,
    TrialEnd,
    Suspend,
    Resume,
    Cancel,
    CancelDone,
}

/// A text that may also be null: the same as absent.
fn or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// `PUT /internal/enterprise-products` of workorder-svc, and (with the same fields) the body billing posts to
/// `/bpm/callbacks/product-orders`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductOrder {
    pub event_id: String,
    pub enterprise_id: EnterpriseId,
    pub enterprise_name: String,
    pub product_id: ProductId,
    pub product_name: String,
    #[serde(default, deserialize_with = "or_null")]
    pub charge_mode: String,
    pub event: ProductEvent,
    pub occurred_at: DateTime<Utc>,
}

/// How many orders one answer to [`AskDispatches`] tells of, and how many it may ask for by id.
pub const ORDERS_PER_PAGE: usize = 500;

/// `POST /internal/dispatches/list` of workorder-svc: which orders to compare with, a page at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskDispatches {
    /// Those dispatched from this time on and before that, in the order of their ids, [`ORDERS_PER_PAGE`] at most,
    pub from: DateTime<Utc>,
    pub before: DateTime<Utc>,
    /// beginning after this one,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<OrderId>,
    /// and these.
    pub order_ids: Vec<OrderId>,
}

/// What workorder-svc knows of them; an id it does not know is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DispatchesKnown {
    pub orders: Vec<OrderFacts>,
    /// There are more that were dispatched in the time asked for: after this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<OrderId>,
}

/// One order that went to BPM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderFacts {
    pub order_id: OrderId,
    pub order_code: String,
    /// Code of the order's status, such as `bpmProcessing`.
    pub status: String,
    /// The current dispatch.
    pub attempt: i32,
    pub dispatches: Vec<DispatchFacts>,
    /// Domains that this finished order should have made live, and that are not.
    pub not_live: Vec<String>,
    /// Domains that this finished order should have taken down, and that are still live.
    pub still_live: Vec<String>,
}

/// One dispatch of an order, as workorder-svc knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DispatchFacts {
    pub attempt: i32,
    pub task_id: Option<TaskId>,
    pub bill_no: Option<String>,
    /// State of the message that carries it to bpm-adapter: `pending`, `delivered`, `refused`, `dead`, `cancelled`.
    pub message: String,
    /// Ids of the task's events that were heard.
    pub heard: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charge_mode_that_is_null_is_one_that_is_absent() {
        let mut order = serde_json::json!({
            "eventId": "e", "enterpriseId": "a", "enterpriseName": "甲", "productId": "p", "productName": "网页加速",
            "event": "open", "occurredAt": "2026-01-02T03:04:05Z"
        });
        let absent: ProductOrder = serde_json::from_value(order.clone()).unwrap();
        order["chargeMode"] = serde_json::Value::Null;
        assert_eq!(serde_json::from_value::<ProductOrder>(order).unwrap(), absent);
    }
}
