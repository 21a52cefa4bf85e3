//! Which domains go on and which stay behind. Pure.

use std::collections::HashSet;

use crate::domain_name::parse::DomainName;
use crate::order::model::{Legality, Order, OrderDomain};
use crate::submit::form::OrderForm;

/// An order's domains in two parts; neither is empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    pub lawful: Vec<OrderDomain>,
    /// Unlawful, or never answered for.
    pub others: Vec<OrderDomain>,
}

/// The parts of an order; None when all of its domains would stay together.
pub fn of(order: &Order) -> Option<Parts> {
    let (lawful, others): (Vec<_>, Vec<_>) =
        order.domains.iter().cloned().partition(|domain| domain.legality == Legality::Lawful);
    (!lawful.is_empty() && !others.is_empty()).then_some(Parts { lawful, others })
}

/// Whether an order can be split at all.
pub fn is_divisible(order: &Order) -> bool {
    let lawful = order.domains.iter().filter(|domain| domain.legality == Legality::Lawful).count();
    lawful > 0 && lawful < order.domains.len()
}

/// The form of one part: with the domains of that part only. A sheet stays whole; its rows are told apart by the orders
/// that hold their domains.
pub fn form_of(form: &OrderForm, part: &[OrderDomain]) -> OrderForm {
    let own: HashSet<&str> = part.iter().map(|domain| domain.domain.as_str()).collect();
    let is_own = |text: Option<&str>| {
        text.and_then(|text| DomainName::parse(text).ok()).is_some_and(|name| own.contains(name.as_str()))
    };
    let kept = |rows: &Vec<crate::submit::form::SpeedDomain>| {
        rows.iter().filter(|row| is_own(row.domain.as_deref())).cloned().collect()
    };
    OrderForm { speed_list: form.speed_list.as_ref().map(kept), ..form.clone() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::order::sample::order;

    fn with(legalities: &[Legality]) -> Order {
        let domains = legalities.iter().zip(["a.cn", "b.cn", "c.cn"]);
        let domains = domains.map(|(legality, name)| OrderDomain { legality: *legality, ..OrderDomain::new(name) });
        Order { domains: domains.collect(), ..order() }
    }

    #[test]
    fn the_lawful_go_on_and_all_others_stay() {
        let parts = of(&with(&[Legality::Unlawful, Legality::Lawful, Legality::Unknown])).unwrap();
        let names = |domains: &[OrderDomain]| domains.iter().map(|domain| domain.domain.clone()).collect::<Vec<_>>();
        assert_eq!(
            (names(&parts.lawful), names(&parts.others)),
            (vec!["b.cn".into()], vec!["a.cn".into(), "c.cn".into()])
        );
    }

    #[test]
    fn an_order_whose_domains_are_all_alike_stays_whole() {
        for alike in [[Legality::Lawful; 2], [Legality::Unlawful; 2], [Legality::Unknown; 2]] {
            assert!(of(&with(&alike)).is_none() && !is_divisible(&with(&alike)));
        }
        assert!(is_divisible(&with(&[Legality::Lawful, Legality::Pending])));
    }

    #[test]
    fn a_form_keeps_the_rows_of_its_own_domains_however_they_are_written() {
        let rows = json!({"speedList": [{"domain": "Ａ.cn"}, {"domain": "b.cn"}], "description": "x"});
        let form: OrderForm = serde_json::from_value(rows).unwrap();
        let part = form_of(&form, &[OrderDomain::new("a.cn")]);
        assert_eq!(part.speed_list.unwrap()[0].domain.as_deref(), Some("Ａ.cn"));
        assert_eq!(part.description.as_deref(), Some("x"));
    }
}
