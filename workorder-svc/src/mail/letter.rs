//! The letters. Chinese first, English beneath. Pure.

use serde::{Deserialize, Serialize};

use shared_model::text::Text;

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

/// To the creator, when BPM closed the order; `caveat` says what of it did not happen. None when the creator has no mail
/// address.
pub fn order_closed(order: &Order, closed_at: &str, caveat: Option<&Text>) -> Option<Letter> {
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
    let (caveat_zh, caveat_en) = caveat.map_or_else(Default::default, |caveat| {
        (format!("请注意：{}。\n", caveat.zh), format!("Please note: {}.\n", caveat.en))
    });
    Some(Letter {
        to_name: name.clone(),
        to: order.creator.email.clone(),
        subject: format!("工单 {code} 已完成 / Work order {code} is finished"),
        text: format!(
            "{name}，您好：\n\n工单 {code}（{kind_zh}）已于 {closed_at} 完成。\n{caveat_zh}企业：{enterprise}\n产品：{product}\n\
             域名（共 {total} 个）：\n  {domains}\n\n----\n\nDear {name},\n\nWork order {code} ({kind_en}) was finished \
             at {closed_at}.\n{caveat_en}Enterprise: {enterprise}\nProduct: {product}\nDomains: {total}, listed above.\n",
            kind_zh = kind.zh,
            kind_en = kind.en,
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::sample;

    #[test]
    fn a_letter_tells_what_of_the_order_did_not_happen_in_both_languages() {
        let mut order = sample::order();
        order.creator.email = "ec.manager@example.com".to_owned();
        let text = |caveat: Option<&Text>| order_closed(&order, "2026-03-04 08:30", caveat).unwrap().text;
        assert!(!text(None).contains("请注意") && !text(None).contains("Please note"));
        let told = text(Some(&Text::fixed("域名没有上线", "no domain went live")));
        assert!(told.contains("完成。\n请注意：域名没有上线。\n企业："), "{told}");
        assert!(told.contains("08:30.\nPlease note: no domain went live.\nEnterprise:"), "{told}");
        order.creator.email.clear();
        assert_eq!(order_closed(&order, "", None), None);
    }
}
