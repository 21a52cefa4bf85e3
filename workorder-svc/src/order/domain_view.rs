//! A domain of an order as its detail shows it: what was found, by whom and when, and whether its filing still stands.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;
use serde::Serialize;
use shared_model::local_time::with_offset;
use utoipa::ToSchema;

use crate::icp::evidence::Evidence;
use crate::icp::live::repo::Lapse;
use crate::order::model::OrderDomain;

/// What is known of the filings of an order's domains beside the order itself.
#[derive(Clone, Debug, Default)]
pub struct Filings {
    /// By domain.
    pub evidence: HashMap<String, Evidence>,
    /// Of those that are live.
    pub lapses: Vec<Lapse>,
}

/// A domain of an order.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DomainView {
    #[serde(flatten)]
    pub domain: OrderDomain,
    /// By what it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceView>,
    /// Of a live domain whose filing is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapse: Option<LapseView>,
}

/// Who said so, and when that was had from them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceView {
    #[schema(examples("icp_filing"))]
    pub source: String,
    pub fetched_at: DateTime<FixedOffset>,
}

/// Since when a filing is gone, and why.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LapseView {
    pub since: DateTime<FixedOffset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The domains with what is known of their filings.
pub fn domains(domains: Vec<OrderDomain>, filings: &Filings, zone: Tz) -> Vec<DomainView> {
    let lapses: HashMap<&str, &Lapse> = filings.lapses.iter().map(|lapse| (lapse.domain.as_str(), lapse)).collect();
    let view = |domain: OrderDomain| {
        let evidence = filings.evidence.get(&domain.domain);
        let lapse = lapses.get(domain.domain.as_str());
        DomainView {
            evidence: evidence.map(|evidence| EvidenceView {
                source: evidence.source.clone(),
                fetched_at: with_offset(evidence.fetched_at, zone),
            }),
            lapse: lapse.map(|lapse| LapseView { since: with_offset(lapse.since, zone), reason: lapse.reason.clone() }),
            domain,
        }
    };
    domains.into_iter().map(view).collect()
}
