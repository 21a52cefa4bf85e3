//! Reservations (`work_order_cache_domain`): every open order holds its domains, and nobody else holds any.

use workorder_svc::order::state::OrderState;

use super::Disagreement;
use super::picture::{OrderPicture, Picture, is_from_billing};

pub fn check(picture: &Picture) -> Vec<Disagreement> {
    let missing = picture.orders.values().filter(|order| is_open(order)).flat_map(|order| {
        let unheld = order.domains.iter().filter(|domain| picture.reservations.get(*domain) != Some(&order.id));
        unheld.map(|domain| {
            let zh = format!("未结束的工单 {} 没有占用它", order.id);
            let en = format!("the open work order {} does not hold it", order.id);
            Disagreement::new(format!("domain {domain}"), zh, en)
        })
    });
    let stray = picture.reservations.iter().filter_map(|(domain, id)| {
        let order = picture.orders.get(id);
        let held = order.is_some_and(|order| is_open(order) && order.domains.contains(domain));
        (!held).then(|| {
            let status = order.map_or("-", |order| order.status.as_str());
            let zh = format!("仍被工单 {id}（{status}）占用");
            let en = format!("work order {id} ({status}) still holds it");
            Disagreement::new(format!("domain {domain}"), zh, en)
        })
    });
    missing.chain(stray).collect()
}

fn is_open(order: &OrderPicture) -> bool {
    !is_from_billing(&order.kind) && OrderState::from_code(&order.status).is_some_and(OrderState::is_open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(status: &str, reserved: bool) -> Picture {
        let order = OrderPicture {
            id: 1,
            kind: "domain_request".into(),
            status: status.into(),
            domains: ["a.example.cn".to_owned()].into(),
            ..Default::default()
        };
        let mut picture = Picture::default();
        picture.orders.insert(1, order);
        if reserved {
            picture.reservations.insert("a.example.cn".into(), 1);
        }
        picture
    }

    #[test]
    fn an_open_order_holds_its_domains_and_a_closed_one_does_not() {
        for status in ["icpChecking", "icpFailed", "approving", "rejected", "dispatching", "bpmProcessing", "bpmReject"]
        {
            assert_eq!(check(&picture(status, true)), [], "{status}");
            assert_eq!(check(&picture(status, false)).len(), 1, "{status}");
        }
        for status in ["draft", "finished", "withdrawn"] {
            assert_eq!(check(&picture(status, false)), [], "{status}");
            assert_eq!(check(&picture(status, true)).len(), 1, "{status}");
        }
    }

    #[test]
    fn a_reservation_of_no_order_is_found() {
        let mut picture = picture("finished", true);
        picture.orders.clear();
        assert_eq!(check(&picture).len(), 1);
    }
}
