//! `bpm_task`: the dispatches of an order as this side knows them, their stages, and the events that were applied.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use shared_model::bpm::StageResult;
use shared_model::ids::{OrderId, TaskId, UserId};
use shared_model::local_time::{from_stored, with_offset};
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::order::model::{BpmStage, BpmTask, Person};
use crate::order::row::{from_json, to_json};
use crate::schema::{bpm_event_inbox, bpm_task, bpm_task_stage};

/// Where a dispatch stands, in the words of the BPM side; `recalled` is our own.
pub mod task_state {
    pub const QUEUED: &str = "queued";
    pub const DISPATCHED: &str = "dispatched";
    pub const PROCESSING: &str = "processing";
    pub const CLOSED: &str = "closed";
    pub const ROLLED_BACK: &str = "rolledBack";
    pub const DEAD_LETTER: &str = "deadLetter";
    pub const RECALLED: &str = "recalled";
    /// Somebody works on it, or soon will.
    pub const OPEN: [&str; 4] = [QUEUED, DISPATCHED, PROCESSING, DEAD_LETTER];
}

/// One dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchRecord {
    pub attempt: i32,
    pub task_id: Option<String>,
    pub bill_no: Option<String>,
    pub state: String,
    pub outbox_id: String,
}

pub fn insert(
    conn: &mut Connection,
    order: OrderId,
    attempt: i32,
    assignee: &Person,
    outbox_id: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(bpm_task::table)
        .values((
            bpm_task::order_id.eq(order.0),
            bpm_task::attempt.eq(attempt),
            bpm_task::state.eq(task_state::QUEUED),
            bpm_task::assignee_id.eq(assignee.id.as_str()),
            bpm_task::assignee.eq(to_json(assignee)?),
            bpm_task::outbox_id.eq(outbox_id),
            bpm_task::created_at.eq(now.naive_utc()),
            bpm_task::updated_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

type RecordColumns = (i32, Option<String>, Option<String>, String, String);

pub fn find(conn: &mut Connection, order: OrderId, attempt: i32) -> Result<Option<DispatchRecord>, StoreError> {
    let found: Option<RecordColumns> = bpm_task::table
        .find((order.0, attempt))
        .select((bpm_task::attempt, bpm_task::task_id, bpm_task::bill_no, bpm_task::state, bpm_task::outbox_id))
        .first(conn)
        .optional()?;
    Ok(found.map(|(attempt, task_id, bill_no, state, outbox_id)| DispatchRecord {
        attempt,
        task_id,
        bill_no,
        state,
        outbox_id,
    }))
}

/// The attempt a task id is known to stand for.
pub fn attempt_of(conn: &mut Connection, order: OrderId, task: &TaskId) -> Result<Option<i32>, StoreError> {
    let attempt = bpm_task::table
        .filter(bpm_task::order_id.eq(order.0))
        .filter(bpm_task::task_id.eq(task.as_str()))
        .select(bpm_task::attempt)
        .first(conn)
        .optional()?;
    Ok(attempt)
}

/// Learns the ids that bpm-adapter gave a dispatch, from whatever names them first.
pub fn learn(
    conn: &mut Connection,
    order: OrderId,
    attempt: i32,
    task: &TaskId,
    bill_no: Option<&str>,
) -> Result<(), StoreError> {
    diesel::update(bpm_task::table.find((order.0, attempt)).filter(bpm_task::task_id.is_null()))
        .set(bpm_task::task_id.eq(task.as_str()))
        .execute(conn)?;
    if let Some(bill_no) = bill_no {
        diesel::update(bpm_task::table.find((order.0, attempt)).filter(bpm_task::bill_no.is_null()))
            .set(bpm_task::bill_no.eq(bill_no))
            .execute(conn)?;
    }
    Ok(())
}

pub fn set_state(
    conn: &mut Connection,
    order: OrderId,
    attempt: i32,
    state: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(bpm_task::table.find((order.0, attempt)))
        .set((bpm_task::state.eq(state), bpm_task::updated_at.eq(now.naive_utc())))
        .execute(conn)?;
    Ok(())
}

pub fn set_assignee(
    conn: &mut Connection,
    order: OrderId,
    attempt: i32,
    assignee: &Person,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(bpm_task::table.find((order.0, attempt)))
        .set((
            bpm_task::assignee_id.eq(assignee.id.as_str()),
            bpm_task::assignee.eq(to_json(assignee)?),
            bpm_task::updated_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// A stage feedback, at the time it was given.
pub fn insert_stage(
    conn: &mut Connection,
    order: OrderId,
    attempt: i32,
    stage: (&str, StageResult, &str),
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (stage, result, message) = stage;
    diesel::insert_into(bpm_task_stage::table)
        .values((
            bpm_task_stage::order_id.eq(order.0),
            bpm_task_stage::attempt.eq(attempt),
            bpm_task_stage::stage.eq(stage),
            bpm_task_stage::result.eq(result.code()),
            bpm_task_stage::message.eq(message),
            bpm_task_stage::created_at.eq(at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The tasks of an order whose ids are known, oldest first, each with its stages.
pub fn list_tasks(conn: &mut Connection, order: OrderId, zone: chrono_tz::Tz) -> Result<Vec<BpmTask>, StoreError> {
    let tasks: Vec<(i32, Option<String>, String, String)> = bpm_task::table
        .filter(bpm_task::order_id.eq(order.0))
        .filter(bpm_task::task_id.is_not_null())
        .order(bpm_task::attempt)
        .select((bpm_task::attempt, bpm_task::task_id, bpm_task::state, bpm_task::assignee))
        .load(conn)?;
    let stages: Vec<(i32, String, String, String, NaiveDateTime)> = bpm_task_stage::table
        .filter(bpm_task_stage::order_id.eq(order.0))
        .order(bpm_task_stage::id)
        .select((
            bpm_task_stage::attempt,
            bpm_task_stage::stage,
            bpm_task_stage::result,
            bpm_task_stage::message,
            bpm_task_stage::created_at,
        ))
        .load(conn)?;
    tasks
        .into_iter()
        .map(|(attempt, task_id, state, assignee)| {
            let of_task = stages.iter().filter(|(of, ..)| *of == attempt);
            let stages = of_task.map(|(_, stage, result, message, at)| BpmStage {
                stage: stage.clone(),
                result: result.clone(),
                message: message.clone(),
                time: with_offset(from_stored(*at), zone),
            });
            Ok(BpmTask {
                id: TaskId(task_id.unwrap_or_default()),
                attempt,
                state,
                assignee: from_json(&assignee)?,
                stages: stages.collect(),
            })
        })
        .collect()
}

/// How many open tasks each person has.
pub fn open_tasks_by_assignee(conn: &mut Connection) -> Result<Vec<(UserId, i64)>, StoreError> {
    let counts: Vec<(String, i64)> = bpm_task::table
        .filter(bpm_task::state.eq_any(task_state::OPEN))
        .group_by(bpm_task::assignee_id)
        .select((bpm_task::assignee_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(counts.into_iter().map(|(id, count)| (UserId(id), count)).collect())
}

/// Notes an event as applied. False when it was before: an event counts once.
pub fn first_time(
    conn: &mut Connection,
    order: OrderId,
    (task, event): (&TaskId, &str),
    kind: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = (
        bpm_event_inbox::task_id.eq(task.as_str()),
        bpm_event_inbox::event_id.eq(event),
        bpm_event_inbox::order_id.eq(order.0),
        bpm_event_inbox::event.eq(kind),
        bpm_event_inbox::received_at.eq(now.naive_utc()),
    );
    let added = on_both!(conn, |c| diesel::insert_into(bpm_event_inbox::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}
