//! The verdict on a certification: it passes, goes back to its owner, or, once passed, is revoked.
//! source: public entity rules 8 and 9.

use shared_model::problem::{Problem, codes};
use shared_model::server::database::Connection;
use shared_model::server::secrets::random_id;
use shared_model::text::Text;

use super::state::{self, CertificationStatus, Event};
use super::{CertificationRow, period, repo};
use crate::error::{ServiceError, refused, refused_for};
use crate::material::{self, Material};
use crate::reply;
use crate::resource::{Actor, ResourceName, lock};
use crate::review::changed_concurrently;
use crate::review::verdict::Verdict;

pub fn decide(
    conn: &mut Connection,
    actor: &Actor,
    row: &CertificationRow,
    verdict: &Verdict,
) -> Result<(), ServiceError> {
    let now = actor.stored_now();
    let event = event_of(row, verdict, actor);
    let next = state::next(row.standing(now), event).map_err(Problem::from)?;
    refused_for(verdict.check())?;
    let mut after = CertificationRow { status: next.code().to_owned(), ..row.clone() };
    match event {
        Event::Approved => {
            judge_materials(conn, row, verdict)?;
            if let Some(renewed) = row.renews_id {
                lock(conn, ResourceName::PeAuthentications, renewed)?;
                repo::mark_superseded(conn, renewed, now)?;
            }
            after.completed_at = Some(now);
            after.valid_until = Some(period::days_after(now, row.validity_days));
            after.badge_id = Some(random_id()?);
        }
        Event::Revoked => {
            refuse_materials(verdict)?;
            after.revoked_at = Some(now);
        }
        Event::Returned | Event::Changed | Event::Submitted | Event::Replied | Event::Deleted => {
            judge_materials(conn, row, verdict)?;
        }
    }
    changed_concurrently(repo::apply_transition(conn, row, after, now)?.into())?;
    if let Some(remark) = verdict.remark() {
        reply::repo::insert(conn, row.id, remark, actor)?;
    }
    Ok(())
}

/// What the verdict means where the certification stands: only a platform administrator can mean a revocation.
fn event_of(row: &CertificationRow, verdict: &Verdict, actor: &Actor) -> Event {
    match (verdict.approved, row.status()) {
        (true, _) => Event::Approved,
        (false, CertificationStatus::Passed) if actor.is_platform_admin() => Event::Revoked,
        (false, _) => Event::Returned,
    }
}

fn judge_materials(conn: &mut Connection, row: &CertificationRow, verdict: &Verdict) -> Result<(), ServiceError> {
    let Some(verdicts) = &verdict.materials else { return Ok(()) };
    let current: Vec<Material> = material::repo::list_of(conn, row.id)?;
    match material::rules::judge(&current, verdicts, verdict.approved) {
        Ok(judged) => Ok(material::repo::replace(conn, row.id, &judged)?),
        Err(faults) => refused_for(faults),
    }
}

/// The materials of a passed certification stay as they were judged.
fn refuse_materials(verdict: &Verdict) -> Result<(), ServiceError> {
    match verdict.materials {
        None => Ok(()),
        Some(_) => Err(refused(
            &codes::REQUEST_INVALID,
            Text::fixed("撤销时不再逐份审核资料", "a revocation has no verdicts on materials"),
        )),
    }
}
