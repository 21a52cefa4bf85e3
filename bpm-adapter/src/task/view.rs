//! A task as clients see it.

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use shared_model::local_time::{from_stored, with_offset};
use shared_model::role::Role;
use shared_model::server::database::Connection;

use super::model::{DeliveryRow, StageRow, TaskRow};
use super::repo;
use super::rules::Viewer;
use super::state::{ShownState, TaskState};
use crate::bill;
use crate::error::ServiceError;
use crate::event::model::{EventRow, EventState};
use crate::event::repo as event_repo;

/// 任务。
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    pub id: String,
    pub order_id: i64,
    pub order_code: String,
    pub enum_type: String,
    pub state: ShownState,
    /// 话单已被工单召回。 Of a dead letter: the order has taken it back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub recalled: bool,
    pub assignee: AssigneeView,
    pub bill_no: String,
    pub enterprise: Named,
    pub product: Named,
    pub requirement: String,
    pub domains: Vec<String>,
    /// 第几次下发。
    pub attempt: i32,
    /// 由哪个引擎处理。
    pub driver: String,
    /// 仅在查询单个任务时给出。 Of a single task only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<StageView>>,
    /// 同上。最近 50 次。 The last fifty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deliveries: Option<Vec<DeliveryView>>,
    /// 已受理、尚未送达工单系统的操作。 Taken in, not yet told to the order service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pending_events: Vec<PendingEventView>,
    pub version: i64,
    pub created_at: DateTime<FixedOffset>,
    pub updated_at: DateTime<FixedOffset>,
}

/// 任务的处理人。
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssigneeView {
    pub id: String,
    pub name: String,
    /// 无权查看者看到 `138****0000`。
    pub mobile: String,
    pub role: Role,
}

/// 编号与名称。
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// 一次阶段反馈。
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StageView {
    pub stage: String,
    /// `success` 或 `failure`。
    pub result: String,
    pub message: String,
    pub operator: String,
    pub time: DateTime<FixedOffset>,
}

/// 一次送达尝试。
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    pub time: DateTime<FixedOffset>,
    /// 送达的内容：`engine`、`dispatched`、`stage-feedback`、`rollback`、`close`、`reassigned`。
    pub kind: String,
    /// `delivered`、`refused`、`failed`（将重试）、`dead`、`discarded`（已作废）。
    pub outcome: String,
    pub detail: String,
}

/// 在途的操作。
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PendingEventView {
    pub event_id: String,
    pub kind: String,
    /// `held`、`pending`、`dead`。
    pub state: String,
    pub since: DateTime<FixedOffset>,
}

impl TaskView {
    /// Without stages, deliveries and pending events.
    pub fn brief(task: &TaskRow, bill_no: String, viewer: &Viewer, zone: Tz) -> Self {
        Self {
            id: task.id.clone(),
            order_id: task.order_id,
            order_code: task.order_code.clone(),
            enum_type: task.enum_type.clone(),
            state: task.state.shown(),
            recalled: task.state == TaskState::Recalled,
            assignee: AssigneeView {
                id: task.assignee_id.clone(),
                name: task.assignee_name.clone(),
                mobile: viewer.shown_mobile(&task.assignee_id, &task.assignee_mobile),
                role: task.assignee_role.0,
            },
            bill_no,
            enterprise: Named { id: task.enterprise_id.clone(), name: task.corp_name.clone() },
            product: Named { id: task.product_id.clone(), name: task.product.clone() },
            requirement: task.requirement.clone(),
            domains: task.domains.0.clone(),
            attempt: task.attempt,
            driver: task.driver.clone(),
            stages: None,
            deliveries: None,
            pending_events: Vec::new(),
            version: task.version,
            created_at: local(task.created_at, zone),
            updated_at: local(task.updated_at, zone),
        }
    }

    /// The whole task.
    pub fn load(conn: &mut Connection, task: &TaskRow, viewer: &Viewer, zone: Tz) -> Result<Self, ServiceError> {
        let bill_no = bill::repo::get_of_task(conn, &task.id)?.bill_no;
        let stages = repo::list_stages(conn, &task.id)?;
        let deliveries = repo::list_deliveries(conn, &task.id)?;
        let pending = event_repo::list_of_task(conn, &task.id, &EventState::UNSETTLED)?;
        Ok(Self {
            stages: Some(stages.into_iter().map(|row| stage(row, zone)).collect()),
            deliveries: Some(deliveries.into_iter().map(|row| delivery(row, zone)).collect()),
            pending_events: pending.into_iter().map(|row| pending_event(row, zone)).collect(),
            ..Self::brief(task, bill_no, viewer, zone)
        })
    }
}

fn stage(row: StageRow, zone: Tz) -> StageView {
    let StageRow { stage, result, message, operator, at, .. } = row;
    StageView { stage, result, message, operator, time: local(at, zone) }
}

fn delivery(row: DeliveryRow, zone: Tz) -> DeliveryView {
    let DeliveryRow { kind, at, outcome, detail, .. } = row;
    DeliveryView { time: local(at, zone), kind, outcome, detail }
}

fn pending_event(row: EventRow, zone: Tz) -> PendingEventView {
    PendingEventView {
        event_id: row.event_id,
        kind: row.kind.code().to_owned(),
        state: row.state.code().to_owned(),
        since: local(row.created_at, zone),
    }
}

/// A stored time as it is shown: RFC 3339 with the zone's offset.
pub fn local(at: NaiveDateTime, zone: Tz) -> DateTime<FixedOffset> {
    with_offset(from_stored(at), zone)
}
