//! `service_order`: what is kept of a service order beside the order itself; and orders with their faces.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shared_model::ids::{EnterpriseId, OrderId};
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::order::kind::Requirement;
use crate::order::list_filter::ListFilter;
use crate::order::list_query::{Narrowed, enterprise_columns, narrowed};
use crate::order::model::{Enterprise, Order};
use crate::order::row::{OrderRow, from_json, to_json};
use crate::order::rules::Viewer;
use crate::order::state::{OrderEvent, OrderState};
use crate::schema::{
    domain_history, service_order, service_order_attribute as attribute, work_order, worker_order_enterprise,
};
use crate::service_order::document::Document;
use crate::service_order::face::Faced;
use crate::service_order::filter::{Condition, Range, Wanted};

/// Rows of one INSERT.
const CHUNK: usize = 200;

#[derive(Insertable)]
#[diesel(table_name = attribute)]
struct NewAttribute<'a> {
    order_id: i64,
    path: &'a str,
    value: &'a str,
}

/// Keeps the document of an order in place of the one it had.
pub fn replace(conn: &mut Connection, id: OrderId, document: &Document) -> Result<(), StoreError> {
    diesel::delete(service_order::table.find(id.0)).execute(conn)?;
    diesel::insert_into(service_order::table)
        .values((
            service_order::order_id.eq(id.0),
            service_order::document.eq(to_json(&document.attributes)?),
            service_order::form.eq(to_json(&document.form)?),
            service_order::faults.eq(to_json(&document.faults)?),
        ))
        .execute(conn)?;
    for leaves in document.leaves().chunks(CHUNK) {
        let rows: Vec<_> = leaves.iter().map(|(path, value)| NewAttribute { order_id: id.0, path, value }).collect();
        on_both!(conn, |c| diesel::insert_into(attribute::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// An order with its face.
pub fn faced(conn: &mut Connection, order: Order) -> Result<Faced, StoreError> {
    let faces = add_faces(conn, vec![order])?;
    faces.into_iter().next().ok_or(StoreError::Query(diesel::result::Error::NotFound))
}

/// One part of what the viewer may see of a list, and how many there are in all.
pub fn list(
    conn: &mut Connection,
    filter: &ListFilter,
    wanted: &Wanted,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<(Vec<Faced>, i64), StoreError> {
    let query = || {
        let all = narrowed(filter, viewer, now);
        wanted.conditions.iter().fold(all, meeting)
    };
    let total: i64 = query().count().get_result(conn)?;
    let sorted =
        if wanted.descending { query().order(work_order::id.desc()) } else { query().order(work_order::id.asc()) };
    let rows: Vec<(OrderRow, Option<(String, String)>)> = sorted
        .offset(wanted.window.offset)
        .limit(wanted.window.limit)
        .select((work_order::all_columns, enterprise_columns()))
        .load(conn)?;
    let orders = rows.into_iter().map(|(row, enterprise)| {
        row.into_order(enterprise.map(|(id, name)| Enterprise { id: EnterpriseId(id), name }))
    });
    let faces = add_faces(conn, orders.collect::<Result<_, _>>()?)?;
    Ok((faces, total))
}

fn add_faces(conn: &mut Connection, orders: Vec<Order>) -> Result<Vec<Faced>, StoreError> {
    let ids: Vec<i64> = orders.iter().map(|order| order.id.0).collect();
    let rows: Vec<(i64, String, String, String)> =
        service_order::table.filter(service_order::order_id.eq_any(&ids)).load(conn)?;
    let mut documents = HashMap::new();
    for (id, attributes, form, faults) in rows {
        let document =
            Document { attributes: from_json(&attributes)?, form: from_json(&form)?, faults: from_json(&faults)? };
        documents.insert(id, document);
    }
    let mut reasons = reasons(conn, &orders)?;
    let faced = |order: Order| Faced {
        document: documents.remove(&order.id.0),
        cancellation_reason: reasons.remove(&order.id.0),
        order,
    };
    Ok(orders.into_iter().map(faced).collect())
}

/// Why the withdrawn ones were withdrawn.
fn reasons(conn: &mut Connection, orders: &[Order]) -> Result<HashMap<i64, String>, StoreError> {
    let withdrawn = orders.iter().filter(|order| order.state == OrderState::Withdrawn);
    let ids: Vec<i64> = withdrawn.map(|order| order.id.0).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, Option<String>)> = domain_history::table
        .filter(domain_history::order_id.eq_any(ids))
        .filter(domain_history::event.eq(OrderEvent::Withdrawn.code()))
        .select((domain_history::order_id, domain_history::comment))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, comment)| Some((id, comment?))).collect())
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
                .or(work_order::id.eq_any(with_attribute("relatedParty.id".to_owned(), ids.clone()))),
        ),
        Condition::Attribute { path, values } => {
            query.filter(work_order::id.eq_any(with_attribute(path.clone(), values.clone())))
        }
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

/// Orders whose document has one of the values there.
#[diesel::dsl::auto_type(no_type_alias)]
fn with_attribute(path: String, values: Vec<String>) -> _ {
    attribute::table
        .filter(attribute::path.eq(path))
        .filter(attribute::value.eq_any(values))
        .select(attribute::order_id)
}
