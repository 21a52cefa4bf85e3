//! The letters. Chinese first, English beneath. Pure.

use serde::{Deserialize, Serialize};

use crate::order::model::Order;

/// A letter as the outbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    pub to_name: String,
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// Domains a letter spells out; the rest are counted.
const SPELLED_OUT: usize = 20;

/// To the creator, when BPM closed the order. None when the creator has no mail address.
pub fn order_closed(order: &Order, closed_at: &str) -> Option<Letter> {
    if order.creator.email.is_empty() {
        return None;
    }
    let enterprise = order.enterprise.as_ref().map_or("", |enterprise| enterprise.name.as_str());
    let product = order.product.as_ref().map_or("", |product| product.name.as_str());
    let (kind, code) = (order.kind.name(), &order.code);
    let mut domains: Vec<&str> = order.domains.iter().take(SPELLED_OUT).map(|domain| domain.domain.as_str()).collect();
    let total = order.domains.len().to_string();
    if order.domains.len() > SPELLED_OUT {
        domains.push("……");
    }
    let domains = domains.join("\n  ");
    let name = &order.creator.name;
    Some(Letter {
        to_name: name.clone(),
        to: order.creator.email.clone(),
        subject: format!("工单 {code} 已完成 / Work order {code} is finished"),
        text: format!(
            "{name}，您好：\n\n工单 {code}（{kind_zh}）已于 {closed_at} 完成。\n企业：{enterprise}\n产品：{product}\n\
             域名（共 {total} 个）：\n  {domains}\n\n----\n\nDear {name},\n\nWork order {code} ({kind_en}) was finished \
             at {closed_at}.\nEnterprise: {enterprise}\nProduct: {product}\nDomains: {total}, listed above.\n",
            kind_zh = kind.zh,
            kind_en = kind.en,
        ),
    })
}
