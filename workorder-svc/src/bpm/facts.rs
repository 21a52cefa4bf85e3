//! `POST /internal/dispatches/list`: what this side knows of the orders that went to BPM, for the daily comparison
//! (对账) with tasks, bills and live domains. A page of orders costs the same number of queries however long it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use actix_web::web;
use shared_model::bpm::{AskDispatches, DispatchFacts, DispatchesKnown, ORDERS_PER_PAGE, OrderFacts};
use shared_model::ids::{OrderId, TaskId};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Json;
use shared_model::server::caller::ServiceCaller;
use shared_model::server::database::{Connection, StoreError};
use shared_model::text::Text;

use super::facts_repo::{self as repo, DispatchColumns, OrderColumns};
use crate::desk::Desk;
use crate::error::ServiceError;

pub async fn list_dispatches(
    desk: web::Data<Desk>,
    _: ServiceCaller,
    Json(asked): Json<AskDispatches>,
) -> Result<Answer, ServiceError> {
    if asked.order_ids.len() > ORDERS_PER_PAGE {
        let text = Text::new(format!("最多 {ORDERS_PER_PAGE} 个"), format!("at most {ORDERS_PER_PAGE}"));
        return Err(Problem::of_faults(vec![Fault::new("/orderIds", &codes::FIELD_INVALID, text)]).into());
    }
    let known = desk.db.read(move |conn| load(conn, &asked).map_err(ServiceError::from)).await?;
    Ok(Answer::ok(&known))
}

/// A page of the orders dispatched in the time asked for, and those asked for by id.
fn load(conn: &mut Connection, asked: &AskDispatches) -> Result<DispatchesKnown, StoreError> {
    let time = (asked.from.naive_utc(), asked.before.naive_utc());
    let mut page = repo::list_dispatched(conn, time, asked.after.map(|id| id.0), ORDERS_PER_PAGE + 1)?;
    let next = (page.len() > ORDERS_PER_PAGE).then(|| {
        page.truncate(ORDERS_PER_PAGE);
        page.last().copied().map(OrderId)
    });
    let ids: BTreeSet<i64> = page.into_iter().chain(asked.order_ids.iter().map(|id| id.0)).collect();
    Ok(DispatchesKnown { orders: facts_of(conn, &ids.into_iter().collect::<Vec<_>>())?, next: next.flatten() })
}

fn facts_of(conn: &mut Connection, ids: &[i64]) -> Result<Vec<OrderFacts>, StoreError> {
    let orders = repo::list_orders(conn, ids)?;
    let mut dispatches = dispatches_of(conn, ids)?;
    let domains = Domains::load(conn, &orders)?;
    let facts = orders.into_iter().map(|order| {
        let (not_live, still_live) = domains.astray(&order);
        OrderFacts {
            order_id: OrderId(order.id),
            order_code: order.code,
            status: order.status,
            attempt: order.attempt,
            dispatches: dispatches.remove(&order.id).unwrap_or_default(),
            not_live,
            still_live,
        }
    });
    Ok(facts.collect())
}

fn dispatches_of(conn: &mut Connection, ids: &[i64]) -> Result<BTreeMap<i64, Vec<DispatchFacts>>, StoreError> {
    let rows = repo::list_dispatches(conn, ids)?;
    let mut heard: HashMap<String, Vec<String>> = HashMap::new();
    for (task, event) in repo::list_heard(conn, ids)? {
        heard.entry(task).or_default().push(event);
    }
    let messages: Vec<&str> = rows.iter().map(|row| row.outbox_id.as_str()).collect();
    let states: HashMap<String, String> = repo::list_message_states(conn, &messages)?.into_iter().collect();
    let mut of_orders: BTreeMap<i64, Vec<DispatchFacts>> = BTreeMap::new();
    for DispatchColumns { order_id, attempt, task_id, bill_no, outbox_id } in rows {
        let heard = task_id.as_ref().and_then(|task| heard.remove(task)).unwrap_or_default();
        // A message that was delivered long ago is forgotten.
        let forgotten = if task_id.is_some() { "delivered" } else { "" };
        let message = states.get(&outbox_id).cloned().unwrap_or_else(|| forgotten.to_owned());
        let facts = DispatchFacts { attempt, task_id: task_id.map(TaskId), bill_no, message, heard };
        of_orders.entry(order_id).or_default().push(facts);
    }
    Ok(of_orders)
}

/// The domains of the finished orders of a page, and how they stand.
struct Domains {
    of_orders: HashMap<i64, BTreeSet<String>>,
    /// The last finished order of each.
    last_word: HashMap<String, i64>,
    /// The order each live one stems from: none of an imported one.
    live: HashMap<String, Option<i64>>,
    /// A cancelled product has no live domains, whatever its orders said.
    closed_products: HashSet<String>,
}

impl Domains {
    fn load(conn: &mut Connection, orders: &[OrderColumns]) -> Result<Self, StoreError> {
        let finished = orders.iter().filter(|order| order.status == "finished");
        let ids: Vec<i64> = finished.clone().map(|order| order.id).collect();
        let products: BTreeSet<&str> = finished.filter_map(|order| order.product_id.as_deref()).collect();
        let mut of_orders: HashMap<i64, BTreeSet<String>> = HashMap::new();
        let mut all = BTreeSet::new();
        for (order, domain) in repo::list_domains_of(conn, &ids)? {
            all.insert(domain.clone());
            of_orders.entry(order).or_default().insert(domain);
        }
        let all: Vec<String> = all.into_iter().collect();
        Ok(Self {
            of_orders,
            last_word: last_words(conn, &all)?,
            live: repo::list_live(conn, &all)?.into_iter().collect(),
            closed_products: repo::list_closed(conn, &products.into_iter().collect::<Vec<_>>())?.into_iter().collect(),
        })
    }

    /// Of a finished order: what should be live and is not, and what should not be and is.
    fn astray(&self, order: &OrderColumns) -> (Vec<String>, Vec<String>) {
        let closed = order.product_id.as_ref().is_some_and(|product| self.closed_products.contains(product));
        let own = self.of_orders.get(&order.id).filter(|_| !closed).into_iter().flatten();
        let (mut not_live, mut still_live) = (Vec::new(), Vec::new());
        // A later finished order has had the last word on some.
        for domain in own.filter(|domain| self.last_word.get(*domain).is_none_or(|last| *last <= order.id)) {
            match (order.requirement.as_str(), self.live.get(domain)) {
                ("delete", Some(by)) if by.is_none_or(|by| by <= order.id) => still_live.push(domain.clone()),
                ("delete", _) | (_, Some(_)) => {}
                (_, None) => not_live.push(domain.clone()),
            }
        }
        (not_live, still_live)
    }
}

fn last_words(conn: &mut Connection, domains: &[String]) -> Result<HashMap<String, i64>, StoreError> {
    let named = repo::list_orders_of(conn, domains)?;
    let orders: BTreeSet<i64> = named.iter().map(|(order, _)| *order).collect();
    let finished: HashSet<i64> =
        repo::list_finished(conn, &orders.into_iter().collect::<Vec<_>>())?.into_iter().collect();
    let mut last: HashMap<String, i64> = HashMap::new();
    for (order, domain) in named.into_iter().filter(|(order, _)| finished.contains(order)) {
        last.entry(domain).and_modify(|known| *known = order.max(*known)).or_insert(order);
    }
    Ok(last)
}
