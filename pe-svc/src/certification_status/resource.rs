//! Certification statuses to the eight operations.

use serde_json::{Value, json};
use shared_model::page::Page;
use shared_model::server::database::Connection;
use shared_model::text::Text;

use super::{CertificationStatusRow, CertificationStatusView, repo};
use crate::certification::state::CertificationStatus;
use crate::error::{ServiceError, not_found};
use crate::resource::table::{AuditStamp, MAINTAINED};
use crate::resource::{Actor, Form, Found, ListFilter, Reach, Resource, ResourceName};
use crate::review::verdict::{AuditStatus, Verdict};
use crate::review::{self, changed_concurrently};

/// See [`crate::certification_status`].
pub struct CertificationStatuses;

const NAME_MAX: usize = 64;

impl Resource for CertificationStatuses {
    fn name(&self) -> ResourceName {
        ResourceName::AuthenticationStatuses
    }

    fn writable(&self) -> &'static [&'static str] {
        &["code", "name"]
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
        let views = rows.iter().map(|row| json!(CertificationStatusView::of(row, actor.zone)));
        Ok(filter.page.page(views.collect(), total))
    }

    fn find(&self, conn: &mut Connection, actor: &Actor, id: i64) -> Result<Option<Found>, ServiceError> {
        Ok(repo::find(conn, id)?.map(|row| found(&row, actor)))
    }

    fn create(&self, conn: &mut Connection, actor: &Actor, mut form: Form) -> Result<i64, ServiceError> {
        let code = form.required_text("code", NAME_MAX);
        if !code.is_empty() && CertificationStatus::from_code(&code).is_none() {
            let all = CertificationStatus::ALL.map(CertificationStatus::code).join(", ");
            form.invalid("code", Text::new(format!("编码固定为 {all}"), format!("the codes are fixed: {all}")));
        }
        let name = form.required_text("name", NAME_MAX);
        form.finish()?;
        Ok(repo::insert(conn, &code, &name, actor.id(), actor)?)
    }

    fn update(&self, conn: &mut Connection, actor: &Actor, id: i64, mut form: Form) -> Result<(), ServiceError> {
        let row = repo::find(conn, id)?.ok_or_else(not_found)?;
        if form.text("code", NAME_MAX).is_some_and(|code| code != row.code) {
            form.invalid("code", Text::fixed("编码固定，只能修改名称", "the code is fixed, only the name may change"));
        }
        let name = form.required_text("name", NAME_MAX);
        form.finish()?;
        let status = review::after_change(row.audit_status());
        changed_concurrently(repo::rename(conn, &row, &name, status.code(), actor)?)
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

fn found(row: &CertificationStatusRow, actor: &Actor) -> Found {
    let view = json!(CertificationStatusView::of(row, actor.zone));
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
