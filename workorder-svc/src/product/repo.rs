//! `enterprise` and `ep_product_chargemode`: who the customers are and what they subscribe to, as billing reports it.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use shared_model::bpm::{ProductEvent, ProductOrder};
use shared_model::ids::{EnterpriseId, OrderId, ProductId, UserId};
use shared_model::local_time::from_stored;
use shared_model::server::database::{Connection, Prepare, StoreError, on_both};

use crate::domain_name::repo::count_live_by_product;
use crate::order::kind::OrderKind;
use crate::order::model::Enterprise;
use crate::order::row::{corrupt, from_json, to_json};
use crate::order::state::OrderState;
use crate::product::rules::{Standing, Subscription, SubscriptionState};
use crate::schema::{
    enterprise, enterprise_manager, ep_product_chargemode, product_event_inbox, work_order, worker_order_enterprise,
};

/// A subscription with its ids, as the product filter looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionRecord {
    pub product_id: ProductId,
    pub charge_mode: String,
    pub subscription: Subscription,
}

/// The enterprise, if billing has named it, and if the person may order for it. `assigned_to`: only then when it is
/// assigned to this person.
pub fn find_enterprise(
    conn: &mut Connection,
    id: &EnterpriseId,
    assigned_to: Option<&UserId>,
) -> Result<Option<Enterprise>, StoreError> {
    let name: Option<String> = enterprise::table.find(id.as_str()).select(enterprise::name).first(conn).optional()?;
    let Some(name) = name else { return Ok(None) };
    if let Some(person) = assigned_to {
        let assigned: i64 = enterprise_manager::table.find((id.as_str(), person.as_str())).count().get_result(conn)?;
        if assigned == 0 {
            return Ok(None);
        }
    }
    Ok(Some(Enterprise { id: id.clone(), name }))
}

/// All subscriptions of an enterprise, by product.
pub fn list_subscriptions(
    conn: &mut Connection,
    enterprise: &EnterpriseId,
) -> Result<Vec<SubscriptionRecord>, StoreError> {
    let rows: Vec<(String, String, String, String)> = ep_product_chargemode::table
        .filter(ep_product_chargemode::enterprise_id.eq(enterprise.as_str()))
        .order(ep_product_chargemode::product_id)
        .select((
            ep_product_chargemode::product_id,
            ep_product_chargemode::product_name,
            ep_product_chargemode::charge_mode,
            ep_product_chargemode::state,
        ))
        .load(conn)?;
    let open = list_open_billing_orders(conn, enterprise)?;
    let live = count_live_by_product(conn, enterprise)?;
    let is_open = |product: &str, kind: OrderKind| open.iter().any(|(id, of)| id == product && of == kind.code());
    rows.into_iter()
        .map(|(product_id, product_name, charge_mode, state)| {
            let state = SubscriptionState::from_code(&state).ok_or_else(|| corrupt("state", &state))?;
            let live_domains = live.iter().find(|(id, _)| *id == product_id).map_or(0, |(_, count)| *count);
            let subscription = Subscription {
                product_name,
                state,
                open_suspend: is_open(&product_id, OrderKind::ProductSuspend),
                open_cancel: is_open(&product_id, OrderKind::ProductCancel),
                live_domains,
            };
            Ok(SubscriptionRecord { product_id: ProductId(product_id), charge_mode, subscription })
        })
        .collect()
}

/// One subscription of an enterprise. Live domains are counted only where they matter: for a trial.
pub fn find_subscription(
    conn: &mut Connection,
    enterprise: &EnterpriseId,
    product: &ProductId,
) -> Result<Option<Subscription>, StoreError> {
    let found: Option<(String, String)> = ep_product_chargemode::table
        .filter(ep_product_chargemode::enterprise_id.eq(enterprise.as_str()))
        .filter(ep_product_chargemode::product_id.eq(product.as_str()))
        .select((ep_product_chargemode::product_name, ep_product_chargemode::state))
        .first(conn)
        .optional()?;
    let Some((product_name, state)) = found else { return Ok(None) };
    let state = SubscriptionState::from_code(&state).ok_or_else(|| corrupt("state", &state))?;
    let open = list_open_billing_orders_of(conn, enterprise, product)?;
    let is_open = |kind: OrderKind| open.iter().any(|of| of == kind.code());
    let live_domains = if state == SubscriptionState::Trial {
        let live = count_live_by_product(conn, enterprise)?;
        live.iter().find(|(id, _)| id == product.as_str()).map_or(0, |(_, count)| *count)
    } else {
        0
    };
    Ok(Some(Subscription {
        product_name,
        state,
        open_suspend: is_open(OrderKind::ProductSuspend),
        open_cancel: is_open(OrderKind::ProductCancel),
        live_domains,
    }))
}

/// Suspend and cancel orders that are open: `(product, enumType)`.
fn list_open_billing_orders(
    conn: &mut Connection,
    enterprise: &EnterpriseId,
) -> Result<Vec<(String, String)>, StoreError> {
    let rows: Vec<(Option<String>, String)> = work_order::table
        .inner_join(worker_order_enterprise::table.on(worker_order_enterprise::order_id.eq(work_order::id)))
        .filter(worker_order_enterprise::enterprise_id.eq(enterprise.as_str()))
        .filter(work_order::enum_type.eq_any([OrderKind::ProductSuspend.code(), OrderKind::ProductCancel.code()]))
        .filter(work_order::status.eq(OrderState::BpmProcessing.code()))
        .select((work_order::product_id, work_order::enum_type))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(product, kind)| Some((product?, kind))).collect())
}

/// That an order is of this enterprise. Not as a join: SQLite would go through all orders of the enterprise instead of the
/// few of the product.
#[diesel::dsl::auto_type(no_type_alias)]
fn of_enterprise<'a>(enterprise: &'a str) -> _ {
    worker_order_enterprise::table
        .filter(worker_order_enterprise::order_id.eq(work_order::id))
        .filter(worker_order_enterprise::enterprise_id.eq(enterprise))
}

/// Suspend and cancel orders of one subscription that are open: `enumType`.
fn list_open_billing_orders_of(
    conn: &mut Connection,
    enterprise: &EnterpriseId,
    product: &ProductId,
) -> Result<Vec<String>, StoreError> {
    let kinds = work_order::table
        .filter(work_order::product_id.eq(product.as_str()))
        .filter(work_order::enum_type.eq_any([OrderKind::ProductSuspend.code(), OrderKind::ProductCancel.code()]))
        .filter(work_order::status.eq(OrderState::BpmProcessing.code()))
        .filter(exists(of_enterprise(enterprise.as_str())))
        .select(work_order::enum_type)
        .prepared()
        .load(conn)?;
    Ok(kinds)
}

/// The open order of a kind for a subscription.
pub fn find_open_billing_order(
    conn: &mut Connection,
    enterprise: &EnterpriseId,
    product: &ProductId,
    kind: OrderKind,
) -> Result<Option<OrderId>, StoreError> {
    let id = work_order::table
        .filter(work_order::product_id.eq(product.as_str()))
        .filter(work_order::enum_type.eq(kind.code()))
        .filter(work_order::status.eq(OrderState::BpmProcessing.code()))
        .filter(exists(of_enterprise(enterprise.as_str())))
        .select(work_order::id)
        .first(conn)
        .optional()?;
    Ok(id.map(OrderId))
}

/// Notes an event of the feed. False when it was there before.
pub fn insert_event(conn: &mut Connection, order: &ProductOrder, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let row = (
        product_event_inbox::event_id.eq(&order.event_id),
        product_event_inbox::enterprise_id.eq(order.enterprise_id.as_str()),
        product_event_inbox::product_id.eq(order.product_id.as_str()),
        product_event_inbox::event.eq(to_json(&order.event)?),
        product_event_inbox::occurred_at.eq(order.occurred_at.naive_utc()),
        product_event_inbox::received_at.eq(now.naive_utc()),
    );
    let added = on_both!(conn, |c| diesel::insert_into(product_event_inbox::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Every event of a subscription, in order of arrival.
pub fn list_events(
    conn: &mut Connection,
    enterprise: &EnterpriseId,
    product: &ProductId,
) -> Result<Vec<(ProductEvent, DateTime<Utc>)>, StoreError> {
    let rows: Vec<(String, chrono::NaiveDateTime)> = product_event_inbox::table
        .filter(product_event_inbox::enterprise_id.eq(enterprise.as_str()))
        .filter(product_event_inbox::product_id.eq(product.as_str()))
        .order(product_event_inbox::seq)
        .select((product_event_inbox::event, product_event_inbox::occurred_at))
        .load(conn)?;
    rows.into_iter().map(|(event, at)| Ok((from_json(&event)?, from_stored(at)))).collect()
}

/// Whether billing has cancelled the subscription. Locks it, so that a cancellation comes before what is decided by the
/// answer, or after it.
pub fn is_cancelled_for_change(
    conn: &mut Connection,
    enterprise: &EnterpriseId,
    product: &ProductId,
) -> Result<bool, StoreError> {
    let row = ep_product_chargemode::table
        .filter(ep_product_chargemode::enterprise_id.eq(enterprise.as_str()))
        .filter(ep_product_chargemode::product_id.eq(product.as_str()))
        .select(ep_product_chargemode::state);
    let state: Option<String> = match conn {
        Connection::Postgres(pg) => row.for_update().first(pg).optional()?,
        Connection::Sqlite(sqlite) => row.first(sqlite).optional()?,
    };
    Ok(state.is_some_and(|state| state == SubscriptionState::Closed.code()))
}

/// Makes the subscription known, and locks it: events of one subscription are applied one after another.
pub fn claim_subscription(conn: &mut Connection, order: &ProductOrder, now: DateTime<Utc>) -> Result<(), StoreError> {
    let customer = (
        enterprise::id.eq(order.enterprise_id.as_str()),
        enterprise::name.eq(&order.enterprise_name),
        enterprise::updated_at.eq(order.occurred_at.naive_utc()),
    );
    let row = (
        ep_product_chargemode::enterprise_id.eq(order.enterprise_id.as_str()),
        ep_product_chargemode::product_id.eq(order.product_id.as_str()),
        ep_product_chargemode::product_name.eq(&order.product_name),
        ep_product_chargemode::charge_mode.eq(&order.charge_mode),
        ep_product_chargemode::state.eq(SubscriptionState::Closed.code()),
        ep_product_chargemode::state_at.eq(order.occurred_at.naive_utc()),
        ep_product_chargemode::created_at.eq(now.naive_utc()),
    );
    on_both!(conn, |c| {
        diesel::insert_into(enterprise::table).values(customer).on_conflict_do_nothing().execute(c)?;
        diesel::insert_into(ep_product_chargemode::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    // The update locks the row on PostgreSQL; on SQLite the writer is alone.
    diesel::update(subscription(order))
        .set(ep_product_chargemode::created_at.eq(ep_product_chargemode::created_at))
        .execute(conn)?;
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn subscription<'a>(order: &'a ProductOrder) -> _ {
    let enterprise: &'a str = order.enterprise_id.as_str();
    let product: &'a str = order.product_id.as_str();
    ep_product_chargemode::table
        .filter(ep_product_chargemode::enterprise_id.eq(enterprise))
        .filter(ep_product_chargemode::product_id.eq(product))
}

/// Writes where a subscription stands. Names are taken from the newest event only.
pub fn update_subscription(conn: &mut Connection, order: &ProductOrder, standing: Standing) -> Result<(), StoreError> {
    let at = order.occurred_at.naive_utc();
    diesel::update(subscription(order)).set(ep_product_chargemode::state.eq(standing.state.code())).execute(conn)?;
    diesel::update(subscription(order).filter(ep_product_chargemode::state_at.le(at)))
        .set((
            ep_product_chargemode::product_name.eq(&order.product_name),
            ep_product_chargemode::charge_mode.eq(&order.charge_mode),
            ep_product_chargemode::state_at.eq(at),
        ))
        .execute(conn)?;
    diesel::update(enterprise::table.find(order.enterprise_id.as_str()).filter(enterprise::updated_at.le(at)))
        .set((enterprise::name.eq(&order.enterprise_name), enterprise::updated_at.eq(at)))
        .execute(conn)?;
    Ok(())
}
