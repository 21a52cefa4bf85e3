//! The list of service orders: what the tables tell is a condition in SQL; what only the resource tells is looked for
//! in the resources of the orders that SQL leaves.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shared_model::ids::EnterpriseId;
use shared_model::problem::Problem;
use shared_model::server::database::{Connection, StoreError};

use crate::error::ServiceError;
use crate::order::kind::Requirement;
use crate::order::list_filter::ListFilter;
use crate::order::list_query::{Narrowed, enterprise_columns, narrowed};
use crate::order::model::{Enterprise, Order};
use crate::order::row::OrderRow;
use crate::order::rules::Viewer;
use crate::schema::{service_order_attribute as attribute, work_order, worker_order_enterprise};
use crate::service_order::document::PARTY_ID;
use crate::service_order::face::{Faced, Reader};
use crate::service_order::filter::{Condition, Range, Wanted};
use crate::service_order::matching::{Sought, meets};
use crate::service_order::reading::malformed;
use crate::service_order::repo::add_faces;

/// Orders whose resources are made at a time: those of sheets have up to ten thousand domains each.
const CHUNK: i64 = 50;
/// Most orders whose resources one list looks into.
const MOST_LOOKED_INTO: i64 = 20_000;

/// One part of what the viewer may see of a list, and how many there are in all.
pub fn list(
    conn: &mut Connection,
    filter: &ListFilter,
    wanted: &Wanted,
    viewer: &Viewer,
    (reader, now): (Reader, DateTime<Utc>),
) -> Result<(Vec<Faced>, i64), ServiceError> {
    let query = || {
        let all = narrowed(filter, viewer, now);
        wanted.conditions.iter().fold(all, meeting)
    };
    let total: i64 = query().count().get_result(conn)?;
    let sought = wanted.sought();
    let Some((path, _)) = sought.first() else {
        let part = sorted(query(), wanted).offset(wanted.window.offset).limit(wanted.window.limit);
        return Ok((load(conn, part)?, total));
    };
    if total > MOST_LOOKED_INTO {
        return Err(too_many(path).into());
    }
    Ok(look_into(conn, query, wanted, &sought, reader)?)
}

fn too_many(path: &str) -> Problem {
    Problem::of_faults(vec![malformed(
        &format!("/{path}"),
        "按该属性过滤的订单过多，请先用状态、日期或编号缩小范围",
        "too many orders to filter by this attribute: narrow the list by state, date or id as well",
    )])
}

/// Looks into every order of a query: the wanted part of those that say what is sought, and how many do.
fn look_into<'a>(
    conn: &mut Connection,
    query: impl Fn() -> Narrowed<'a>,
    wanted: &Wanted,
    sought: &[Sought<'_>],
    reader: Reader,
) -> Result<(Vec<Faced>, i64), StoreError> {
    let (mut part, mut total) = (Vec::new(), 0_i64);
    let mut last: Option<i64> = None;
    loop {
        let rest = match last {
            Some(id) if wanted.descending => query().filter(work_order::id.lt(id)),
            Some(id) => query().filter(work_order::id.gt(id)),
            None => query(),
        };
        let chunk = load(conn, sorted(rest, wanted).limit(CHUNK))?;
        let Some(end) = chunk.last() else { return Ok((part, total)) };
        last = Some(end.order.id.0);
        for faced in chunk {
            if !meets(&faced.resource(reader), sought) {
                continue;
            }
            if wanted.window.has(total) {
                part.push(faced);
            }
            total += 1;
        }
    }
}

/// Ids grow with the time of creation.
fn sorted<'a>(query: Narrowed<'a>, wanted: &Wanted) -> Narrowed<'a> {
    if wanted.descending { query.order(work_order::id.desc()) } else { query.order(work_order::id.asc()) }
}

/// The orders of a query with their faces.
fn load(conn: &mut Connection, query: Narrowed<'_>) -> Result<Vec<Faced>, StoreError> {
    let rows: Vec<(OrderRow, Option<(String, String)>)> =
        query.select((work_order::all_columns, enterprise_columns())).load(conn)?;
    let orders = rows.into_iter().map(|(row, enterprise)| {
        row.into_order(enterprise.map(|(id, name)| Enterprise { id: EnterpriseId(id), name }))
    });
    let orders: Vec<Order> = orders.collect::<Result<_, _>>()?;
    add_faces(conn, orders)
}

fn meeting<'a>(query: Narrowed<'a>, condition: &Condition) -> Narrowed<'a> {
    match condition {
        Condition::Id(ids) => query.filter(work_order::id.eq_any(ids.clone())),
        Condition::State(states) => {
            let codes: Vec<&str> = states.iter().map(|state| state.code()).collect();
            query.filter(work_order::status.eq_any(codes))
        }
        Condition::Created(range) => created_in(query, *range),
        Condition::Ended(state, range) => ended_in(query.filter(work_order::status.eq(state.code())), *range),
        Condition::Action(actions) => {
            let codes: Vec<&str> = actions.iter().copied().map(Requirement::code).collect();
            query.filter(work_order::requirement.eq_any(codes))
        }
        Condition::Party(ids) => query.filter(
            work_order::create_user
                .eq_any(ids.clone())
                .or(worker_order_enterprise::enterprise_id.nullable().eq_any(ids.clone()).assume_not_null())
                .or(work_order::id.eq_any(naming_party(ids.clone()))),
        ),
        // Not for the tables to tell.
        Condition::Attribute { .. } => query,
    }
}

fn created_in(mut query: Narrowed<'_>, range: Range) -> Narrowed<'_> {
    if let Some(from) = range.from {
        query = query.filter(work_order::created_at.ge(from.naive_utc()));
    }
    if let Some(before) = range.before {
        query = query.filter(work_order::created_at.lt(before.naive_utc()));
    }
    query
}

fn ended_in(mut query: Narrowed<'_>, range: Range) -> Narrowed<'_> {
    if let Some(from) = range.from {
        query = query.filter(work_order::updated_at.ge(from.naive_utc()));
    }
    if let Some(before) = range.before {
        query = query.filter(work_order::updated_at.lt(before.naive_utc()));
    }
    query
}

/// Orders whose document names one of these parties.
#[diesel::dsl::auto_type(no_type_alias)]
fn naming_party(ids: Vec<String>) -> _ {
    let party: &'static str = PARTY_ID;
    attribute::table.filter(attribute::path.eq(party)).filter(attribute::value.eq_any(ids)).select(attribute::order_id)
}
