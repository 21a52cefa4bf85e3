//! The figures in SQL: everything is counted where it lies, and only the counts are read.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql, sum};
use diesel::prelude::*;
use diesel::sql_types::Text;
use shared_model::server::database::{Connection, StoreError};

use crate::order::kind::OrderKind;
use crate::order::list_filter::ListFilter;
use crate::order::list_query::{Backend, narrowed};
use crate::order::row::corrupt;
use crate::order::rules::Viewer;
use crate::order::state::OrderState;
use crate::schema::{order_stay, work_order};
use crate::stats::among::among;
use crate::stats::rules::Durations;
use crate::stay::repo::seconds;

// The orders once more: they are counted outside of the query that says which.
diesel::table! {
    #[sql_name = "work_order"]
    counted_order (id) {
        id -> BigInt,
        enum_type -> Text,
        status -> Text,
        province -> Nullable<Integer>,
    }
}

/// Which orders, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub filter: &'a ListFilter,
    pub viewer: &'a Viewer,
    pub now: DateTime<Utc>,
}

/// How many orders there are of each status and kind.
pub fn count_by_status(conn: &mut Connection, wanted: Wanted<'_>) -> Result<Vec<(String, String, i64)>, StoreError> {
    let chosen = narrowed(wanted.filter, wanted.viewer, wanted.now).select(work_order::id);
    Ok(counted_order::table
        .group_by((counted_order::status, counted_order::enum_type))
        .select((counted_order::status, counted_order::enum_type, count_star()))
        .into_boxed::<Backend>()
        .filter(among(counted_order::id, chosen))
        .load(conn)?)
}

/// How many there are of creators of each province.
pub fn count_by_province(conn: &mut Connection, wanted: Wanted<'_>) -> Result<Vec<(Option<i32>, i64)>, StoreError> {
    let chosen = narrowed(wanted.filter, wanted.viewer, wanted.now).select(work_order::id);
    Ok(counted_order::table
        .group_by(counted_order::province)
        .select((counted_order::province, count_star()))
        .into_boxed::<Backend>()
        .filter(among(counted_order::id, chosen))
        .order(counted_order::province)
        .load(conn)?)
}

/// How many were created on each day, `yyyyMMdd`: the local date a code begins with.
pub fn count_by_day(conn: &mut Connection, wanted: Wanted<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    let chosen = narrowed(wanted.filter, wanted.viewer, wanted.now).select(work_order::id);
    let day = || sql::<Text>("substr(work_order.code, 1, 8)");
    Ok(counted_order::table
        .group_by(day())
        .select((day(), count_star()))
        .into_boxed::<Backend>()
        .filter(among(counted_order::id, chosen))
        .order(day())
        .load(conn)?)
}

/// What orders did in a state: how long each finished stay lasted, and the time of all of them, running ones included.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    pub state: OrderState,
    pub durations: Durations,
    /// Seconds.
    pub total: f64,
}

type StayRow = (String, Option<i32>, i64, Option<f64>, Option<f64>);

/// So many orders and more are a good part of all.
const MANY: i64 = 5_000;

/// The stays of all the orders, by state; `total` says how many orders these are. Billing's orders last as long as billing wants: they wait for nobody here.
pub fn stages(conn: &mut Connection, wanted: Wanted<'_>, total: i64) -> Result<Vec<Stage>, StoreError> {
    let billing = OrderKind::ALL.into_iter().filter(|kind| kind.is_from_billing()).map(OrderKind::code);
    let chosen = narrowed(wanted.filter, wanted.viewer, wanted.now)
        .filter(work_order::enum_type.ne_all(billing.collect::<Vec<_>>()))
        .select(work_order::id);
    let rows: Vec<StayRow> = order_stay::table
        .group_by((order_stay::state, order_stay::lasted_centihours))
        .select((
            order_stay::state,
            order_stay::lasted_centihours,
            count_star(),
            sum(order_stay::lasted_s),
            sum(order_stay::entered_s),
        ))
        .into_boxed::<Backend>()
        .filter(among(order_stay::order_id, chosen).scanning(total >= MANY))
        .load(conn)?;
    gather(rows, wanted.now)
}

fn gather(rows: Vec<StayRow>, now: DateTime<Utc>) -> Result<Vec<Stage>, StoreError> {
    let mut stages: Vec<Stage> = Vec::new();
    for (code, centihours, times, lasted, entered) in rows {
        let state = OrderState::from_code(&code).ok_or_else(|| corrupt("order_stay.state", &code))?;
        if !stages.iter().any(|stage| stage.state == state) {
            stages.push(Stage { state, durations: Vec::new(), total: 0.0 });
        }
        let Some(stage) = stages.iter_mut().find(|stage| stage.state == state) else { continue };
        match centihours {
            Some(centihours) => {
                stage.durations.push((centihours, times));
                stage.total += lasted.unwrap_or_default();
            }
            // They are there still: until now.
            None => stage.total += (seconds(now) * times as f64 - entered.unwrap_or_default()).max(0.0),
        }
    }
    stages.sort_by_key(|stage| stage.state);
    Ok(stages)
}
