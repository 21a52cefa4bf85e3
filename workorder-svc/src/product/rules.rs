//! Products: which ones the desk knows, which a customer may order for, and how billing's events change them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared_model::bpm::ProductEvent;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::order::kind::{OrderKind, Requirement};

/// The products of billing (BBOSS) that the desk takes orders for. source: work-order notes 1, `ProductsBBossEnum`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BbossProduct {
    Web,
    Download,
    Vod,
    Site,
    Live,
}

impl BbossProduct {
    pub const ALL: [Self; 5] = [Self::Web, Self::Download, Self::Vod, Self::Site, Self::Live];

    /// `productCode` on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Download => "download",
            Self::Vod => "vod",
            Self::Site => "site",
            Self::Live => "live",
        }
    }

    pub const fn name(self) -> Text {
        match self {
            Self::Web => Text::fixed("网页加速", "Web acceleration"),
            Self::Download => Text::fixed("下载加速", "Download acceleration"),
            Self::Vod => Text::fixed("点播加速", "Video-on-demand acceleration"),
            Self::Site => Text::fixed("全站加速", "Whole-site acceleration"),
            Self::Live => Text::fixed("直播加速", "Live-streaming acceleration"),
        }
    }

    /// By the name billing uses. None: a product the desk does not sell.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|product| product.name().zh == name.trim())
    }
}

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubscriptionState {
    Opened,
    Trial,
    /// The trial has run out, and nothing followed.
    TrialEnded,
    /// Cancelled, or never opened.
    Closed,
}

impl SubscriptionState {
    pub const ALL: [Self; 4] = [Self::Opened, Self::Trial, Self::TrialEnded, Self::Closed];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Trial => "trial",
            Self::TrialEnded => "trialEnded",
            Self::Closed => "closed",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A subscription as the product filter looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub product_name: String,
    pub state: SubscriptionState,
    pub open_suspend: bool,
    pub open_cancel: bool,
    /// Live domains, of both kinds.
    pub live_domains: i64,
}

impl Subscription {
    /// The product, if it may be ordered for now.
    ///
    /// It maps to the enumeration, no suspend and no cancel order is open, and: add wants it opened, or in a trial
    /// that has not run out and has no live domain; modify and delete want it opened or in trial.
    /// source: work-order notes 1.
    pub fn available_for(&self, operation: Requirement) -> Option<BbossProduct> {
        let product = BbossProduct::from_name(&self.product_name)?;
        let free = !self.open_suspend && !self.open_cancel;
        let ready = match (self.state, operation) {
            (SubscriptionState::Opened, _) => true,
            (SubscriptionState::Trial, Requirement::Add) => self.live_domains == 0,
            (SubscriptionState::Trial, Requirement::Modify | Requirement::Delete) => true,
            (SubscriptionState::TrialEnded | SubscriptionState::Closed, _) => false,
        };
        (free && ready).then_some(product)
    }
}

/// One row of the filter's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailableProduct {
    #[schema(examples("PRODUCTID1747035900"))]
    pub product_id: String,
    #[schema(examples("网页加速"))]
    pub product: String,
    #[schema(examples("web"))]
    pub product_code: String,
    pub charge_mode: String,
    /// `opened` or `trial`.
    #[schema(examples("opened"))]
    pub state: String,
    pub domain_count: i64,
}

/// What all events of a subscription together say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub state: SubscriptionState,
    /// A suspend order is open.
    pub suspended: bool,
    /// A cancel order is open.
    pub cancelling: bool,
}

/// What a newly arrived event makes of orders and domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProductEffect {
    Open(OrderKind),
    Finish(OrderKind),
    TakeDomainsDown,
}

/// The standing after the events, given in order of arrival: they apply by when they occurred, those of the same
/// moment in order of arrival. So a feed that arrives out of order ends where the ordered one does.
pub fn standing(events: &[(ProductEvent, DateTime<Utc>)]) -> Standing {
    let mut ordered: Vec<_> = events.to_vec();
    ordered.sort_by_key(|(_, occurred_at)| *occurred_at);
    let unknown = Standing { state: SubscriptionState::Closed, suspended: false, cancelling: false };
    ordered.into_iter().fold(unknown, |standing, (event, _)| after(standing, event))
}

fn after(standing: Standing, event: ProductEvent) -> Standing {
    match event {
        ProductEvent::Open => Standing { state: SubscriptionState::Opened, ..standing },
        ProductEvent::Trial => Standing { state: SubscriptionState::Trial, ..standing },
        // The end of a trial that has become a subscription changes nothing.
        ProductEvent::TrialEnd if standing.state == SubscriptionState::Trial => {
            Standing { state: SubscriptionState::TrialEnded, ..standing }
        }
        ProductEvent::TrialEnd => standing,
        ProductEvent::Suspend => Standing { suspended: true, ..standing },
        ProductEvent::Resume => Standing { suspended: false, ..standing },
        ProductEvent::Cancel => Standing { cancelling: true, ..standing },
        ProductEvent::CancelDone => Standing { state: SubscriptionState::Closed, suspended: false, cancelling: false },
    }
}

/// What the last of the events (in order of arrival) changes, with the standing after it.
pub fn arrival(events: &[(ProductEvent, DateTime<Utc>)]) -> (Standing, Vec<ProductEffect>) {
    let now = standing(events);
    let Some(((event, _), earlier)) = events.split_last() else { return (now, Vec::new()) };
    let before = standing(earlier);
    let mut effects = Vec::new();
    for (was, is, kind) in [
        (before.suspended, now.suspended, OrderKind::ProductSuspend),
        (before.cancelling, now.cancelling, OrderKind::ProductCancel),
    ] {
        match (was, is) {
            (false, true) => effects.push(ProductEffect::Open(kind)),
            (true, false) => effects.push(ProductEffect::Finish(kind)),
            (true, true) | (false, false) => {}
        }
    }
    if *event == ProductEvent::CancelDone && now.state == SubscriptionState::Closed {
        effects.push(ProductEffect::TakeDomainsDown);
    }
    (now, effects)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
