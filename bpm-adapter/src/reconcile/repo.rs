//! Takes this side's picture for the comparison.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use shared_model::server::database::Connection;

use super::rules::{EventSide, TaskSide};
use crate::bill::state::BillState;
use crate::event::model::{EventKind, EventState};
use crate::schema::{bill, bpm_task, event};
use crate::task::state::TaskState;

/// The orders with a task made or moved in this time (UTC, from with, before without).
pub fn list_orders(conn: &mut Connection, from: NaiveDateTime, before: NaiveDateTime) -> QueryResult<BTreeSet<i64>> {
    // Two questions, because each has its index.
    let made = bpm_task::created_at.ge(from).and(bpm_task::created_at.lt(before));
    let moved = bpm_task::updated_at.ge(from).and(bpm_task::updated_at.lt(before));
    let mut ids: Vec<i64> = bpm_task::table.filter(made).select(bpm_task::order_id).load(conn)?;
    ids.extend(bpm_task::table.filter(moved).select(bpm_task::order_id).load::<i64>(conn)?);
    Ok(ids.into_iter().collect())
}

/// What is asked of a task.
#[derive(Queryable)]
struct TaskColumns {
    id: String,
    order_id: i64,
    order_code: String,
    attempt: i32,
    #[diesel(deserialize_as = String)]
    state: TaskState,
}

/// What is asked of a bill.
#[derive(Queryable)]
struct BillColumns {
    task_id: String,
    bill_no: String,
    #[diesel(deserialize_as = String)]
    state: BillState,
}

/// What is asked of an event.
#[derive(Queryable)]
struct EventColumns {
    task_id: Option<String>,
    id: String,
    event_id: String,
    #[diesel(deserialize_as = String)]
    kind: EventKind,
    #[diesel(deserialize_as = String)]
    state: EventState,
}

/// Every task of these orders, with its bill and its events: three queries for each 1,000 orders.
pub fn list_tasks(conn: &mut Connection, orders: &[i64]) -> QueryResult<Vec<TaskSide>> {
    let mut sides = Vec::new();
    // Databases bear a limited number of values in one statement.
    for some in orders.chunks(1_000) {
        let tasks: Vec<TaskColumns> = bpm_task::table
            .filter(bpm_task::order_id.eq_any(some))
            .order(bpm_task::id)
            .select((bpm_task::id, bpm_task::order_id, bpm_task::order_code, bpm_task::attempt, bpm_task::state))
            .load(conn)?;
        let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
        let mut bills = list_bills(conn, &ids)?;
        let mut by_task = list_events(conn, &ids)?;
        sides.extend(tasks.into_iter().map(|task| TaskSide {
            bill: bills.remove(&task.id),
            events: by_task.remove(&task.id).unwrap_or_default(),
            order_id: task.order_id,
            order_code: task.order_code,
            attempt: task.attempt,
            state: task.state,
            id: task.id,
        }));
    }
    Ok(sides)
}

/// Number and state of each task's bill.
fn list_bills(conn: &mut Connection, tasks: &[&str]) -> QueryResult<HashMap<String, (String, BillState)>> {
    let rows: Vec<BillColumns> = bill::table
        .filter(bill::task_id.eq_any(tasks))
        .select((bill::task_id, bill::bill_no, bill::state))
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.task_id, (row.bill_no, row.state))).collect())
}

fn list_events(conn: &mut Connection, tasks: &[&str]) -> QueryResult<HashMap<String, Vec<EventSide>>> {
    let rows: Vec<EventColumns> = event::table
        .filter(event::task_id.eq_any(tasks))
        .order(event::id)
        .select((event::task_id, event::id, event::event_id, event::kind, event::state))
        .load(conn)?;
    let mut by_task: HashMap<String, Vec<EventSide>> = HashMap::new();
    for EventColumns { task_id, id, event_id, kind, state } in rows {
        let Some(task) = task_id else { continue };
        by_task.entry(task).or_default().push(EventSide { id, event_id, kind, state });
    }
    Ok(by_task)
}
