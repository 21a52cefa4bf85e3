//! Goes through a day page by page: the orders that the order service dispatched, then those that only this side has
//! to do with. Nothing is kept of a page but its counts and its differences.

use std::collections::BTreeSet;
use std::time::Instant;

use chrono::{DateTime, Utc};

use shared_model::bpm::{AskDispatches, DispatchesKnown, ORDERS_PER_PAGE};
use shared_model::ids::OrderId;
use shared_model::problem::{Problem, codes};
use shared_model::server::client::CallError;
use shared_model::text::Text;

use super::repo;
use super::rules::{self, Difference};
use crate::app::Parts;
use crate::error::ServiceError;

/// Every so many orders the log says how far the comparison is.
const PROGRESS: usize = 5_000;

/// What was looked at, and where it disagrees.
#[derive(Debug, Default)]
pub struct Seen {
    pub orders: usize,
    pub tasks: usize,
    pub bills: usize,
    pub differences: Vec<Difference>,
}

/// The orders dispatched in this time (from with, before without), and those whose task was made or moved in it.
pub async fn through(parts: &Parts, (from, before): (DateTime<Utc>, DateTime<Utc>)) -> Result<Seen, Problem> {
    let (mut seen, begun) = (Seen::default(), Instant::now());
    let mut ours = parts
        .db
        .read(move |conn| repo::list_orders(conn, from.naive_utc(), before.naive_utc()).map_err(ServiceError::from))
        .await?;
    let mut after = None;
    loop {
        let known = ask(parts, &AskDispatches { from, before, after, order_ids: Vec::new() }).await?;
        let next = known.next.filter(|next| after < Some(*next));
        for order in &known.orders {
            ours.remove(&order.order_id.0);
        }
        seen.compare(parts, known, Vec::new()).await?;
        seen.tell_progress(begun);
        after = next;
        if next.is_none() {
            break;
        }
    }
    let rest: Vec<i64> = ours.into_iter().collect();
    by_id(parts, &rest, &mut seen).await?;
    confirm(parts, &mut seen).await?;
    tracing::info!(orders = seen.orders, differences = seen.differences.len(), took = ?begun.elapsed(), "compared");
    Ok(seen)
}

/// The sides are read one after the other while work goes on: only what stays is a difference.
async fn confirm(parts: &Parts, seen: &mut Seen) -> Result<(), Problem> {
    let orders: BTreeSet<i64> = seen.differences.iter().map(|one| one.order_id).collect();
    let mut again = Seen::default();
    by_id(parts, &orders.into_iter().collect::<Vec<_>>(), &mut again).await?;
    let stays: BTreeSet<String> = again.differences.into_iter().map(|one| one.id).collect();
    seen.differences.retain(|one| stays.contains(&one.id));
    seen.differences.sort_by(|one, other| (one.order_id, &one.id).cmp(&(other.order_id, &other.id)));
    Ok(())
}

/// Orders by their ids, whether the order service knows them or not.
async fn by_id(parts: &Parts, orders: &[i64], seen: &mut Seen) -> Result<(), Problem> {
    for page in orders.chunks(ORDERS_PER_PAGE) {
        let (never, ids) = (DateTime::UNIX_EPOCH, page.iter().copied().map(OrderId).collect());
        let known = ask(parts, &AskDispatches { from: never, before: never, after: None, order_ids: ids }).await?;
        seen.compare(parts, known, page.to_vec()).await?;
    }
    Ok(())
}

impl Seen {
    /// Takes in one page: what the order service knows, and what this side has of the same orders and of `besides`.
    async fn compare(&mut self, parts: &Parts, known: DispatchesKnown, besides: Vec<i64>) -> Result<(), Problem> {
        let known = known.orders;
        let ids: BTreeSet<i64> = known.iter().map(|order| order.order_id.0).chain(besides).collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        let tasks = parts.db.read(move |conn| repo::list_tasks(conn, &ids).map_err(ServiceError::from)).await?;
        self.orders += known.len();
        self.tasks += tasks.len();
        self.bills += tasks.iter().filter(|task| task.bill.is_some()).count();
        self.differences.extend(rules::compare(&known, &tasks));
        Ok(())
    }

    fn tell_progress(&self, begun: Instant) {
        if self.orders > 0 && self.orders.is_multiple_of(PROGRESS) {
            tracing::info!(orders = self.orders, so_far = ?begun.elapsed(), "comparing orders with tasks and bills");
        }
    }
}

async fn ask(parts: &Parts, asked: &AskDispatches) -> Result<DispatchesKnown, Problem> {
    let unusable = |why: String| {
        tracing::warn!(%why, "the order service cannot be compared with");
        Problem::new(&codes::SERVICE_UNAVAILABLE)
            .detail(Text::fixed("工单系统暂不可用，稍后再对账", "the order service is not available at the moment"))
    };
    match parts.order_service.post_within("/internal/dispatches/list", asked, parts.page_within).await {
        Ok(answer) => serde_json::from_value(answer).map_err(|error| unusable(error.to_string())),
        Err(CallError::Unavailable(why)) => Err(unusable(why)),
        Err(CallError::Refused(problem)) => Err(unusable(problem.code)),
    }
}
