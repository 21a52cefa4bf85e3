//! Members to the eight operations.

use serde_json::{Value, json};
use shared_model::account::Account;
use shared_model::ids::UserId;
use shared_model::page::Page;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::database::Connection;
use shared_model::server::directory;
use shared_model::text::Text;

use super::repo::{self, MemberContent};
use super::{MemberRow, MemberView};
use crate::entity;
use crate::error::{ServiceError, not_found};
use crate::resource::table::{AuditStamp, OWNED};
use crate::resource::{Actor, Form, Found, ListFilter, Reach, Resource, ResourceName, lock};
use crate::review::verdict::{AuditStatus, Verdict};
use crate::review::{self, changed_concurrently};

/// See [`crate::member`].
pub struct Members;

const NAME: ResourceName = ResourceName::PeMembers;
const NAME_MAX: usize = 64;
const ID_MAX: usize = 255;

impl Resource for Members {
    fn name(&self) -> ResourceName {
        NAME
    }

    fn writable(&self) -> &'static [&'static str] {
        &["peId", "uId", "mobile", "uName"]
    }

    fn maintained(&self) -> &'static [&'static str] {
        OWNED
    }

    fn newborn(&self, actor: &Actor) -> Value {
        json!({ "createdBy": actor.id(), "ownerId": actor.id(), "auditStatus": AuditStatus::Pending })
    }

    fn page(
        &self,
        conn: &mut Connection,
        actor: &Actor,
        reach: Reach,
        filter: &ListFilter,
    ) -> Result<Page<Value>, ServiceError> {
        let (rows, total) = repo::page(conn, actor, reach, filter)?;
        Ok(filter.page.page(rows.iter().map(|row| json!(MemberView::of(row, actor.zone))).collect(), total))
    }

    fn find(&self, conn: &mut Connection, actor: &Actor, id: i64) -> Result<Option<Found>, ServiceError> {
        Ok(repo::find(conn, id)?.map(|row| found(&row, actor)))
    }

    fn create(&self, conn: &mut Connection, actor: &Actor, form: Form) -> Result<i64, ServiceError> {
        let content = read(conn, actor, form, None)?;
        Ok(repo::insert(conn, &content, actor)?)
    }

    fn update(&self, conn: &mut Connection, actor: &Actor, id: i64, form: Form) -> Result<(), ServiceError> {
        let row = repo::find(conn, id)?.ok_or_else(not_found)?;
        let content = read(conn, actor, form, Some(&row))?;
        // Another person, or the same one elsewhere, is a new member to the reviewer.
        let same = content.u_id == row.u_id && content.pe_id == row.pe_id;
        let status = if same { review::after_change(row.audit_status()) } else { AuditStatus::Pending };
        changed_concurrently(repo::replace(conn, &row, &content, status, actor)?)
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

    fn is_referred_to(&self, _: &mut Connection, _: Option<i64>) -> Result<bool, ServiceError> {
        Ok(false)
    }

    fn mark_deleted(&self, conn: &mut Connection, actor: &Actor, id: Option<i64>) -> Result<Vec<i64>, ServiceError> {
        Ok(repo::mark_deleted(conn, id, actor.stored_now())?)
    }
}

/// Reviewers see every member, owners those of their entities, people their own memberships.
fn found(row: &MemberRow, actor: &Actor) -> Found {
    let own = actor.is(&row.owner_id);
    let view = json!(MemberView::of(row, actor.zone));
    Found {
        id: row.id,
        version: row.version,
        full: view.clone(),
        view,
        visible: own || actor.is(&row.u_id) || actor.may(NAME.read_all()) || actor.may(NAME.audit()),
        whole: true,
        editable: own,
        own,
        awaits_audit: row.audit_status() == AuditStatus::Pending,
    }
}

fn read(
    conn: &mut Connection,
    actor: &Actor,
    mut form: Form,
    old: Option<&MemberRow>,
) -> Result<MemberContent, ServiceError> {
    let pe_id = form.integer("peId").or(old.map(|old| old.pe_id));
    let u_id = form.text("uId", ID_MAX).or_else(|| old.filter(|_| !form.has("mobile")).map(|old| old.u_id.clone()));
    let mobile = form.text("mobile", 32);
    let u_name = form.text("uName", NAME_MAX);
    if u_id.is_none() && mobile.is_none() && !form.is_faulty("uId") && !form.is_faulty("mobile") {
        form.invalid("uId", Text::fixed("请给出用户编号或手机号", "give the account's id or mobile number"));
    }
    if pe_id.is_none() && !form.is_faulty("peId") {
        form.invalid("peId", Text::fixed("必填", "required"));
    }
    form.finish()?;
    let pe_id = pe_id.unwrap_or_default();
    lock(conn, ResourceName::PublicEntities, pe_id)?;
    let entity = entity::repo::find(conn, pe_id)?;
    let entity = entity.filter(|entity| actor.is(&entity.owner_id)).ok_or_else(not_found)?;
    // Who is a member already may be renamed, whatever became of the account or the entity since.
    let stays = old.filter(|old| old.pe_id == entity.id && u_id.as_ref() == Some(&old.u_id) && mobile.is_none());
    if let Some(old) = stays {
        let u_name = u_name.unwrap_or_else(|| old.u_name.clone());
        return Ok(MemberContent { u_id: old.u_id.clone(), pe_id: old.pe_id, u_name });
    }
    let account = person(conn, u_id, mobile)?;
    if entity.audit_status() != AuditStatus::Approved {
        return Err(Problem::new(&codes::ENTITY_NOT_APPROVED).into());
    }
    let u_name = u_name.unwrap_or_else(|| account.name.clone());
    let content = MemberContent { u_id: account.id.0, pe_id: entity.id, u_name };
    check_not_member(conn, &content, old.map_or(0, |old| old.id))?;
    Ok(content)
}

/// A person is a member of an entity once. The unique index settles what happens between this look and the write.
fn check_not_member(conn: &mut Connection, content: &MemberContent, own_id: i64) -> Result<(), ServiceError> {
    if repo::is_member(conn, content, own_id)? {
        let message = Text::fixed("该用户已是成员", "the user is a member already");
        let fault = Fault::new("/uId", &codes::MEMBER_EXISTS, message);
        return Err(Problem::of_faults(vec![fault]).into());
    }
    Ok(())
}

/// The enabled account of that id, of that number, or of both when they agree.
fn person(conn: &mut Connection, u_id: Option<String>, mobile: Option<String>) -> Result<Account, ServiceError> {
    let by_mobile = match &mobile {
        Some(mobile) => directory::find_by_mobile(conn, mobile)?,
        None => None,
    };
    let pointer = if u_id.is_some() { "/uId" } else { "/mobile" };
    let account = match u_id {
        Some(id) => directory::find(conn, &UserId(id))?.filter(|account| account.enabled),
        None => by_mobile.clone(),
    };
    let agreed = account.filter(|account| mobile.is_none() || by_mobile.is_some_and(|other| other.id == account.id));
    agreed.ok_or_else(|| {
        let message = Text::fixed("没有此用户，或账号已停用", "there is no such user, or the account is disabled");
        Problem::of_faults(vec![Fault::new(pointer, &codes::MEMBER_USER_UNKNOWN, message)]).into()
    })
}
