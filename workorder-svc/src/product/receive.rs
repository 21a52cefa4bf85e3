//! `PUT /internal/enterprise-products`: billing's events about subscriptions, as bpm-adapter delivers them. Suspend and
//! cancel orders (产品暂停单, 产品注销单) arise and end here.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Serialize;
use shared_model::bpm::ProductOrder;
use shared_model::server::answer::Answer;
use shared_model::server::body::Json;
use shared_model::server::caller::ServiceCaller;
use shared_model::server::database::Connection;

use crate::desk::{Desk, Policy};
use crate::domain_name::repo as domains;
use crate::error::ServiceError;
use crate::order::kind::OrderKind;
use crate::order::model::{Actor, Enterprise, Order, Person, Product};
use crate::order::repo as orders;
use crate::order::state::{OrderEvent, OrderState};
use crate::order::transition::{Happening, advance, leave_desk};
use crate::product::repo;
use crate::product::rules::{ProductEffect, Standing, arrival, standing};
use crate::submit::submission::{insert_billing_order, new_order};

/// Where the subscription stands after the event.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Received {
    enterprise_id: String,
    product_id: String,
    state: &'static str,
    suspended: bool,
    cancelling: bool,
}

pub async fn enterprise_products(
    desk: web::Data<Desk>,
    _: ServiceCaller,
    Json(order): Json<ProductOrder>,
) -> Result<Answer, ServiceError> {
    let (policy, now) = (desk.policy.clone(), desk.clock.now());
    desk.db
        .write(move |conn| {
            let standing = receive(conn, &policy, &order, now)?;
            Ok(Answer::ok(&Received {
                enterprise_id: order.enterprise_id.0,
                product_id: order.product_id.0,
                state: standing.state.code(),
                suspended: standing.suspended,
                cancelling: standing.cancelling,
            }))
        })
        .await
}

/// Applies an event of the feed; one that was applied before changes nothing.
pub fn receive(
    conn: &mut Connection,
    policy: &Policy,
    order: &ProductOrder,
    now: DateTime<Utc>,
) -> Result<Standing, ServiceError> {
    repo::claim_subscription(conn, order, now)?;
    let new = repo::insert_event(conn, order, now)?;
    let events = repo::list_events(conn, &order.enterprise_id, &order.product_id)?;
    if !new {
        return Ok(standing(&events));
    }
    let (standing, effects) = arrival(&events);
    repo::update_subscription(conn, order, standing)?;
    for effect in effects {
        match effect {
            ProductEffect::Open(kind) => {
                insert_billing_order(conn, policy, billing_order(order, kind, now), now)?;
            }
            ProductEffect::Finish(kind) => finish(conn, policy, order, kind, now)?,
            ProductEffect::TakeDomainsDown => {
                domains::delete_live_of_product(conn, &order.enterprise_id, &order.product_id)?;
            }
        }
    }
    Ok(standing)
}

fn billing_order(order: &ProductOrder, kind: OrderKind, now: DateTime<Utc>) -> Order {
    let enterprise = Enterprise { id: order.enterprise_id.clone(), name: order.enterprise_name.clone() };
    let product = Product { id: order.product_id.clone(), name: order.product_name.clone() };
    Order {
        kind,
        state: OrderState::BpmProcessing,
        enterprise: Some(enterprise),
        product: Some(product),
        ..new_order(Person::billing(), now)
    }
}

fn finish(
    conn: &mut Connection,
    policy: &Policy,
    order: &ProductOrder,
    kind: OrderKind,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    let open = repo::find_open_billing_order(conn, &order.enterprise_id, &order.product_id, kind)?;
    let Some(id) = open else { return Ok(()) };
    let before = orders::get_for_change(conn, id)?;
    let mut after = before.clone();
    leave_desk(&mut after);
    let happening = Happening { event: OrderEvent::BillingSettled, actor: &Actor::billing(), comment: None };
    advance(conn, policy, &before, &mut after, &happening, now)
}
