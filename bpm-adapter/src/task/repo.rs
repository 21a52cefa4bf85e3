//! The only room that touches `bpm_task`, its stages and its deliveries.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

use shared_model::bpm::Assignee;
use shared_model::page::PageRequest;
use shared_model::server::database::Connection;

use super::model::{DeliveryRow, NewDelivery, NewStage, NewTask, StageRow, TaskRow};
use super::state::{self, TaskEvent, TaskState};
use crate::error::ServiceError;
use crate::schema::{bill, bpm_task, bpm_task_stage, task_delivery};

/// How many deliveries of a task are shown: the last ones.
const DELIVERIES_SHOWN: i64 = 50;

pub fn insert(conn: &mut Connection, task: &NewTask<'_>) -> QueryResult<()> {
    diesel::insert_into(bpm_task::table).values(task).execute(conn).map(drop)
}

pub fn find(conn: &mut Connection, id: &str) -> QueryResult<Option<TaskRow>> {
    bpm_task::table.find(id).first(conn).optional()
}

/// A task that must be there.
pub fn get(conn: &mut Connection, id: &str) -> QueryResult<TaskRow> {
    bpm_task::table.find(id).first(conn)
}

/// Reads a task and keeps everybody else from changing it until the transaction ends. (An update that changes nothing,
/// because it locks the row on both databases.)
pub fn find_held(conn: &mut Connection, id: &str) -> QueryResult<Option<TaskRow>> {
    diesel::update(bpm_task::table.find(id)).set(bpm_task::version.eq(bpm_task::version)).get_result(conn).optional()
}

/// Moves a task as the state machine says, and only from the state and version it was read with.
pub fn apply_transition(
    conn: &mut Connection,
    task: &TaskRow,
    event: TaskEvent,
    now: NaiveDateTime,
) -> Result<TaskRow, ServiceError> {
    let to: TaskState = state::next(task.state, event)?;
    let unchanged = bpm_task::table
        .find(&task.id)
        .filter(bpm_task::state.eq(task.state.code()))
        .filter(bpm_task::version.eq(task.version));
    diesel::update(unchanged)
        .set((bpm_task::state.eq(to.code()), bpm_task::version.eq(task.version + 1), bpm_task::updated_at.eq(now)))
        .get_result(conn)
        .optional()?
        .ok_or(ServiceError::Raced)
}

/// Gives a task to another person.
pub fn apply_assignment(
    conn: &mut Connection,
    task: &TaskRow,
    to: &Assignee,
    now: NaiveDateTime,
) -> Result<TaskRow, ServiceError> {
    let unchanged = bpm_task::table.find(&task.id).filter(bpm_task::version.eq(task.version));
    diesel::update(unchanged)
        .set((
            bpm_task::assignee_id.eq(to.id.as_str()),
            bpm_task::assignee_name.eq(&to.name),
            bpm_task::assignee_mobile.eq(&to.mobile),
            bpm_task::assignee_role.eq(to.role.code()),
            bpm_task::version.eq(task.version + 1),
            bpm_task::updated_at.eq(now),
        ))
        .get_result(conn)
        .optional()?
        .ok_or(ServiceError::Raced)
}

/// Notes which engine took the task (the settings may have changed while it waited), and what it calls it.
pub fn apply_taken_by(conn: &mut Connection, id: &str, driver: &str, engine_ref: Option<&str>) -> QueryResult<()> {
    diesel::update(bpm_task::table.find(id))
        .set((bpm_task::driver.eq(driver), bpm_task::engine_ref.eq(engine_ref)))
        .execute(conn)
        .map(drop)
}

pub fn insert_stage(conn: &mut Connection, stage: &NewStage<'_>) -> QueryResult<()> {
    diesel::insert_into(bpm_task_stage::table).values(stage).execute(conn).map(drop)
}

/// Oldest first.
pub fn list_stages(conn: &mut Connection, task_id: &str) -> QueryResult<Vec<StageRow>> {
    bpm_task_stage::table.filter(bpm_task_stage::task_id.eq(task_id)).order(bpm_task_stage::id).load(conn)
}

pub fn insert_delivery(conn: &mut Connection, delivery: &NewDelivery<'_>) -> QueryResult<()> {
    diesel::insert_into(task_delivery::table).values(delivery).execute(conn).map(drop)
}

/// The last ones, oldest first.
pub fn list_deliveries(conn: &mut Connection, task_id: &str) -> QueryResult<Vec<DeliveryRow>> {
    let mut rows: Vec<DeliveryRow> = task_delivery::table
        .filter(task_delivery::task_id.eq(task_id))
        .order(task_delivery::id.desc())
        .limit(DELIVERIES_SHOWN)
        .load(conn)?;
    rows.reverse();
    Ok(rows)
}

/// What a list of tasks is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// Stored state codes.
    pub states: Option<Vec<&'static str>>,
    pub order_id: Option<i64>,
    pub assignee_id: Option<String>,
    /// The viewer's own tasks only.
    pub only_of: Option<String>,
}

/// One page, newest first, with each task's bill number; and how many there are in all.
pub fn list(
    conn: &mut Connection,
    filter: &TaskFilter,
    page: PageRequest,
) -> QueryResult<(Vec<(TaskRow, String)>, i64)> {
    let narrowed = || {
        let mut query = bpm_task::table.inner_join(bill::table).into_boxed();
        if let Some(states) = &filter.states {
            query = query.filter(bpm_task::state.eq_any(states.clone()));
        }
        if let Some(order_id) = filter.order_id {
            query = query.filter(bpm_task::order_id.eq(order_id));
        }
        for assignee in [&filter.assignee_id, &filter.only_of].into_iter().flatten() {
            query = query.filter(bpm_task::assignee_id.eq(assignee.clone()));
        }
        query
    };
    let total = narrowed().count().get_result(conn)?;
    let rows = narrowed()
        .order((bpm_task::created_at.desc(), bpm_task::id.desc()))
        .offset(page.offset())
        .limit(page.size)
        .select((bpm_task::all_columns, bill::bill_no))
        .load(conn)?;
    Ok((rows, total))
}

/// The open tasks of these people, oldest first.
pub fn list_open_of(conn: &mut Connection, assignees: &[String]) -> QueryResult<Vec<TaskRow>> {
    bpm_task::table
        .filter(bpm_task::state.eq_any(open_codes()))
        .filter(bpm_task::assignee_id.eq_any(assignees))
        .order((bpm_task::created_at, bpm_task::id))
        .load(conn)
}

/// How many open tasks each person has who has any.
pub fn count_open(conn: &mut Connection) -> QueryResult<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> = bpm_task::table
        .filter(bpm_task::state.eq_any(open_codes()))
        .group_by(bpm_task::assignee_id)
        .select((bpm_task::assignee_id, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

fn open_codes() -> Vec<&'static str> {
    TaskState::ALL.into_iter().filter(|state| state.is_open()).map(TaskState::code).collect()
}
