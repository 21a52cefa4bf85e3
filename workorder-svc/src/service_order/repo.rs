//! `service_order`: what is kept of a service order beside the order itself; and orders with their faces.

use std::collections::HashMap;

use diesel::prelude::*;
use shared_model::ids::OrderId;
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::order::model::{Order, OrderDomain};
use crate::order::row::{from_json, to_json};
use crate::order::state::{OrderEvent, OrderState};
use crate::schema::{configure_list, domain_history, service_order, service_order_attribute as attribute};
use crate::service_order::document::{Document, PARTY_ID};
use crate::service_order::face::Faced;

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
    for parties in document.parties().chunks(CHUNK) {
        let rows: Vec<_> = parties.iter().map(|value| NewAttribute { order_id: id.0, path: PARTY_ID, value }).collect();
        on_both!(conn, |c| diesel::insert_into(attribute::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// An order with its face.
pub fn faced(conn: &mut Connection, order: Order) -> Result<Faced, StoreError> {
    let faces = add_faces(conn, vec![order])?;
    faces.into_iter().next().ok_or(StoreError::Query(diesel::result::Error::NotFound))
}

/// Orders, their domains read or not, with their faces.
pub fn add_faces(conn: &mut Connection, mut orders: Vec<Order>) -> Result<Vec<Faced>, StoreError> {
    add_domains(conn, &mut orders)?;
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

/// The domains of those whose form lists none: a sheet does, or they are all that was live.
fn add_domains(conn: &mut Connection, orders: &mut [Order]) -> Result<(), StoreError> {
    let without = orders.iter().filter(|order| order.domains.is_empty() && !order.form.has_typed_domains());
    let ids: Vec<i64> = without.map(|order| order.id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows: Vec<(i64, String)> = configure_list::table
        .filter(configure_list::order_id.eq_any(ids))
        .order(configure_list::id)
        .select((configure_list::order_id, configure_list::domain))
        .load(conn)?;
    let mut found: HashMap<i64, Vec<OrderDomain>> = HashMap::new();
    for (id, domain) in rows {
        found.entry(id).or_default().push(OrderDomain::new(domain));
    }
    for order in orders {
        if let Some(domains) = found.remove(&order.id.0) {
            order.domains = domains;
        }
    }
    Ok(())
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
