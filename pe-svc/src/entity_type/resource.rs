//! Entity types to the eight operations.

use serde_json::{Value, json};
use shared_model::page::Page;
use shared_model::server::database::Connection;
use shared_model::text::Text;

use super::repo::{self, EntityTypeContent};
use super::{EntityTypeRow, EntityTypeView};
use crate::error::{ServiceError, not_found};
use crate::registration_number::RegistrationNumberKind;
use crate::resource::delete::in_use;
use crate::resource::table::{AuditStamp, MAINTAINED};
use crate::resource::{Actor, Form, Found, ListFilter, Reach, Resource, ResourceName};
use crate::review::verdict::{AuditStatus, Verdict};
use crate::review::{self, changed_concurrently};

/// See [`crate::entity_type`].
pub struct EntityTypes;

const CODE_MAX: usize = 64;
const NAME_MAX: usize = 64;

impl Resource for EntityTypes {
    fn name(&self) -> ResourceName {
        ResourceName::PeTypes
    }

    fn writable(&self) -> &'static [&'static str] {
        &["code", "name", "registrationNumberKind"]
    }

    fn maintained(&self) -> &'static [&'static str] {
        MAINTAINED
    }

    fn newborn(&self, actor: &Actor) -> Value {
        json!({ "createdBy": actor.id(), "auditStatus": AuditStatus::Pending })
    }

    fn page(
        &self,
        conn: &mut Connection,
        actor: &Actor,
        reach: Reach,
        filter: &ListFilter,
    ) -> Result<Page<Value>, ServiceError> {
        let (rows, total) = repo::page(conn, actor, reach, filter)?;
        Ok(filter.page.page(rows.iter().map(|row| json!(EntityTypeView::of(row, actor.zone))).collect(), total))
    }

    fn find(&self, conn: &mut Connection, actor: &Actor, id: i64) -> Result<Option<Found>, ServiceError> {
        Ok(repo::find(conn, id)?.map(|row| found(&row, actor)))
    }

    fn create(&self, conn: &mut Connection, actor: &Actor, form: Form) -> Result<i64, ServiceError> {
        let content = read(form)?;
        Ok(repo::insert(conn, &content, actor.id(), actor)?)
    }

    fn update(&self, conn: &mut Connection, actor: &Actor, id: i64, form: Form) -> Result<(), ServiceError> {
        let row = repo::find(conn, id)?.ok_or_else(not_found)?;
        let content = read(form)?;
        // Numbers already accepted under one rule would be wrong under another.
        if content.kind != row.kind() && repo::is_used(conn, Some(id))? {
            return Err(in_use());
        }
        let status = review::after_change(row.audit_status());
        changed_concurrently(repo::replace(conn, &row, &content, status.code(), actor)?)
    }

    fn audit(&self, conn: &mut Connection, actor: &Actor, id: i64, verdict: &Verdict) -> Result<(), ServiceError> {
        let row = repo::find(conn, id)?.ok_or_else(not_found)?;
        let status = review::decide(row.audit_status(), verdict, actor)?;
        let stamp = AuditStamp::new(status, verdict.remark(), actor);
        changed_concurrently(repo::apply_verdict(conn, &row, &stamp)?.into())
    }

    fn check_owner_may_delete(&self, _: &mut Connection, _: &Actor, _: i64) -> Result<(), ServiceError> {
        Ok(())
    }

    fn is_referred_to(&self, conn: &mut Connection, id: Option<i64>) -> Result<bool, ServiceError> {
        Ok(repo::is_used(conn, id)?)
    }

    fn mark_deleted(&self, conn: &mut Connection, actor: &Actor, id: Option<i64>) -> Result<Vec<i64>, ServiceError> {
        Ok(repo::mark_deleted(conn, id, actor.stored_now())?)
    }
}

fn found(row: &EntityTypeRow, actor: &Actor) -> Found {
    let view = json!(EntityTypeView::of(row, actor.zone));
    Found {
        id: row.id,
        version: row.version,
        full: view.clone(),
        view,
        visible: true,
        whole: true,
        editable: true,
        own: actor.is(&row.created_by),
        awaits_audit: row.audit_status() == AuditStatus::Pending,
    }
}

fn read(mut form: Form) -> Result<EntityTypeContent, ServiceError> {
    let name = form.required_text("name", NAME_MAX);
    let code = form.text("code", CODE_MAX).unwrap_or_else(|| name.clone());
    let kind = form.required_text("registrationNumberKind", CODE_MAX);
    let kind = RegistrationNumberKind::from_code(&kind).unwrap_or_else(|| {
        if !kind.is_empty() {
            let all = RegistrationNumberKind::ALL.map(RegistrationNumberKind::code).join(", ");
            let message = Text::new(format!("须为 {all} 之一"), format!("must be one of {all}"));
            form.invalid("registrationNumberKind", message);
        }
        RegistrationNumberKind::Free
    });
    form.finish()?;
    Ok(EntityTypeContent { code, name, kind })
}
