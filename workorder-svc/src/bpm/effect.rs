//! What a closed order does to the live domains: they go live, change, are taken down, or change their subscription.
//! All in the caller's transaction. source: work-order notes 7.

use chrono::{DateTime, Utc};
use shared_model::ids::ProductId;
use shared_model::server::database::{Connection, StoreError};

use crate::domain_name::live;
use crate::domain_name::repo::{self as domains, LiveDomain};
use crate::error::ServiceError;
use crate::live::config;
use crate::order::kind::{Operation, OrderKind};
use crate::order::model::{Order, OrderDomain};
use crate::order::row::to_json;
use crate::product::repo as products;
use crate::split::parts;
use crate::submit::form::OriginForm;

/// Whether billing has cancelled what the order's domains would go live on: then nothing of it does. What an order
/// takes down needs no product.
pub fn is_void(conn: &mut Connection, order: &Order) -> Result<bool, StoreError> {
    let (Some(enterprise), Some(product)) = (&order.enterprise, &order.product) else { return Ok(false) };
    match Operation::of(order.kind, order.requirement) {
        Some(Operation::Add | Operation::Modify | Operation::Migrate) => {
            products::is_cancelled_for_change(conn, &enterprise.id, &product.id)
        }
        Some(Operation::Delete) | None => Ok(false),
    }
}

/// Lets the order's domains go live, changes them, takes them down, or lets them change their subscription.
pub fn settle(conn: &mut Connection, order: &Order, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let names: Vec<String> = order.domains.iter().map(|domain| domain.domain.clone()).collect();
    let streams = order.kind == OrderKind::LiveRequest;
    match Operation::of(order.kind, order.requirement) {
        Some(Operation::Add) if streams => config::insert(conn, &live_domains(order, now)?)?,
        Some(Operation::Add) => domains::insert_live(conn, &live_domains(order, now)?)?,
        Some(Operation::Modify) if streams => config::update(conn, &live_domains(order, now)?)?,
        Some(Operation::Modify) => domains::update_live(conn, &live_domains(order, now)?)?,
        Some(Operation::Delete) if streams => config::delete(conn, &names)?,
        Some(Operation::Delete) => domains::delete_live(conn, &names)?,
        Some(Operation::Migrate) => migrate(conn, order, &names, now)?,
        None => {}
    }
    Ok(())
}

/// The domains leave their subscription for the order's, all in this transaction.
fn migrate(conn: &mut Connection, order: &Order, names: &[String], now: DateTime<Utc>) -> Result<(), StoreError> {
    let source = order.form.source_product_id.as_deref().map(|id| ProductId::from(id.trim()));
    let (Some(enterprise), Some(target), Some(source)) = (&order.enterprise, &order.product, source) else {
        return Ok(());
    };
    live::move_to_product(conn, (&enterprise.id, &source), &target.id, (order.id, names), now)
}

fn live_domains(order: &Order, now: DateTime<Utc>) -> Result<Vec<LiveDomain>, ServiceError> {
    let (Some(enterprise), Some(product)) = (&order.enterprise, &order.product) else { return Ok(Vec::new()) };
    let shared = to_json(&order.form)?;
    let live = |domain: &OrderDomain| -> Result<LiveDomain, StoreError> {
        Ok(LiveDomain {
            form: form_of(order, domain, &shared)?,
            domain: domain.domain.clone(),
            enterprise_id: enterprise.id.0.clone(),
            product_id: product.id.0.clone(),
            order_id: Some(order.id.0),
            source: "order",
            legality: domain.legality.code(),
            record_number: domain.record_number.clone(),
            live_since: now.naive_utc(),
            updated_at: now.naive_utc(),
        })
    };
    Ok(order.domains.iter().map(live).collect::<Result<_, _>>()?)
}

/// What a domain is configured with: the order's form; of live streaming with its own row only; and where it comes from
/// a sheet, with what its row asks for.
fn form_of(order: &Order, domain: &OrderDomain, shared: &str) -> Result<String, StoreError> {
    if let Some(direction) = domain.direction {
        let mut form = parts::form_of(&order.form, std::slice::from_ref(domain));
        form.speed_list.iter_mut().flatten().for_each(|row| row.direction = Some(direction.code().to_owned()));
        return to_json(&form);
    }
    let Some(line) = domain.line.as_deref().filter(|line| line.is_particular()) else { return Ok(shared.to_owned()) };
    let mut form = order.form.clone();
    if !line.origins.is_empty() {
        form.loop_domain = Some(line.origins.iter().map(OriginForm::from).collect());
    }
    form.https = line.https.map(Into::into).or(form.https);
    if !line.ports.is_empty() {
        form.port = Some(line.ports.clone().into());
    }
    to_json(&form)
}
