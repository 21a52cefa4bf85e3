//! The tables of domains: where one may exist already, the reservations of open orders, and the live ones.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use shared_model::ids::{EnterpriseId, OrderId, ProductId};
use shared_model::server::database::{Connection, Prepare, StoreError, insert_rows, on_both};

use crate::domain_name::existence::{Existing, Place};
use crate::order::state::OrderState;
use crate::schema::{
    batch_self_domain, configure_list, live_order_domain_info, live_stream_domain_config, self_service_domain_config,
    work_order, work_order_cache_domain,
};

/// Domains of one query: under the number of variables either database binds.
const CHUNK: usize = 5_000;
/// Rows of live domains of one query: each has ten columns.
const LIVE_ROWS: usize = 2_000;

/// Codes of the states in which an order's rows never count as existing.
fn not_counting() -> Vec<&'static str> {
    OrderState::ALL.into_iter().filter(|state| !state.is_open()).map(OrderState::code).collect()
}

/// A table of orders' domains: those of other open orders among the asked ones.
macro_rules! held_by_open_orders {
    ($conn:expr, $table:ident, $domains:expr, $own:expr) => {
        $table::table
            .inner_join(work_order::table.on(work_order::id.eq($table::order_id)))
            .filter($table::domain.eq_any($domains))
            .filter($table::order_id.ne($own))
            .filter(work_order::status.ne_all(not_counting()))
            .select($table::domain)
            .prepared_for($domains.len())
            .load::<String>($conn)?
    };
}

/// Where the domains exist already, for an order that may hold some of them itself. source: work-order notes 2.
///
/// On PostgreSQL each query sees what was committed until then. They are asked in the order a domain passes through
/// the places, orders before reservations before what is live, so that none slips through between two of them, and an
/// order that is seen is seen with its reservation.
pub fn find_existing(conn: &mut Connection, domains: &[String], own: Option<OrderId>) -> Result<Existing, StoreError> {
    let own = own.map_or(0, |order| order.0);
    let mut found = Vec::new();
    for domains in domains.chunks(CHUNK) {
        let mut note = |place: Place, names: Vec<String>| found.extend(names.into_iter().map(|name| (place, name)));
        note(Place::BatchSelfDomain, held_by_open_orders!(conn, batch_self_domain, domains, own));
        note(Place::ConfigureList, held_by_open_orders!(conn, configure_list, domains, own));
        note(Place::LiveOrderDomainInfo, held_by_open_orders!(conn, live_order_domain_info, domains, own));
        let reserved = work_order_cache_domain::table
            .filter(work_order_cache_domain::domain.eq_any(domains))
            .filter(work_order_cache_domain::order_id.ne(own))
            .select(work_order_cache_domain::domain)
            .prepared_for(domains.len())
            .load(conn)?;
        note(Place::WorkOrderCacheDomain, reserved);
        note(Place::SelfServiceDomainConfig, list_live(conn, domains)?);
        let streams = live_stream_domain_config::table
            .filter(live_stream_domain_config::domain.eq_any(domains))
            .select(live_stream_domain_config::domain)
            .prepared_for(domains.len())
            .load(conn)?;
        note(Place::LiveStreamDomainConfig, streams);
    }
    Ok(Existing::of(found))
}

fn list_live(conn: &mut Connection, domains: &[String]) -> Result<Vec<String>, StoreError> {
    let live = self_service_domain_config::table
        .filter(self_service_domain_config::domain.eq_any(domains))
        .select(self_service_domain_config::domain)
        .prepared_for(domains.len())
        .load(conn)?;
    Ok(live)
}

#[derive(Insertable)]
#[diesel(table_name = work_order_cache_domain, treat_none_as_default_value = false)]
struct Reservation<'a> {
    domain: &'a str,
    order_id: i64,
    created_at: NaiveDateTime,
}

/// Reserves the domains for an order, besides those it holds, and gives back the ones that another order holds.
/// This is where races for a domain are settled: of two orders that want one, one gets the row.
pub fn reserve(
    conn: &mut Connection,
    order: OrderId,
    domains: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    // In one order everywhere, so that two orders with several domains in common never wait for one another.
    let mut sorted: Vec<&str> = domains.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let rows: Vec<Reservation<'_>> = sorted
        .into_iter()
        .map(|domain| Reservation { domain, order_id: order.0, created_at: now.naive_utc() })
        .collect();
    let mut reserved = 0;
    for rows in rows.chunks(CHUNK) {
        reserved += insert_rows!(conn, work_order_cache_domain::table, rows, on_conflict_do_nothing)?;
    }
    if reserved == rows.len() {
        return Ok(Vec::new());
    }
    let mut held_by_others = Vec::new();
    for domains in domains.chunks(CHUNK) {
        held_by_others.extend(
            work_order_cache_domain::table
                .filter(work_order_cache_domain::domain.eq_any(domains))
                .filter(work_order_cache_domain::order_id.ne(order.0))
                .select(work_order_cache_domain::domain)
                .load::<String>(conn)?,
        );
    }
    Ok(held_by_others)
}

/// Releases what an order has reserved.
pub fn release(conn: &mut Connection, order: OrderId) -> Result<(), StoreError> {
    diesel::delete(work_order_cache_domain::table.filter(work_order_cache_domain::order_id.eq(order.0)))
        .execute(conn)?;
    Ok(())
}

/// Gives reservations of one order to another.
pub fn hand_over(conn: &mut Connection, (from, to): (OrderId, OrderId), domains: &[String]) -> Result<(), StoreError> {
    for domains in domains.chunks(CHUNK) {
        let held = work_order_cache_domain::table.filter(work_order_cache_domain::order_id.eq(from.0));
        diesel::update(held.filter(work_order_cache_domain::domain.eq_any(domains)))
            .set(work_order_cache_domain::order_id.eq(to.0))
            .execute(conn)?;
    }
    Ok(())
}

/// Releases what an order has reserved beside the domains it has now.
pub fn release_others(conn: &mut Connection, order: OrderId, keep: &[String]) -> Result<(), StoreError> {
    let held: Vec<String> = work_order_cache_domain::table
        .filter(work_order_cache_domain::order_id.eq(order.0))
        .select(work_order_cache_domain::domain)
        .load(conn)?;
    let keep: HashSet<&String> = keep.iter().collect();
    let dropped: Vec<String> = held.into_iter().filter(|domain| !keep.contains(domain)).collect();
    for dropped in dropped.chunks(CHUNK) {
        diesel::delete(work_order_cache_domain::table.filter(work_order_cache_domain::domain.eq_any(dropped)))
            .execute(conn)?;
    }
    Ok(())
}

/// A domain that is live, in `self_service_domain_config`.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = self_service_domain_config, treat_none_as_default_value = false)]
pub struct LiveDomain {
    pub domain: String,
    pub enterprise_id: String,
    pub product_id: String,
    pub order_id: Option<i64>,
    /// `order`, or `imported` with no order behind it.
    pub source: &'static str,
    pub legality: &'static str,
    pub record_number: Option<String>,
    /// JSON: what it was configured with.
    pub form: String,
    pub live_since: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// Lets domains go live.
pub fn insert_live(conn: &mut Connection, domains: &[LiveDomain]) -> Result<(), StoreError> {
    for rows in domains.chunks(LIVE_ROWS) {
        on_both!(conn, |c| diesel::insert_into(self_service_domain_config::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Rewrites the configuration of live domains; they have been live since they were. Those that are not live any more
/// stay down.
pub fn update_live(conn: &mut Connection, domains: &[LiveDomain]) -> Result<(), StoreError> {
    use self_service_domain_config as t;
    for rows in domains.chunks(LIVE_ROWS) {
        let names: Vec<&str> = rows.iter().map(|row| row.domain.as_str()).collect();
        let live: HashSet<String> =
            t::table.filter(t::domain.eq_any(names)).select(t::domain).load(conn)?.into_iter().collect();
        let rows: Vec<&LiveDomain> = rows.iter().filter(|row| live.contains(&row.domain)).collect();
        on_both!(conn, |c| diesel::insert_into(t::table)
            .values(rows)
            .on_conflict(t::domain)
            .do_update()
            .set((
                t::order_id.eq(excluded(t::order_id)),
                t::source.eq(excluded(t::source)),
                t::legality.eq(excluded(t::legality)),
                t::record_number.eq(excluded(t::record_number)),
                t::form.eq(excluded(t::form)),
                t::updated_at.eq(excluded(t::updated_at)),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Takes domains down.
pub fn delete_live(conn: &mut Connection, domains: &[String]) -> Result<(), StoreError> {
    for domains in domains.chunks(CHUNK) {
        diesel::delete(self_service_domain_config::table.filter(self_service_domain_config::domain.eq_any(domains)))
            .execute(conn)?;
    }
    Ok(())
}

/// Takes everything down that is live for a product subscription.
pub fn delete_live_of_product(
    conn: &mut Connection,
    enterprise: &EnterpriseId,
    product: &ProductId,
) -> Result<(), StoreError> {
    diesel::delete(
        self_service_domain_config::table
            .filter(self_service_domain_config::enterprise_id.eq(enterprise.as_str()))
            .filter(self_service_domain_config::product_id.eq(product.as_str())),
    )
    .execute(conn)?;
    diesel::delete(
        live_stream_domain_config::table
            .filter(live_stream_domain_config::enterprise_id.eq(enterprise.as_str()))
            .filter(live_stream_domain_config::product_id.eq(product.as_str())),
    )
    .execute(conn)?;
    Ok(())
}

/// How many domains are live for each product subscription of an enterprise, streams included.
pub fn count_live_by_product(
    conn: &mut Connection,
    enterprise: &EnterpriseId,
) -> Result<Vec<(String, i64)>, StoreError> {
    let mut counts: Vec<(String, i64)> = self_service_domain_config::table
        .filter(self_service_domain_config::enterprise_id.eq(enterprise.as_str()))
        .group_by(self_service_domain_config::product_id)
        .select((self_service_domain_config::product_id, diesel::dsl::count_star()))
        .load(conn)?;
    let streams: Vec<(String, i64)> = live_stream_domain_config::table
        .filter(live_stream_domain_config::enterprise_id.eq(enterprise.as_str()))
        .group_by(live_stream_domain_config::product_id)
        .select((live_stream_domain_config::product_id, diesel::dsl::count_star()))
        .load(conn)?;
    for (product, count) in streams {
        match counts.iter_mut().find(|(known, _)| *known == product) {
            Some((_, total)) => *total += count,
            None => counts.push((product, count)),
        }
    }
    Ok(counts)
}
