//! Review 审核: verdicts on records, the queue of those that wait for one, and claims that keep reviewers apart.

pub mod claim;
pub mod claim_record;
pub mod queue;
pub mod queue_repo;
pub mod release;
pub mod repo;
pub mod verdict;

use shared_model::problem::{Problem, codes};
use shared_model::text::Text;

use self::verdict::{AuditStatus, Verdict};
use crate::error::{ServiceError, refused, refused_for};
use crate::resource::Actor;

/// What an audited record becomes by this verdict of this reviewer. The state comes before the wording.
pub fn decide(status: AuditStatus, verdict: &Verdict, actor: &Actor) -> Result<AuditStatus, ServiceError> {
    let next = verdict::next(status, verdict.approved, actor.is_platform_admin())?;
    if verdict.materials.is_some() {
        let detail = Text::fixed("只有认证可以逐份资料审核", "only certifications have verdicts on materials");
        return Err(refused(&codes::REQUEST_INVALID, detail));
    }
    refused_for(verdict.check())?;
    Ok(next)
}

/// Whoever changes what was refused asks again; reference data that was approved stays in use.
pub const fn after_change(status: AuditStatus) -> AuditStatus {
    match status {
        AuditStatus::Pending | AuditStatus::Rejected => AuditStatus::Pending,
        AuditStatus::Approved => AuditStatus::Approved,
    }
}

/// 412 when the guarded update met another version than the one that was read.
pub fn changed_concurrently(rows: usize) -> Result<(), ServiceError> {
    if rows == 0 { Err(Problem::new(&codes::STALE).into()) } else { Ok(()) }
}
