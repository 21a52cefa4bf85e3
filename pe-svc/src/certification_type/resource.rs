//! Certification types to the eight operations.

use serde_json::{Value, json};
use shared_model::page::Page;
use shared_model::server::database::Connection;
use shared_model::text::Text;

use super::repo::{self, CertificationTypeContent};
use super::{CertificationTypeRow, CertificationTypeView};
use crate::error::{ServiceError, not_found};
use crate::resource::table::{AuditStamp, MAINTAINED};
use crate::resource::{Actor, Form, Found, ListFilter, Reach, Resource, ResourceName};
use crate::review::verdict::{AuditStatus, Verdict};
use crate::review::{self, changed_concurrently};

/// See [`crate::certification_type`].
pub struct CertificationTypes;

const NAME_MAX: usize = 64;
const MATERIALS_MAX: usize = 20;
/// A hundred years: beyond it somebody mistyped.
const DAYS_MAX: i64 = 36_500;

impl Resource for CertificationTypes {
    fn name(&self) -> ResourceName {
        ResourceName::AuthenticationTypes
    }

    fn writable(&self) -> &'static [&'static str] {
        &["code", "name", "validityDays", "reviewWindowDays", "requiredMaterials"]
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
        let views = rows.iter().map(|row| json!(CertificationTypeView::of(row, actor.zone)));
        Ok(filter.page.page(views.collect(), total))
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

fn found(row: &CertificationTypeRow, actor: &Actor) -> Found {
    let view = json!(CertificationTypeView::of(row, actor.zone));
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

fn read(mut form: Form) -> Result<CertificationTypeContent, ServiceError> {
    let name = form.required_text("name", NAME_MAX);
    let code = form.text("code", NAME_MAX).unwrap_or_else(|| name.clone());
    if !form.has("validityDays") {
        form.invalid("validityDays", Text::fixed("必填", "required"));
    }
    let validity_days = days(&mut form, "validityDays").unwrap_or_default();
    let review_window_days = days(&mut form, "reviewWindowDays");
    let required_materials = form.texts("requiredMaterials", NAME_MAX).unwrap_or_default();
    if required_materials.len() > MATERIALS_MAX {
        form.invalid("requiredMaterials", Text::fixed("最多 20 项", "at most 20"));
    }
    for (index, material) in required_materials.iter().enumerate() {
        let pointer = format!("requiredMaterials/{index}");
        if material.is_empty() {
            form.invalid(&pointer, Text::fixed("请填写名称", "a name is required"));
        } else if required_materials.iter().take(index).any(|earlier| earlier == material) {
            form.invalid(&pointer, Text::fixed("名称重复", "the name stands twice"));
        }
    }
    form.finish()?;
    Ok(CertificationTypeContent { code, name, validity_days, review_window_days, required_materials })
}

fn days(form: &mut Form, name: &str) -> Option<i32> {
    let days = form.integer(name)?;
    if !(1..=DAYS_MAX).contains(&days) {
        form.invalid(name, Text::fixed("须为 1 到 36500 天", "must be 1 to 36500 days"));
    }
    i32::try_from(days).ok()
}
