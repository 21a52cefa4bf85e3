//! The rules of a migration (订购迁移工单): the domains of one subscription go to another of the same enterprise. Named
//! domains go alone; without any, all go that are live. Pure.

use shared_model::problem::{Fault, codes};
use shared_model::text::Text;

use crate::domain_name::parse::DomainName;
use crate::order::model::OrderDomain;
use crate::submit::content_rules::{self, Target, standing_fault};
use crate::submit::form::OrderForm;
use crate::submit::rules::{Mode, given};

/// The domains that move, and what is wrong with them or with the subscription they leave.
pub fn check(form: &OrderForm, target: &Target, faults: &mut Vec<Fault>) -> Vec<(DomainName, OrderDomain)> {
    let source_is_right = check_source(form, target, faults);
    let named = form.speed_list.as_ref().is_some_and(|rows| !rows.is_empty());
    if named {
        return content_rules::check_domains(form, target, faults);
    }
    if target.mode == Mode::Draft || !source_is_right {
        return Vec::new();
    }
    all_of_source(target, faults)
}

fn check_source(form: &OrderForm, target: &Target, faults: &mut Vec<Fault>) -> bool {
    let source = given(&form.source_product_id);
    let message = match source {
        None if target.mode == Mode::Draft => return false,
        None => Text::fixed("请选择迁出的订购", "the subscription the domains leave is missing"),
        Some(source) if given(&form.product_id) == Some(source) => {
            Text::fixed("迁出和迁入的订购相同", "the domains would leave and enter the same subscription")
        }
        // Of an enterprise nobody knows, no subscription can be judged.
        Some(_) if target.facts.source_known || target.facts.enterprise.is_none() => return target.facts.source_known,
        Some(_) => Text::fixed("不是该企业的订购", "not a subscription of this enterprise"),
    };
    faults.push(Fault::new("/sourceProductId", &codes::PRODUCT_NOT_AVAILABLE, message));
    false
}

fn all_of_source(target: &Target, faults: &mut Vec<Fault>) -> Vec<(DomainName, OrderDomain)> {
    let (all, limit) = (&target.facts.all_of_source, target.facts.batch_limit);
    if all.is_empty() {
        let message = Text::fixed("迁出的订购没有在线域名", "nothing is live in the subscription the domains leave");
        faults.push(Fault::new("/speedList", &codes::DOMAIN_REQUIRED, message));
    }
    if all.len() > limit {
        let message = Text::new(format!("一次最多 {limit} 个域名"), format!("at most {limit} domains"));
        faults.push(Fault::new("/speedList", &codes::DOMAIN_TOO_MANY, message));
        return Vec::new();
    }
    // What is live was parsed before it went live.
    let names = all.iter().filter_map(|name| DomainName::parse(name).ok());
    names
        .inspect(|name| {
            faults.extend(standing_fault(name, target).map(|mut fault| {
                fault.pointer = "/sourceProductId".to_owned();
                fault.with("domain", name.as_str())
            }));
        })
        .map(|name| (name.clone(), OrderDomain::new(name.as_str())))
        .collect()
}
