//! Live domains are what the finished orders made them: the last finished order of a domain decides, an imported
//! domain needs no order, and a cancelled product has none.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::Disagreement;
use super::picture::{LivePicture, OrderPicture, Picture, is_from_billing};

pub fn check(picture: &Picture) -> Vec<Disagreement> {
    let expected = expected(picture);
    let live: BTreeMap<&str, &LivePicture> = picture.live.iter().map(|live| (live.domain.as_str(), live)).collect();
    let missing = expected.iter().filter_map(|(domain, expectation)| match expectation {
        Expectation::Live(order) if !live.contains_key(domain) => Some(disagreement(
            domain,
            format!("工单 {order} 已完成，域名却未上线"),
            format!("work order {order} is finished, the domain is not live"),
        )),
        Expectation::Live(_) | Expectation::Down(_) | Expectation::Either => None,
    });
    let present = picture.live.iter().filter_map(|live| check_live(picture, live, expected.get(live.domain.as_str())));
    missing.chain(present).collect()
}

/// What the last word on a domain was, and the order that spoke it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expectation {
    Live(i64),
    Down(i64),
    /// Its product was cancelled and has come back since: the domain may be either.
    Either,
}

fn expected(picture: &Picture) -> BTreeMap<&str, Expectation> {
    let finished = picture.orders.values().filter(|order| order.status == "finished" && !is_from_billing(&order.kind));
    let mut finished: Vec<(NaiveDateTime, &OrderPicture)> = finished
        .map(|order| (order.history.last().map_or_else(NaiveDateTime::default, |step| step.at), order))
        .collect();
    finished.sort_by_key(|(at, order)| (*at, order.id));
    let words = finished.into_iter().flat_map(|(at, order)| {
        let word = word_of(picture, order, at);
        order.domains.iter().map(move |domain| (domain.as_str(), word))
    });
    words.collect()
}

fn word_of(picture: &Picture, order: &OrderPicture, finished: NaiveDateTime) -> Expectation {
    let submitted = order.history.first().map_or(finished, |step| step.at);
    let migrates = order.kind == "DOMAIN_MIGRATE";
    match picture.cancelled.get(&order.product_id) {
        // Nothing went where the migration was to lead: its domains are what they were.
        Some((at, _)) if migrates && (submitted..finished).contains(at) => Expectation::Either,
        // Finished before it, and taken down by it; or after it, when nothing goes live any more.
        Some((_, true)) => Expectation::Down(order.id),
        Some((at, false)) if *at >= submitted => Expectation::Either,
        // Nothing was left to move: the source was cancelled while the order held its domains.
        _ if source_was_cancelled(picture, order, finished) => Expectation::Down(order.id),
        _ if order.requirement == "delete" => Expectation::Down(order.id),
        _ => Expectation::Live(order.id),
    }
}

/// Whether the subscription a migration takes its domains from was cancelled between its submission and its end.
fn source_was_cancelled(picture: &Picture, order: &OrderPicture, finished: NaiveDateTime) -> bool {
    let submitted = order.history.first().map_or(finished, |step| step.at);
    let cancelled = order.source_product.as_ref().and_then(|source| picture.cancelled.get(source));
    cancelled.is_some_and(|(at, _)| (submitted..=finished).contains(at))
}

fn check_live(picture: &Picture, live: &LivePicture, expectation: Option<&Expectation>) -> Option<Disagreement> {
    if let Some(Expectation::Down(order)) = expectation {
        let zh = format!("工单 {order} 已将其下线，却仍在线");
        let en = format!("work order {order} took it down, it is still live");
        return Some(disagreement(&live.domain, zh, en));
    }
    if live.source == "imported" {
        return None;
    }
    let Some(id) = live.order_id else {
        return Some(disagreement(&live.domain, "没有对应的工单".into(), "no work order stands behind it".into()));
    };
    let order = picture.orders.get(&id);
    let agrees = order.is_some_and(|order| order.status == "finished" && order.domains.contains(&live.domain));
    (!agrees).then(|| {
        let status = order.map_or("-", |order| order.status.as_str());
        let (zh, en) = (format!("来自工单 {id}（{status}）"), format!("it stems from work order {id} ({status})"));
        disagreement(&live.domain, zh, en)
    })
}

fn disagreement(domain: &str, zh: String, en: String) -> Disagreement {
    Disagreement::new(format!("domain {domain}"), zh, en)
}

#[cfg(test)]
mod tests {
    use super::super::picture::Step;
    use super::*;

    fn at(second: i64) -> NaiveDateTime {
        chrono::DateTime::from_timestamp(second, 0).unwrap().naive_utc()
    }

    fn order(id: i64, requirement: &str) -> OrderPicture {
        OrderPicture {
            id,
            kind: "domain_request".into(),
            requirement: requirement.into(),
            status: "finished".into(),
            product_id: "p".into(),
            domains: ["a.example.cn".to_owned()].into(),
            history: vec![Step { id, at: at(id), event: "closed".into(), from: None, to: "finished".into() }],
            ..Default::default()
        }
    }

    fn live(order_id: Option<i64>, source: &str) -> LivePicture {
        LivePicture { domain: "a.example.cn".into(), order_id, source: source.into() }
    }

    fn picture(orders: Vec<OrderPicture>, live: Vec<LivePicture>) -> Picture {
        let orders = orders.into_iter().map(|order| (order.id, order)).collect();
        Picture { orders, live, ..Default::default() }
    }

    #[test]
    fn what_was_added_is_live_and_what_was_deleted_is_not() {
        assert_eq!(check(&picture(vec![order(1, "add")], vec![live(Some(1), "order")])), []);
        assert_eq!(check(&picture(vec![order(1, "add"), order(2, "delete")], Vec::new())), []);
        assert_eq!(check(&picture(vec![order(1, "add")], Vec::new())).len(), 1);
        let still_there = picture(vec![order(1, "add"), order(2, "delete")], vec![live(Some(1), "order")]);
        assert_eq!(check(&still_there).len(), 1);
    }

    #[test]
    fn a_cancelled_product_takes_its_domains_down() {
        let mut down = picture(vec![order(1, "add")], Vec::new());
        down.cancelled.insert("p".into(), (at(2), true));
        assert_eq!(check(&down), []);
        let mut up = picture(vec![order(1, "add")], vec![live(Some(1), "order")]);
        up.cancelled = down.cancelled.clone();
        assert_eq!(check(&up).len(), 1);
        let mut again = picture(vec![order(1, "add"), order(3, "add")], vec![live(Some(3), "order")]);
        again.cancelled.insert("p".into(), (at(2), false));
        assert_eq!(check(&again), []);
    }

    #[test]
    fn an_order_that_ends_after_its_product_lets_nothing_go_live() {
        let mut late = order(5, "add");
        late.history.insert(0, Step { id: 1, at: at(1), ..Default::default() });
        let mut gone = picture(vec![late.clone()], Vec::new());
        gone.cancelled.insert("p".into(), (at(3), true));
        assert_eq!(check(&gone), []);
        gone.live.push(live(Some(5), "order"));
        assert_eq!(check(&gone).len(), 1);
        gone.cancelled.insert("p".into(), (at(3), false));
        assert_eq!(check(&gone), [], "it may have come back before the order ended");
        late.kind = "DOMAIN_MIGRATE".into();
        let mut stayed = picture(vec![order(0, "add"), late], vec![live(Some(0), "order")]);
        stayed.orders.values_mut().filter(|order| order.id == 0).for_each(|order| order.product_id = "source".into());
        stayed.cancelled.insert("p".into(), (at(3), true));
        assert_eq!(check(&stayed), [], "its domains are where they were");
    }

    #[test]
    fn a_migration_whose_source_was_cancelled_meanwhile_moved_nothing() {
        let mut migration = order(5, "");
        migration.kind = "DOMAIN_MIGRATE".into();
        migration.source_product = Some("source".into());
        migration.history.insert(0, Step { id: 4, at: at(3), ..Default::default() });
        let mut down = picture(vec![order(1, "add"), migration], Vec::new());
        assert_eq!(check(&down).len(), 1, "the source stands, so the domain has to be live");
        down.cancelled.insert("source".into(), (at(4), true));
        assert_eq!(check(&down), []);
        down.live.push(live(Some(5), "order"));
        assert_eq!(check(&down).len(), 1, "it was taken down with its source");
        down.live.clear();
        down.cancelled.insert("source".into(), (at(2), true));
        assert_eq!(check(&down).len(), 1, "a cancellation before the order explains nothing");
    }

    #[test]
    fn an_imported_domain_needs_no_order_and_any_other_does() {
        assert_eq!(check(&picture(Vec::new(), vec![live(None, "imported")])), []);
        assert_eq!(check(&picture(Vec::new(), vec![live(None, "order")])).len(), 1);
        assert_eq!(check(&picture(Vec::new(), vec![live(Some(9), "order")])).len(), 1);
    }
}
