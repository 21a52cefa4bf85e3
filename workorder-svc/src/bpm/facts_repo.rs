//! Reads what the daily comparison asks of the tables: each question once for many orders.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_model::server::database::Connection;
use shared_model::server::outbox::schema::outbox;

use crate::schema::{
    batch_self_domain, bpm_event_inbox, bpm_task, configure_list, ep_product_chargemode, live_order_domain_info,
    live_stream_domain_config, self_service_domain_config, work_order,
};

/// Databases bear a limited number of values in one statement.
const AT_ONCE: usize = 10_000;

/// What is asked of an order.
#[derive(Clone, Debug, Queryable)]
pub struct OrderColumns {
    pub id: i64,
    pub code: String,
    pub requirement: String,
    pub status: String,
    pub attempt: i32,
    pub product_id: Option<String>,
}

/// What is asked of a dispatch.
#[derive(Clone, Debug, Queryable)]
pub struct DispatchColumns {
    pub order_id: i64,
    pub attempt: i32,
    pub task_id: Option<String>,
    pub bill_no: Option<String>,
    pub outbox_id: String,
}

/// Orders dispatched in this time (from with, before without), by id.
pub fn list_dispatched(
    conn: &mut Connection,
    (from, before): (NaiveDateTime, NaiveDateTime),
    after: Option<i64>,
    limit: usize,
) -> QueryResult<Vec<i64>> {
    bpm_task::table
        .filter(bpm_task::created_at.ge(from))
        .filter(bpm_task::created_at.lt(before))
        .filter(bpm_task::order_id.gt(after.unwrap_or(i64::MIN)))
        .select(bpm_task::order_id)
        .distinct()
        .order(bpm_task::order_id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .load(conn)
}

pub fn list_orders(conn: &mut Connection, ids: &[i64]) -> QueryResult<Vec<OrderColumns>> {
    let columns = (
        work_order::id,
        work_order::code,
        work_order::requirement,
        work_order::status,
        work_order::attempt,
        work_order::product_id,
    );
    work_order::table.filter(work_order::id.eq_any(ids)).order(work_order::id).select(columns).load(conn)
}

pub fn list_dispatches(conn: &mut Connection, orders: &[i64]) -> QueryResult<Vec<DispatchColumns>> {
    let columns = (bpm_task::order_id, bpm_task::attempt, bpm_task::task_id, bpm_task::bill_no, bpm_task::outbox_id);
    bpm_task::table
        .filter(bpm_task::order_id.eq_any(orders))
        .order((bpm_task::order_id, bpm_task::attempt))
        .select(columns)
        .load(conn)
}

/// `(task, event)` of everything that was heard of these orders.
pub fn list_heard(conn: &mut Connection, orders: &[i64]) -> QueryResult<Vec<(String, String)>> {
    bpm_event_inbox::table
        .filter(bpm_event_inbox::order_id.eq_any(orders))
        .select((bpm_event_inbox::task_id, bpm_event_inbox::event_id))
        .load(conn)
}

pub fn list_message_states(conn: &mut Connection, messages: &[&str]) -> QueryResult<Vec<(String, String)>> {
    outbox::table.filter(outbox::id.eq_any(messages)).select((outbox::id, outbox::state)).load(conn)
}

/// Those of the products that are closed.
pub fn list_closed(conn: &mut Connection, products: &[&str]) -> QueryResult<Vec<String>> {
    ep_product_chargemode::table
        .filter(ep_product_chargemode::product_id.eq_any(products))
        .filter(ep_product_chargemode::state.eq("closed"))
        .select(ep_product_chargemode::product_id)
        .load(conn)
}

/// `(order, domain)`, wherever an order keeps its domains.
pub fn list_domains_of(conn: &mut Connection, orders: &[i64]) -> QueryResult<Vec<(i64, String)>> {
    use {batch_self_domain as sheet, configure_list as typed, live_order_domain_info as streamed};
    let mut found: Vec<(i64, String)> =
        typed::table.filter(typed::order_id.eq_any(orders)).select((typed::order_id, typed::domain)).load(conn)?;
    let more = sheet::table.filter(sheet::order_id.eq_any(orders)).select((sheet::order_id, sheet::domain));
    found.extend(more.load::<(i64, String)>(conn)?);
    let more = streamed::table.filter(streamed::order_id.eq_any(orders)).select((streamed::order_id, streamed::domain));
    found.extend(more.load::<(i64, String)>(conn)?);
    Ok(found)
}

/// `(order, domain)` of every order that names one of these domains.
pub fn list_orders_of(conn: &mut Connection, domains: &[String]) -> QueryResult<Vec<(i64, String)>> {
    use {batch_self_domain as sheet, configure_list as typed, live_order_domain_info as streamed};
    let mut found = Vec::new();
    for some in domains.chunks(AT_ONCE) {
        let more = typed::table.filter(typed::domain.eq_any(some)).select((typed::order_id, typed::domain));
        found.extend(more.load::<(i64, String)>(conn)?);
        let more = sheet::table.filter(sheet::domain.eq_any(some)).select((sheet::order_id, sheet::domain));
        found.extend(more.load::<(i64, String)>(conn)?);
        let more = streamed::table.filter(streamed::domain.eq_any(some)).select((streamed::order_id, streamed::domain));
        found.extend(more.load::<(i64, String)>(conn)?);
    }
    Ok(found)
}

/// Those of the orders that are finished.
pub fn list_finished(conn: &mut Connection, orders: &[i64]) -> QueryResult<Vec<i64>> {
    let mut finished = Vec::new();
    for some in orders.chunks(AT_ONCE) {
        let rows = work_order::table
            .filter(work_order::id.eq_any(some))
            .filter(work_order::status.eq("finished"))
            .select(work_order::id);
        finished.extend(rows.load::<i64>(conn)?);
    }
    Ok(finished)
}

/// Those of the domains that are live, each with the order it stems from.
pub fn list_live(conn: &mut Connection, domains: &[String]) -> QueryResult<Vec<(String, Option<i64>)>> {
    use {live_stream_domain_config as streamed, self_service_domain_config as own};
    let mut live = Vec::new();
    for some in domains.chunks(AT_ONCE) {
        let more = streamed::table.filter(streamed::domain.eq_any(some)).select((streamed::domain, streamed::order_id));
        live.extend(more.load::<(String, Option<i64>)>(conn)?);
        let more = own::table.filter(own::domain.eq_any(some)).select((own::domain, own::order_id));
        live.extend(more.load::<(String, Option<i64>)>(conn)?);
    }
    Ok(live)
}
