//! Takes this side's picture for the comparison.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use shared_model::server::database::Connection;

use super::rules::{EventSide, TaskSide};
use crate::bill::repo::BillRow;
use crate::event::model::EventRow;
use crate::schema::{bill, bpm_task, event};
use crate::task::model::TaskRow;

/// The orders with a task made or moved in this time (UTC, from with, before without).
pub fn list_orders(conn: &mut Connection, from: NaiveDateTime, before: NaiveDateTime) -> QueryResult<BTreeSet<i64>> {
    // Two questions, because each has its index.
    let made = bpm_task::created_at.ge(from).and(bpm_task::created_at.lt(before));
    let moved = bpm_task::updated_at.ge(from).and(bpm_task::updated_at.lt(before));
    let mut ids: Vec<i64> = bpm_task::table.filter(made).select(bpm_task::order_id).load(conn)?;
    ids.extend(bpm_task::table.filter(moved).select(bpm_task::order_id).load::<i64>(conn)?);
    Ok(ids.into_iter().collect())
}

/// Every task of these orders, with its bill and its events: three queries for each 1,000 orders.
pub fn list_tasks(conn: &mut Connection, orders: &[i64]) -> QueryResult<Vec<TaskSide>> {
    let mut sides = Vec::new();
    // Databases bear a limited number of values in one statement.
    for some in orders.chunks(1_000) {
        let tasks: Vec<TaskRow> =
            bpm_task::table.filter(bpm_task::order_id.eq_any(some)).order(bpm_task::id).load(conn)?;
        let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
        let bills: Vec<BillRow> = bill::table.filter(bill::task_id.eq_any(&ids)).load(conn)?;
        let events: Vec<EventRow> = event::table.filter(event::task_id.eq_any(&ids)).order(event::id).load(conn)?;
        let mut bills: HashMap<String, BillRow> = bills.into_iter().map(|bill| (bill.task_id.clone(), bill)).collect();
        let mut by_task: HashMap<String, Vec<EventSide>> = HashMap::new();
        for row in events {
            let Some(task) = row.task_id else { continue };
            let side = EventSide { id: row.id, event_id: row.event_id, kind: row.kind, state: row.state };
            by_task.entry(task).or_default().push(side);
        }
        sides.extend(tasks.into_iter().map(|task| TaskSide {
            bill: bills.remove(&task.id).map(|bill| (bill.bill_no, bill.state)),
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
