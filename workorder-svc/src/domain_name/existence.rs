//! Whether a domain exists already: the plan of the existence check, over what the six places hold.
//!
//! The queries behind it leave out what never counts as existing: rows of finished and withdrawn orders, drafts, and
//! the order's own rows (when it is resubmitted). source: work-order notes 2, 存在性校验.
//!
//! | place | which rows count |
//! | --- | --- |
//! | `self_service_domain_config` | all: they are live |
//! | `work_order_cache_domain` | reservations of other orders |
//! | `batch_self_domain` | of other open orders |
//! | `configure_list` | of other open orders (with `speed_configure_domain` and `work_order`) |
//! | `live_order_domain_info` | of other open orders (with `live_order_info`) |
//! | `live_stream_domain_config` | all: they are live |

use std::collections::BTreeMap;

use shared_model::text::Text;

/// A place a domain may exist in, in the order they are named: the first one is the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    SelfServiceDomainConfig,
    WorkOrderCacheDomain,
    BatchSelfDomain,
    ConfigureList,
    LiveOrderDomainInfo,
    LiveStreamDomainConfig,
}

impl Place {
    pub const ALL: [Self; 6] = [
        Self::SelfServiceDomainConfig,
        Self::WorkOrderCacheDomain,
        Self::BatchSelfDomain,
        Self::ConfigureList,
        Self::LiveOrderDomainInfo,
        Self::LiveStreamDomainConfig,
    ];

    /// `where` of the fault.
    pub const fn table(self) -> &'static str {
        match self {
            Self::SelfServiceDomainConfig => "self_service_domain_config",
            Self::WorkOrderCacheDomain => "work_order_cache_domain",
            Self::BatchSelfDomain => "batch_self_domain",
            Self::ConfigureList => "configure_list",
            Self::LiveOrderDomainInfo => "live_order_domain_info",
            Self::LiveStreamDomainConfig => "live_stream_domain_config",
        }
    }

    /// The place in words.
    pub const fn name(self) -> Text {
        match self {
            Self::SelfServiceDomainConfig => Text::fixed("已上线的域名", "the live domains"),
            Self::WorkOrderCacheDomain => Text::fixed("在途工单的预占", "the reservations of open orders"),
            Self::BatchSelfDomain => Text::fixed("在途批量工单", "an open batch order"),
            Self::ConfigureList => Text::fixed("在途工单", "an open order"),
            Self::LiveOrderDomainInfo => Text::fixed("在途直播工单", "an open live-streaming order"),
            Self::LiveStreamDomainConfig => Text::fixed("已上线的直播域名", "the live-streaming domains"),
        }
    }

    /// Held by an open order, as against live.
    pub const fn is_in_progress(self) -> bool {
        match self {
            Self::SelfServiceDomainConfig | Self::LiveStreamDomainConfig => false,
            Self::WorkOrderCacheDomain | Self::BatchSelfDomain | Self::ConfigureList | Self::LiveOrderDomainInfo => {
                true
            }
        }
    }
}

/// Every domain that was found, with the places it was found in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Existing(BTreeMap<String, Vec<Place>>);

impl Existing {
    /// From what the queries found, in any order and as often as they like.
    pub fn of(found: impl IntoIterator<Item = (Place, String)>) -> Self {
        let mut places: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        for (place, domain) in found {
            places.entry(domain).or_default().push(place);
        }
        for found in places.values_mut() {
            found.sort_unstable();
            found.dedup();
        }
        Self(places)
    }

    /// The first place that has the domain: a new one of that name is refused.
    pub fn first(&self, domain: &str) -> Option<Place> {
        self.0.get(domain)?.first().copied()
    }

    /// The first place where another open order holds the domain: a change of it is refused.
    pub fn in_progress(&self, domain: &str) -> Option<Place> {
        self.0.get(domain)?.iter().copied().find(|place| place.is_in_progress())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_in_order_answers_whatever_was_found_first() {
        for (index, place) in Place::ALL.into_iter().enumerate() {
            let found = Place::ALL[index..].iter().rev().map(|place| (*place, "a.cn".to_owned()));
            assert_eq!(Existing::of(found).first("a.cn"), Some(place));
        }
        assert_eq!(Existing::default().first("a.cn"), None);
    }

    #[test]
    fn a_live_domain_alone_is_not_in_progress() {
        let live = Existing::of([(Place::SelfServiceDomainConfig, "a.cn".to_owned())]);
        assert_eq!(live.in_progress("a.cn"), None);
        let both = Existing::of([
            (Place::ConfigureList, "a.cn".to_owned()),
            (Place::SelfServiceDomainConfig, "a.cn".to_owned()),
            (Place::WorkOrderCacheDomain, "a.cn".to_owned()),
        ]);
        assert_eq!(both.in_progress("a.cn"), Some(Place::WorkOrderCacheDomain));
    }
}
