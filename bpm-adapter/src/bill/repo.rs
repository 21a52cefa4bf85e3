//! The only room that touches `bill`.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;

use shared_model::page::PageRequest;
use shared_model::server::database::Connection;

use super::state::{self, BillEvent, BillState};
use crate::error::ServiceError;
use crate::schema::{bill, bpm_task};
use crate::task::model::{TaskRow, UnknownCode};

impl TryFrom<String> for BillState {
    type Error = UnknownCode;

    fn try_from(code: String) -> Result<Self, UnknownCode> {
        Self::from_code(&code).ok_or(UnknownCode(code))
    }
}

/// One row of `bill`.
#[derive(Clone, Debug, Queryable)]
pub struct BillRow {
    pub id: i64,
    pub bill_no: String,
    pub task_id: String,
    pub order_id: i64,
    #[diesel(deserialize_as = String)]
    pub state: BillState,
    pub issued_at: NaiveDateTime,
    /// When it was closed or voided.
    pub ended_at: Option<NaiveDateTime>,
}

/// Issues the bill of a new task and answers its number: `HD`, the local day, a running number.
pub fn issue(conn: &mut Connection, task_id: &str, order_id: i64, now: DateTime<Utc>, zone: Tz) -> QueryResult<String> {
    // The running number is the row's own, so it is known only once the row is there: until then the task's id,
    // which is as unique, stands in for it.
    let id: i64 = diesel::insert_into(bill::table)
        .values((
            bill::bill_no.eq(task_id),
            bill::task_id.eq(task_id),
            bill::order_id.eq(order_id),
            bill::state.eq(BillState::Issued.code()),
            bill::issued_at.eq(now.naive_utc()),
        ))
        .returning(bill::id)
        .get_result(conn)?;
    let number = bill_number(now, zone, id);
    diesel::update(bill::table.find(id)).set(bill::bill_no.eq(&number)).execute(conn)?;
    Ok(number)
}

fn bill_number(at: DateTime<Utc>, zone: Tz, running: i64) -> String {
    format!("HD{}{running:06}", at.with_timezone(&zone).format("%Y%m%d"))
}

pub fn get_of_task(conn: &mut Connection, task_id: &str) -> QueryResult<BillRow> {
    bill::table.filter(bill::task_id.eq(task_id)).first(conn)
}

/// Settles the bill of a task, once.
pub fn apply_event(
    conn: &mut Connection,
    task_id: &str,
    event: BillEvent,
    now: NaiveDateTime,
) -> Result<BillRow, ServiceError> {
    let row = get_of_task(conn, task_id)?;
    let to = state::next(row.state, event)?;
    let unchanged = bill::table.find(row.id).filter(bill::state.eq(row.state.code()));
    diesel::update(unchanged)
        .set((bill::state.eq(to.code()), bill::ended_at.eq(Some(now))))
        .get_result(conn)
        .optional()?
        .ok_or(ServiceError::Raced)
}

/// A bill with its task.
pub type BillOfTask = (BillRow, TaskRow);

/// What a list of bills is narrowed to. Times are of the issue, UTC: from (with) to before (without).
#[derive(Clone, Debug, Default)]
pub struct BillFilter {
    pub state: Option<BillState>,
    pub order_id: Option<i64>,
    pub from: Option<NaiveDateTime>,
    pub before: Option<NaiveDateTime>,
}

/// One page, newest first, each with its task; and how many there are in all.
pub fn list(conn: &mut Connection, filter: &BillFilter, page: PageRequest) -> QueryResult<(Vec<BillOfTask>, i64)> {
    let narrowed = || {
        let mut query = bill::table.inner_join(bpm_task::table).into_boxed();
        if let Some(state) = filter.state {
            query = query.filter(bill::state.eq(state.code()));
        }
        if let Some(order_id) = filter.order_id {
            query = query.filter(bill::order_id.eq(order_id));
        }
        if let Some(from) = filter.from {
            query = query.filter(bill::issued_at.ge(from));
        }
        if let Some(before) = filter.before {
            query = query.filter(bill::issued_at.lt(before));
        }
        query
    };
    let total = narrowed().count().get_result(conn)?;
    let rows = narrowed()
        .order((bill::issued_at.desc(), bill::id.desc()))
        .offset(page.offset())
        .limit(page.size)
        .select((bill::all_columns, bpm_task::all_columns))
        .load(conn)?;
    Ok((rows, total))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn a_bill_is_numbered_by_its_local_day_and_a_running_number() {
        let late = Utc.with_ymd_and_hms(2026, 1, 31, 16, 0, 0).unwrap();
        assert_eq!(bill_number(late, chrono_tz::Asia::Shanghai, 42), "HD20260201000042");
        assert_eq!(bill_number(late, chrono_tz::UTC, 1_234_567), "HD202601311234567");
    }
}
