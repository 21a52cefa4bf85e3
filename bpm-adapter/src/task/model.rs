//! A task as the table keeps it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use shared_model::bpm::{Assignee, Dispatch};
use shared_model::role::Role;

use super::state::TaskState;
use crate::schema::{bpm_task, bpm_task_stage, task_delivery};

/// A stored text that is none of the values it may have.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no known value")]
pub struct UnknownCode(pub String);

impl TryFrom<String> for TaskState {
    type Error = UnknownCode;

    fn try_from(code: String) -> Result<Self, UnknownCode> {
        Self::from_code(&code).ok_or(UnknownCode(code))
    }
}

/// The role a task was given to its assignee in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssigneeRole(pub Role);

impl TryFrom<String> for AssigneeRole {
    type Error = UnknownCode;

    fn try_from(code: String) -> Result<Self, UnknownCode> {
        Role::from_code(&code).map(Self).ok_or(UnknownCode(code))
    }
}

/// The order's domains, kept as a JSON array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domains(pub Vec<String>);

impl TryFrom<String> for Domains {
    type Error = serde_json::Error;

    fn try_from(json: String) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&json).map(Self)
    }
}

/// One row of `bpm_task`: one dispatch of one order.
#[derive(Clone, Debug, Queryable)]
pub struct TaskRow {
    pub id: String,
    pub order_id: i64,
    pub attempt: i32,
    pub order_code: String,
    pub enum_type: String,
    pub requirement: String,
    pub enterprise_id: String,
    pub corp_name: String,
    pub product_id: String,
    pub product: String,
    #[diesel(deserialize_as = String)]
    pub domains: Domains,
    pub assignee_id: String,
    pub assignee_name: String,
    pub assignee_mobile: String,
    #[diesel(deserialize_as = String)]
    pub assignee_role: AssigneeRole,
    /// The engine it was handed to: a later change of the configuration does not move it.
    pub driver: String,
    #[diesel(deserialize_as = String)]
    pub state: TaskState,
    /// One more at every change, for `ETag` and `If-Match`.
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    /// What the engine calls it, once it has taken it and if it has a name of its own for it.
    pub engine_ref: Option<String>,
}

impl TaskRow {
    pub fn assignee(&self) -> Assignee {
        Assignee {
            id: self.assignee_id.clone().into(),
            name: self.assignee_name.clone(),
            mobile: self.assignee_mobile.clone(),
            role: self.assignee_role.0,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = bpm_task)]
pub struct NewTask<'a> {
    pub id: &'a str,
    pub order_id: i64,
    pub attempt: i32,
    pub order_code: &'a str,
    pub enum_type: &'a str,
    pub requirement: &'a str,
    pub enterprise_id: &'a str,
    pub corp_name: &'a str,
    pub product_id: &'a str,
    pub product: &'a str,
    pub domains: String,
    pub assignee_id: &'a str,
    pub assignee_name: &'a str,
    pub assignee_mobile: &'a str,
    pub assignee_role: &'a str,
    pub driver: &'a str,
    pub state: &'a str,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

impl<'a> NewTask<'a> {
    /// The task of a dispatch, still queued.
    pub fn of(
        id: &'a str,
        dispatch: &'a Dispatch,
        driver: &'a str,
        now: NaiveDateTime,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            id,
            order_id: dispatch.order_id.0,
            attempt: dispatch.attempt,
            order_code: &dispatch.order_code,
            enum_type: &dispatch.enum_type,
            requirement: &dispatch.requirement,
            enterprise_id: dispatch.enterprise_id.as_str(),
            corp_name: &dispatch.corp_name,
            product_id: dispatch.product_id.as_str(),
            product: &dispatch.product,
            domains: serde_json::to_string(&dispatch.domains)?,
            assignee_id: dispatch.assignee.id.as_str(),
            assignee_name: &dispatch.assignee.name,
            assignee_mobile: &dispatch.assignee.mobile,
            assignee_role: dispatch.assignee.role.code(),
            driver,
            state: TaskState::Queued.code(),
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }
}

/// One stage that was reported of a task.
#[derive(Clone, Debug, Queryable)]
pub struct StageRow {
    pub id: i64,
    pub task_id: String,
    pub event_id: String,
    pub stage: String,
    pub result: String,
    pub message: String,
    pub operator: String,
    pub at: NaiveDateTime,
}

#[derive(Insertable)]
#[diesel(table_name = bpm_task_stage)]
pub struct NewStage<'a> {
    pub task_id: &'a str,
    pub event_id: &'a str,
    pub stage: &'a str,
    pub result: &'a str,
    pub message: &'a str,
    pub operator: &'a str,
    pub at: NaiveDateTime,
}

/// One try to tell either side something of a task.
#[derive(Clone, Debug, Queryable)]
pub struct DeliveryRow {
    pub id: i64,
    pub task_id: String,
    pub kind: String,
    pub at: NaiveDateTime,
    pub outcome: String,
    pub detail: String,
}

#[derive(Insertable)]
#[diesel(table_name = task_delivery)]
pub struct NewDelivery<'a> {
    pub task_id: &'a str,
    pub kind: &'a str,
    pub at: NaiveDateTime,
    pub outcome: &'a str,
    pub detail: &'a str,
}
