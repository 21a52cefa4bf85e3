//! `POST /internal/dispatches/list`: what this side knows of the orders that went to BPM, for the daily comparison
//! (对账) with tasks, bills and live domains.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web;
use diesel::prelude::*;
use shared_model::bpm::{AskDispatches, DispatchFacts, DispatchesKnown, OrderFacts};
use shared_model::ids::{OrderId, TaskId};
use shared_model::server::answer::Answer;
use shared_model::server::body::Json;
use shared_model::server::caller::ServiceCaller;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::outbox::schema::outbox;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::schema::{
    batch_self_domain, bpm_event_inbox, bpm_task, configure_list, ep_product_chargemode, live_order_domain_info,
    live_stream_domain_config, self_service_domain_config, work_order,
};

pub async fn list_dispatches(
    desk: web::Data<Desk>,
    _: ServiceCaller,
    Json(asked): Json<AskDispatches>,
) -> Result<Answer, ServiceError> {
    let known = desk.db.read(move |conn| load(conn, &asked).map_err(ServiceError::from)).await?;
    Ok(Answer::ok(&known))
}

/// The orders dispatched in the time asked for, and those asked for by id.
fn load(conn: &mut Connection, asked: &AskDispatches) -> Result<DispatchesKnown, StoreError> {
    let dispatched: Vec<i64> = bpm_task::table
        .filter(bpm_task::created_at.ge(asked.from.naive_utc()))
        .filter(bpm_task::created_at.lt(asked.before.naive_utc()))
        .select(bpm_task::order_id)
        .distinct()
        .load(conn)?;
    let ids: BTreeSet<i64> = dispatched.into_iter().chain(asked.order_ids.iter().map(|id| id.0)).collect();
    let mut orders = Vec::new();
    for id in ids {
        orders.extend(facts_of(conn, id)?);
    }
    Ok(DispatchesKnown { orders })
}

type OrderColumns = (String, String, String, i32, Option<String>);

fn facts_of(conn: &mut Connection, id: i64) -> Result<Option<OrderFacts>, StoreError> {
    let columns =
        (work_order::code, work_order::requirement, work_order::status, work_order::attempt, work_order::product_id);
    let found: Option<OrderColumns> = work_order::table.find(id).select(columns).first(conn).optional()?;
    let Some((order_code, requirement, status, attempt, product)) = found else { return Ok(None) };
    let dispatches = dispatches_of(conn, id)?;
    let (mut not_live, mut still_live) = (Vec::new(), Vec::new());
    if status == "finished" && !is_closed(conn, product.as_deref())? {
        let domains = domains_of(conn, &[id])?;
        let later = later_domains(conn, id)?;
        for domain in domains.difference(&later) {
            match (requirement.as_str(), live_by(conn, domain)?) {
                ("delete", Some(by)) if by.is_none_or(|by| by <= id) => still_live.push(domain.clone()),
                ("delete", _) | (_, Some(_)) => {}
                (_, None) => not_live.push(domain.clone()),
            }
        }
    }
    Ok(Some(OrderFacts { order_id: OrderId(id), order_code, status, attempt, dispatches, not_live, still_live }))
}

fn dispatches_of(conn: &mut Connection, id: i64) -> QueryResult<Vec<DispatchFacts>> {
    type Row = (i32, Option<String>, Option<String>, String);
    let rows: Vec<Row> = bpm_task::table
        .filter(bpm_task::order_id.eq(id))
        .order(bpm_task::attempt)
        .select((bpm_task::attempt, bpm_task::task_id, bpm_task::bill_no, bpm_task::outbox_id))
        .load(conn)?;
    let heard: Vec<(String, String)> = bpm_event_inbox::table
        .filter(bpm_event_inbox::order_id.eq(id))
        .select((bpm_event_inbox::task_id, bpm_event_inbox::event_id))
        .load(conn)?;
    let mut by_task: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (task, event) in heard {
        by_task.entry(task).or_default().push(event);
    }
    let mut dispatches = Vec::new();
    for (attempt, task_id, bill_no, message) in rows {
        let state: Option<String> =
            outbox::table.filter(outbox::id.eq(&message)).select(outbox::state).first(conn).optional()?;
        let heard = task_id.as_ref().and_then(|task| by_task.get(task)).cloned().unwrap_or_default();
        let message = state.unwrap_or_default();
        dispatches.push(DispatchFacts { attempt, task_id: task_id.map(TaskId), bill_no, message, heard });
    }
    Ok(dispatches)
}

/// A cancelled product has no live domains, whatever its orders said.
fn is_closed(conn: &mut Connection, product: Option<&str>) -> QueryResult<bool> {
    let Some(product) = product else { return Ok(false) };
    let closed = ep_product_chargemode::table
        .filter(ep_product_chargemode::product_id.eq(product))
        .filter(ep_product_chargemode::state.eq("closed"))
        .count()
        .get_result::<i64>(conn)?;
    Ok(closed > 0)
}

fn domains_of(conn: &mut Connection, orders: &[i64]) -> QueryResult<BTreeSet<String>> {
    let mut domains: Vec<String> = configure_list::table
        .filter(configure_list::order_id.eq_any(orders))
        .select(configure_list::domain)
        .load(conn)?;
    domains.extend(
        batch_self_domain::table
            .filter(batch_self_domain::order_id.eq_any(orders))
            .select(batch_self_domain::domain)
            .load::<String>(conn)?,
    );
    domains.extend(
        live_order_domain_info::table
            .filter(live_order_domain_info::order_id.eq_any(orders))
            .select(live_order_domain_info::domain)
            .load::<String>(conn)?,
    );
    Ok(domains.into_iter().collect())
}

/// Domains that a later finished order has had the last word on.
fn later_domains(conn: &mut Connection, id: i64) -> QueryResult<BTreeSet<String>> {
    let own = domains_of(conn, &[id])?;
    let mut later: BTreeSet<i64> = BTreeSet::new();
    for domain in own {
        let typed = configure_list::table.filter(configure_list::domain.eq(&domain)).select(configure_list::order_id);
        later.extend(typed.load::<i64>(conn)?);
        let sheet =
            batch_self_domain::table.filter(batch_self_domain::domain.eq(&domain)).select(batch_self_domain::order_id);
        later.extend(sheet.load::<i64>(conn)?);
        let streamed = live_order_domain_info::table
            .filter(live_order_domain_info::domain.eq(&domain))
            .select(live_order_domain_info::order_id);
        later.extend(streamed.load::<i64>(conn)?);
    }
    let others: Vec<i64> = later.into_iter().filter(|other| *other > id).collect();
    let finished: Vec<i64> = work_order::table
        .filter(work_order::id.eq_any(others))
        .filter(work_order::status.eq("finished"))
        .select(work_order::id)
        .load(conn)?;
    domains_of(conn, &finished)
}

/// The order a live domain stems from: none of an imported one. None at all when it is not live.
fn live_by(conn: &mut Connection, domain: &str) -> QueryResult<Option<Option<i64>>> {
    let own = self_service_domain_config::table
        .filter(self_service_domain_config::domain.eq(domain))
        .select(self_service_domain_config::order_id)
        .first(conn)
        .optional()?;
    match own {
        Some(by) => Ok(Some(by)),
        None => live_stream_domain_config::table
            .filter(live_stream_domain_config::domain.eq(domain))
            .select(live_stream_domain_config::order_id)
            .first(conn)
            .optional(),
    }
}
