//! The re-check as a worker step: finds the filings of what went live, asks the registry for those that are due, and
//! shows what has lapsed. Safe to run beside others of its kind, and again after dying anywhere.

use chrono::TimeDelta;

use crate::error::ServiceError;
use crate::icp::check::Checker;
use crate::icp::evidence::Finding;
use crate::icp::live::repo::{self, LiveFiling};
use crate::icp::live::settle::settle;
use crate::icp::registry::Freshness;

impl Checker {
    /// One round. True when there was something to do.
    pub async fn recheck(&self, interval: TimeDelta) -> Result<bool, ServiceError> {
        let (db, now) = (&self.desk.db, self.desk.clock.now());
        if db.read(repo::any_new).await? {
            db.write(move |conn| repo::take_in_new(conn, interval, now)).await?;
            return Ok(true);
        }
        if !db.read(move |conn| repo::any_due(conn, now)).await? {
            return Ok(false);
        }
        let (owner, lease, batch) = (self.owner.clone(), self.lease, self.batch);
        let claimed = db.write(move |conn| repo::claim(conn, &owner, lease, batch, now)).await?;
        let asked: Vec<String> = claimed.iter().map(|filing| filing.domain.clone()).collect();
        let findings = self.registry.look_up(&asked, Freshness::Now).await;
        let any = !claimed.is_empty();
        for (filing, finding) in claimed.into_iter().zip(findings) {
            self.settle_live(filing, finding, interval).await?;
        }
        Ok(any)
    }

    async fn settle_live(&self, filing: LiveFiling, found: Finding, interval: TimeDelta) -> Result<(), ServiceError> {
        let (policy, owner, now) = (self.desk.policy.clone(), self.owner.clone(), self.desk.clock.now());
        self.desk
            .db
            .write(move |conn| {
                if repo::still_held(conn, &filing, &owner)? {
                    settle(conn, &policy, &filing, &found.answer, interval, now)?;
                }
                Ok::<_, ServiceError>(())
            })
            .await?;
        self.desk.nudges.all();
        Ok(())
    }
}
