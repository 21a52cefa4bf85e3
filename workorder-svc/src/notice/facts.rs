//! What the texts of a notice are made of: kept with it as JSON, so that it is read in the reader's language.

use serde::{Deserialize, Serialize};

use crate::order::model::Order;

/// The facts of one notice. Empty where there is nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Facts {
    /// The order as people name it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Code of the order's kind.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub enum_type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub enterprise: String,
    /// The first domain and how many there are, or the domain a filing is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Who caused it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// What they said, or the reason.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// The longest remark a notice repeats, in characters: the rest is read in the order's history.
const LONGEST_COMMENT: usize = 500;

impl Facts {
    /// What an order says of itself.
    pub fn of_order(order: &Order) -> Self {
        Self {
            code: order.code.clone(),
            enum_type: order.kind.code().to_owned(),
            enterprise: order.enterprise.as_ref().map(|enterprise| enterprise.name.clone()).unwrap_or_default(),
            subject: subject(order),
            by: String::new(),
            comment: String::new(),
        }
    }

    /// With what was said, cut to what a notice has room for.
    pub fn saying(mut self, comment: Option<&str>) -> Self {
        let comment = comment.unwrap_or_default();
        self.comment = comment.chars().take(LONGEST_COMMENT).collect();
        if self.comment.len() < comment.len() {
            self.comment.push('…');
        }
        self
    }
}

fn subject(order: &Order) -> String {
    match order.domains.as_slice() {
        [] => order.product.as_ref().map(|product| product.name.clone()).unwrap_or_default(),
        [only] => only.domain.clone(),
        [first, ..] => format!("{} ({})", first.domain, order.domains.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::sample::order;

    #[test]
    fn a_long_remark_is_cut_and_the_cut_is_seen() {
        let facts = Facts::of_order(&order()).saying(Some(&"长".repeat(600)));
        assert_eq!(facts.comment.chars().count(), LONGEST_COMMENT + 1);
        assert!(facts.comment.ends_with('…'));
        assert_eq!(Facts::default().saying(Some("短")).comment, "短");
    }
}
