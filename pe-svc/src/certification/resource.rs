//! Certifications to the eight operations.

use serde_json::{Value, json};
use shared_model::page::Page;
use shared_model::problem::Problem;
use shared_model::server::database::Connection;

use super::state::{self, CertificationStatus, Event};
use super::{decide, draft, repo, view};
use crate::error::{ServiceError, not_found};
use crate::resource::{Actor, Form, Found, ListFilter, Reach, Resource, ResourceName};
use crate::review::verdict::Verdict;

/// See [`crate::certification`].
pub struct Certifications;

const NAME: ResourceName = ResourceName::PeAuthentications;

impl Resource for Certifications {
    fn name(&self) -> ResourceName {
        NAME
    }

    fn writable(&self) -> &'static [&'static str] {
        &["peId", "typeId", "materials", "note", "validityDays"]
    }

    fn maintained(&self) -> &'static [&'static str] {
        &[
            "peName",
            "typeName",
            "status",
            "statusName",
            "ownerId",
            "applicantId",
            "appliedAt",
            "submittedAt",
            "completedAt",
            "reviewWindowDays",
            "reviewUntil",
            "validUntil",
            "expired",
            "revokedAt",
            "renewsId",
            "changes",
            "supersededAt",
            "badgeId",
            "replies",
            "createdBy",
            "createdAt",
            "updatedAt",
        ]
    }

    fn newborn(&self, actor: &Actor) -> Value {
        json!({
            "createdBy": actor.id(),
            "ownerId": actor.id(),
            "applicantId": actor.id(),
            "status": CertificationStatus::Draft,
            "expired": false,
            "replies": [],
        })
    }

    fn page(
        &self,
        conn: &mut Connection,
        actor: &Actor,
        reach: Reach,
        filter: &ListFilter,
    ) -> Result<Page<Value>, ServiceError> {
        let (rows, total) = repo::page(conn, actor, reach, filter)?;
        let views = view::views(conn, &rows, actor)?;
        Ok(filter.page.page(views.iter().map(|view| json!(view)).collect(), total))
    }

    /// Reviewers see every certification, owners those of their entities.
    fn find(&self, conn: &mut Connection, actor: &Actor, id: i64) -> Result<Option<Found>, ServiceError> {
        let Some(row) = repo::find(conn, id)? else { return Ok(None) };
        let view = view::views(conn, std::slice::from_ref(&row), actor)?.pop().map_or(Value::Null, |view| json!(view));
        let own = actor.is(&row.owner_id);
        Ok(Some(Found {
            id,
            version: row.version,
            full: view.clone(),
            view,
            visible: own || actor.may(NAME.read_all()) || actor.may(NAME.audit()),
            whole: true,
            editable: own,
            own,
            awaits_audit: row.status() == CertificationStatus::Submitted,
        }))
    }

    fn create(&self, conn: &mut Connection, actor: &Actor, form: Form) -> Result<i64, ServiceError> {
        draft::open(conn, actor, form)
    }

    fn update(&self, conn: &mut Connection, actor: &Actor, id: i64, form: Form) -> Result<(), ServiceError> {
        let row = repo::find(conn, id)?.ok_or_else(not_found)?;
        draft::change(conn, actor, &row, form)
    }

    fn audit(&self, conn: &mut Connection, actor: &Actor, id: i64, verdict: &Verdict) -> Result<(), ServiceError> {
        let row = repo::find(conn, id)?.ok_or_else(not_found)?;
        decide::decide(conn, actor, &row, verdict)
    }

    fn check_owner_may_delete(&self, conn: &mut Connection, actor: &Actor, id: i64) -> Result<(), ServiceError> {
        let row = repo::find(conn, id)?.ok_or_else(not_found)?;
        state::next(row.standing(actor.stored_now()), Event::Deleted).map_err(Problem::from)?;
        Ok(())
    }

    fn is_referred_to(&self, conn: &mut Connection, id: Option<i64>) -> Result<bool, ServiceError> {
        match id {
            Some(id) => Ok(repo::find_renewal(conn, id)?.is_some()),
            // Together with all of them go those that refer to one another.
            None => Ok(false),
        }
    }

    fn mark_deleted(&self, conn: &mut Connection, actor: &Actor, id: Option<i64>) -> Result<Vec<i64>, ServiceError> {
        Ok(repo::mark_deleted(conn, id, actor.stored_now())?)
    }
}
