//! By what a domain was decided: who said so, and when that was had from them. Kept with the order's domain; the answers
//! of a registry over the network are kept by themselves too, so that it is not asked again and again.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use shared_model::ids::OrderId;
use shared_model::local_time::from_stored;
use shared_model::server::database::{Connection, Prepare, StoreError, on_both};

use crate::icp::rules::Answer;
use crate::order::model::Legality;
use crate::schema::{configure_list, icp_evidence};

/// Domains of one query: well under the number of variables either database binds.
const CHUNK: usize = 500;

/// Who said it, and when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// The registry, or a person.
    pub source: String,
    pub fetched_at: DateTime<Utc>,
}

/// An answer, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub answer: Answer,
    pub evidence: Evidence,
}

/// Writes by what each domain of an order was decided: those of the same evidence together.
pub fn write(conn: &mut Connection, order: OrderId, decided: &[(String, Evidence)]) -> Result<(), StoreError> {
    let mut by_evidence: BTreeMap<&Evidence, Vec<&str>> = BTreeMap::new();
    for (domain, evidence) in decided {
        by_evidence.entry(evidence).or_default().push(domain);
    }
    for (evidence, domains) in by_evidence {
        for domains in domains.chunks(CHUNK) {
            let rows = configure_list::table.filter(configure_list::order_id.eq(order.0));
            diesel::update(rows.filter(configure_list::domain.eq_any(domains)))
                .set((
                    configure_list::evidence_source.eq(Some(&evidence.source)),
                    configure_list::evidence_at.eq(Some(evidence.fetched_at.naive_utc())),
                ))
                .returning(configure_list::order_id)
                .prepared_for(domains.len())
                .run(conn)?;
        }
    }
    Ok(())
}

/// By what the domains of an order were decided, by domain.
pub fn list(conn: &mut Connection, order: OrderId) -> Result<HashMap<String, Evidence>, StoreError> {
    let rows: Vec<(String, Option<String>, Option<NaiveDateTime>)> = configure_list::table
        .filter(configure_list::order_id.eq(order.0))
        .filter(configure_list::evidence_at.is_not_null())
        .select((configure_list::domain, configure_list::evidence_source, configure_list::evidence_at))
        .load(conn)?;
    let evidence = |(domain, source, at): (String, Option<String>, Option<NaiveDateTime>)| {
        Some((domain, Evidence { source: source?, fetched_at: from_stored(at?) }))
    };
    Ok(rows.into_iter().filter_map(evidence).collect())
}

type KeptColumns = (String, String, Option<String>, Option<String>, String, NaiveDateTime);

/// The kept answers for some registrable domains, however old.
pub fn list_kept(conn: &mut Connection, asked: &[String]) -> Result<HashMap<String, Finding>, StoreError> {
    let mut kept = HashMap::new();
    for asked in asked.chunks(CHUNK) {
        let rows: Vec<KeptColumns> = icp_evidence::table
            .filter(icp_evidence::domain.eq_any(asked))
            .select((
                icp_evidence::domain,
                icp_evidence::legality,
                icp_evidence::record_number,
                icp_evidence::reason,
                icp_evidence::source,
                icp_evidence::fetched_at,
            ))
            .load(conn)?;
        for (domain, legality, record_number, reason, source, at) in rows {
            let answer = match Legality::from_code(&legality) {
                Some(Legality::Lawful) => Answer::Lawful { record_number: record_number.unwrap_or_default() },
                Some(Legality::Unlawful) => Answer::Unlawful { reason: reason.unwrap_or_default() },
                // Never kept.
                Some(Legality::Pending | Legality::Unknown) | None => continue,
            };
            kept.insert(domain, Finding { answer, evidence: Evidence { source, fetched_at: from_stored(at) } });
        }
    }
    Ok(kept)
}

/// Keeps answers in place of what was kept. Unknown is no answer, and leaves what there is.
pub fn keep(conn: &mut Connection, findings: &[(String, Finding)]) -> Result<(), StoreError> {
    for (domain, finding) in findings {
        let (legality, record_number, reason) = match &finding.answer {
            Answer::Lawful { record_number } => (Legality::Lawful, Some(record_number), None),
            Answer::Unlawful { reason } => (Legality::Unlawful, None, Some(reason)),
            Answer::Unknown { .. } => continue,
        };
        let said = (
            icp_evidence::legality.eq(legality.code()),
            icp_evidence::record_number.eq(record_number),
            icp_evidence::reason.eq(reason),
            icp_evidence::source.eq(&finding.evidence.source),
            icp_evidence::fetched_at.eq(finding.evidence.fetched_at.naive_utc()),
        );
        on_both!(conn, |c| diesel::insert_into(icp_evidence::table)
            .values((icp_evidence::domain.eq(domain), said))
            .on_conflict(icp_evidence::domain)
            .do_update()
            .set(said)
            .execute(c))?;
    }
    Ok(())
}
