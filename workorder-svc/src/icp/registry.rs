//! The ICP registry (备案系统): an edge. By default a table of filings; others stand behind the same trait.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use futures_util::future::BoxFuture;
use shared_model::server::clock::Clock;
use shared_model::server::database::{Connection, Database, Prepare, StoreError};

use crate::icp::evidence::{Evidence, Finding};
use crate::icp::rules::Answer;
use crate::schema::icp_filing;

/// Knows what is filed.
pub trait IcpRegistry: Send + Sync + 'static {
    /// One finding per registrable domain, in the order they were asked. What cannot be answered is `Unknown`.
    fn look_up<'a>(&'a self, registrable: &'a [String], freshness: Freshness) -> BoxFuture<'a, Vec<Finding>>;

    /// How many it is asked for in one round of an order's check: a slow one fewer, so that other orders get their turn.
    fn names_at_once(&self) -> usize;
}

/// Whether a kept answer will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Kept,
    Now,
}

/// What the embedded registry is called in evidence.
const TABLE: &str = "icp_filing";

/// The embedded registry: `icp_filing`. A domain without a row is not filed.
pub struct TableRegistry {
    pub db: Database,
    pub clock: Clock,
}

impl IcpRegistry for TableRegistry {
    fn look_up<'a>(&'a self, registrable: &'a [String], _: Freshness) -> BoxFuture<'a, Vec<Finding>> {
        Box::pin(async move {
            let asked = registrable.to_vec();
            let answers = match self.db.read(move |conn| answers(conn, &asked)).await {
                Ok(answers) => answers,
                Err(error) => {
                    tracing::warn!(%error, "the table of filings cannot be read");
                    let reason = "备案数据暂不可用 / the filings cannot be read".to_owned();
                    registrable.iter().map(|_| Answer::Unknown { reason: reason.clone() }).collect()
                }
            };
            let evidence = Evidence { source: TABLE.to_owned(), fetched_at: self.clock.now() };
            answers.into_iter().map(|answer| Finding { answer, evidence: evidence.clone() }).collect()
        })
    }

    /// One query answers for all of a sheet.
    fn names_at_once(&self) -> usize {
        usize::MAX
    }
}

/// Makes a filing known to the embedded registry, or rewrites it.
pub fn put_filing(
    conn: &mut Connection,
    registrable: &str,
    record_number: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let changed = diesel::update(icp_filing::table.find(registrable))
        .set((icp_filing::record_number.eq(record_number), icp_filing::updated_at.eq(now.naive_utc())))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(icp_filing::table)
            .values((
                icp_filing::domain.eq(registrable),
                icp_filing::record_number.eq(record_number),
                icp_filing::updated_at.eq(now.naive_utc()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn answers(conn: &mut Connection, asked: &[String]) -> Result<Vec<Answer>, StoreError> {
    let filed: Vec<(String, String)> = icp_filing::table
        .filter(icp_filing::domain.eq_any(asked))
        .select((icp_filing::domain, icp_filing::record_number))
        .prepared_for(asked.len())
        .load(conn)?;
    let answer = |domain: &String| match filed.iter().find(|(known, _)| known == domain) {
        Some((_, record_number)) => Answer::Lawful { record_number: record_number.clone() },
        None => Answer::Unlawful { reason: format!("{domain} 未备案 / not filed") },
    };
    Ok(asked.iter().map(answer).collect())
}
