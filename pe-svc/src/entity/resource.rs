//! Entities to the eight operations.

use serde_json::{Value, json};
use shared_model::page::Page;
use shared_model::problem::{Fault, codes};
use shared_model::role::Role;
use shared_model::server::database::Connection;
use shared_model::text::Text;

use super::repo;
use super::rules::{self, Administrator, EntityContent};
use super::{EntityFace, EntityRow, EntityView};
use crate::entity_type;
use crate::error::{ServiceError, not_found, refused_for};
use crate::file;
use crate::resource::table::{AuditStamp, OWNED};
use crate::resource::{Actor, Form, Found, ListFilter, Reach, Resource, ResourceName, lock};
use crate::review::verdict::{AuditStatus, Verdict};
use crate::review::{self, changed_concurrently};

/// See [`crate::entity`].
pub struct PublicEntities;

const NAME: ResourceName = ResourceName::PublicEntities;

impl Resource for PublicEntities {
    fn name(&self) -> ResourceName {
        NAME
    }

    fn writable(&self) -> &'static [&'static str] {
        &["logoUrl", "typeId", "name", "shortName", "registrationNumber", "licensePhotos", "adminName", "adminMobile"]
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
        Ok(filter.page.page(rows.iter().map(|row| json!(EntityView::of(row, actor))).collect(), total))
    }

    fn find(&self, conn: &mut Connection, actor: &Actor, id: i64) -> Result<Option<Found>, ServiceError> {
        Ok(repo::find(conn, id)?.map(|row| found(&row, actor)))
    }

    fn create(&self, conn: &mut Connection, actor: &Actor, form: Form) -> Result<i64, ServiceError> {
        let content = read(conn, actor, form, None)?;
        let id = repo::insert(conn, &content, actor)?;
        keep_files(conn, id, &content)?;
        Ok(id)
    }

    fn update(&self, conn: &mut Connection, actor: &Actor, id: i64, form: Form) -> Result<(), ServiceError> {
        let row = repo::find(conn, id)?.ok_or_else(not_found)?;
        let content = read(conn, actor, form, Some(&row))?;
        let status = rules::status_after(row.audit_status(), &row.content(), &content);
        changed_concurrently(repo::replace(conn, &row, &content, status, actor)?)?;
        Ok(keep_files(conn, id, &content)?)
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

/// Reviewers see every entity, owners their own, users the face of approved ones.
fn found(row: &EntityRow, actor: &Actor) -> Found {
    let own = actor.is(&row.owner_id);
    let reviews = actor.may(NAME.read_all()) || actor.may(NAME.audit());
    let face_only = !own && !reviews;
    let shows_face = actor.caller.has(Role::User) && row.audit_status() == AuditStatus::Approved;
    let full = json!(EntityView::full(row, actor));
    let view = if face_only { json!(EntityFace::of(row)) } else { json!(EntityView::of(row, actor)) };
    Found {
        id: row.id,
        version: row.version,
        view,
        full,
        visible: !face_only || shows_face,
        whole: !face_only,
        editable: own,
        own,
        awaits_audit: row.audit_status() == AuditStatus::Pending,
    }
}

/// Reads a body for a new entity, or over an old one, and holds it against everything else there is.
fn read(
    conn: &mut Connection,
    actor: &Actor,
    mut form: Form,
    old: Option<&EntityRow>,
) -> Result<EntityContent, ServiceError> {
    let type_id = form.integer("typeId");
    let entity_type = match type_id {
        Some(id) => {
            lock(conn, ResourceName::PeTypes, id)?;
            entity_type::repo::find(conn, id)?
        }
        None => None,
    };
    // A refused type takes no new entities; those that are of it already may stay.
    let stays = |id| old.is_some_and(|old| old.type_id == id);
    let entity_type = entity_type.filter(|t| stays(t.id) || t.audit_status() != AuditStatus::Rejected);
    match (type_id, &entity_type) {
        (None, _) if !form.is_faulty("typeId") => form.invalid("typeId", Text::fixed("必填", "required")),
        (Some(_), None) => {
            form.invalid("typeId", Text::fixed("机构类型不存在或未通过审核", "there is no such entity type"));
        }
        (None, _) | (Some(_), Some(_)) => {}
    }
    let claims = &actor.caller.claims;
    let administrator = Administrator { name: &claims.name, mobile: &claims.mobile };
    let kind = entity_type.as_ref().map(entity_type::EntityTypeRow::kind);
    let content = rules::read(&mut form, type_id.unwrap_or_default(), kind, &administrator);
    let urls =
        content.logo_url.iter().map(|url| ("/logoUrl".to_owned(), url)).chain(
            content.license_photos.iter().enumerate().map(|(index, url)| (format!("/licensePhotos/{index}"), url)),
        );
    for (pointer, url) in urls {
        file::check_url(conn, &mut form, pointer, url, actor, NAME, old.map(|old| old.id))?;
    }
    form.finish()?;
    check_free(conn, &content, old.map_or(0, |old| old.id))?;
    Ok(content)
}

/// Neither name nor number of another one of the type. The unique indexes settle what happens between this look and the
/// write. source: rule 2.
fn check_free(conn: &mut Connection, content: &EntityContent, own_id: i64) -> Result<(), ServiceError> {
    let (name_held, number_held) = repo::held_by_others(conn, content, own_id)?;
    let mut faults = Vec::new();
    if name_held {
        let message = Text::fixed("同类型下名称已存在", "the name is taken within this type");
        faults.push(Fault::new("/name", &codes::ENTITY_NAME_TAKEN, message));
    }
    if number_held {
        let message = Text::fixed("同类型下注册号已存在", "the number is taken within this type");
        faults.push(Fault::new("/registrationNumber", &codes::ENTITY_NUMBER_TAKEN, message));
    }
    refused_for(faults)
}

/// The logo is for everybody who sees the entity's face, the licences for its owner and reviewers.
fn keep_files(conn: &mut Connection, id: i64, content: &EntityContent) -> diesel::QueryResult<()> {
    let logo = content.logo_url.iter().map(|url| (url.as_str(), true));
    let photos = content.license_photos.iter().map(|url| (url.as_str(), false));
    file::repo::replace_uses(conn, NAME, id, photos.chain(logo))
}
