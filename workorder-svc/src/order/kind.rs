//! What an order is about: its kind, and what it asks for. source: work-order contract, "Order kinds".

use serde::{Deserialize, Serialize};
use shared_model::text::Text;
use utoipa::ToSchema;

/// The five kinds of order. The codes are the source's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum OrderKind {
    /// Domains of an acceleration product.
    #[serde(rename = "domain_request")]
    DomainRequest,
    /// Domains of live streaming.
    #[serde(rename = "live_request")]
    LiveRequest,
    /// The domains of one subscription go to another one of the same enterprise.
    #[serde(rename = "DOMAIN_MIGRATE")]
    DomainMigrate,
    /// Billing suspends a subscription; while it is open the product cannot be ordered.
    #[serde(rename = "PRODUCT_SUSPEND")]
    ProductSuspend,
    /// Billing cancels a subscription; while it is open the product cannot be ordered.
    #[serde(rename = "PRODUCT_CANCEL")]
    ProductCancel,
}

impl OrderKind {
    pub const ALL: [Self; 5] =
        [Self::DomainRequest, Self::LiveRequest, Self::DomainMigrate, Self::ProductSuspend, Self::ProductCancel];

    /// `enumType` on the wire, and what the tables keep.
    pub const fn code(self) -> &'static str {
        match self {
            Self::DomainRequest => "domain_request",
            Self::LiveRequest => "live_request",
            Self::DomainMigrate => "DOMAIN_MIGRATE",
            Self::ProductSuspend => "PRODUCT_SUSPEND",
            Self::ProductCancel => "PRODUCT_CANCEL",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// `type` as the list shows it.
    pub const fn name(self) -> Text {
        match self {
            Self::DomainRequest => Text::fixed("域名配置需求", "Domain configuration"),
            Self::LiveRequest => Text::fixed("直播域名需求", "Live-streaming domains"),
            Self::DomainMigrate => Text::fixed("订购迁移工单", "Subscription migration"),
            Self::ProductSuspend => Text::fixed("产品暂停单", "Product suspension"),
            Self::ProductCancel => Text::fixed("产品注销单", "Product cancellation"),
        }
    }

    /// Arrives from billing: nobody at the desk submits, approves or changes it.
    pub const fn is_from_billing(self) -> bool {
        matches!(self, Self::ProductSuspend | Self::ProductCancel)
    }

    /// Whether the desk accepts submissions of this kind.
    pub const fn is_open_for_submission(self) -> bool {
        matches!(self, Self::DomainRequest | Self::LiveRequest | Self::DomainMigrate)
    }
}

/// What is asked for the domains of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Requirement {
    Add,
    Modify,
    Delete,
}

impl Requirement {
    pub const ALL: [Self; 3] = [Self::Add, Self::Modify, Self::Delete];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Modify => "modify",
            Self::Delete => "delete",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|requirement| requirement.code() == code)
    }

    pub const fn name(self) -> Text {
        match self {
            Self::Add => Text::fixed("新增", "Add"),
            Self::Modify => Text::fixed("修改", "Modify"),
            Self::Delete => Text::fixed("删除", "Delete"),
        }
    }
}

/// What an order does to its domains: what its kind and its requirement say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    Add,
    Modify,
    Delete,
    /// They go to another subscription of the enterprise as they are.
    Migrate,
}

impl Operation {
    /// None for a draft that does not say yet, and for billing's orders.
    pub const fn of(kind: OrderKind, requirement: Option<Requirement>) -> Option<Self> {
        match (kind, requirement) {
            (OrderKind::DomainMigrate, _) => Some(Self::Migrate),
            (OrderKind::ProductSuspend | OrderKind::ProductCancel, _) => None,
            (OrderKind::DomainRequest | OrderKind::LiveRequest, Some(Requirement::Add)) => Some(Self::Add),
            (OrderKind::DomainRequest | OrderKind::LiveRequest, Some(Requirement::Modify)) => Some(Self::Modify),
            (OrderKind::DomainRequest | OrderKind::LiveRequest, Some(Requirement::Delete)) => Some(Self::Delete),
            (OrderKind::DomainRequest | OrderKind::LiveRequest, None) => None,
        }
    }

    /// What the product filter is asked: a migration adds domains to the subscription it takes them to.
    pub const fn asked_of_product(self) -> Requirement {
        match self {
            Self::Add | Self::Migrate => Requirement::Add,
            Self::Modify => Requirement::Modify,
            Self::Delete => Requirement::Delete,
        }
    }
}

/// Whether the domains are checked against the ICP registry before approval: not when they are taken down or moved.
pub const fn needs_icp_check(kind: OrderKind, requirement: Option<Requirement>) -> bool {
    match kind {
        OrderKind::DomainMigrate | OrderKind::ProductSuspend | OrderKind::ProductCancel => false,
        OrderKind::DomainRequest | OrderKind::LiveRequest => !matches!(requirement, Some(Requirement::Delete)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_requirements_read_and_write_as_their_codes() {
        for kind in OrderKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
            assert_eq!(OrderKind::from_code(kind.code()), Some(kind));
        }
        for requirement in Requirement::ALL {
            assert_eq!(serde_json::to_value(requirement).unwrap(), requirement.code());
            assert_eq!(Requirement::from_code(requirement.code()), Some(requirement));
        }
    }

    #[test]
    fn a_migration_needs_no_requirement_and_billing_does_nothing_to_domains() {
        assert_eq!(Operation::of(OrderKind::DomainMigrate, None), Some(Operation::Migrate));
        assert_eq!(Operation::of(OrderKind::DomainMigrate, Some(Requirement::Delete)), Some(Operation::Migrate));
        assert_eq!(Operation::of(OrderKind::LiveRequest, Some(Requirement::Modify)), Some(Operation::Modify));
        assert_eq!(Operation::of(OrderKind::DomainRequest, None), None);
        assert_eq!(Operation::of(OrderKind::ProductCancel, None), None);
    }

    #[test]
    fn deleting_and_migrating_need_no_icp_check() {
        assert!(needs_icp_check(OrderKind::DomainRequest, Some(Requirement::Add)));
        assert!(needs_icp_check(OrderKind::LiveRequest, Some(Requirement::Modify)));
        assert!(!needs_icp_check(OrderKind::DomainRequest, Some(Requirement::Delete)));
        assert!(!needs_icp_check(OrderKind::DomainMigrate, None));
    }
}
