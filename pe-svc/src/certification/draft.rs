//! Opening and changing an application: `PUT /pe/pe-authentications`. A draft may be incomplete; in modification only
//! the materials and the note may change. source: public entity rules 7, 8, 10.

use shared_model::problem::{Problem, codes};
use shared_model::server::database::Connection;
use shared_model::text::Text;

use super::repo::{self, NewCertification};
use super::state::{self, CertificationStatus, Event};
use super::{CertificationRow, period};
use crate::certification_type::{self, CertificationTypeRow};
use crate::entity::{self, EntityRow};
use crate::error::{ServiceError, not_found, refused};
use crate::file;
use crate::material::{self, Material};
use crate::resource::{Actor, Form, ResourceName, lock};
use crate::review::changed_concurrently;
use crate::review::verdict::AuditStatus;

const NAME: ResourceName = ResourceName::PeAuthentications;
const NOTE_MAX: usize = 2000;

/// What an owner says of an application.
struct Application {
    materials: Vec<Material>,
    note: Option<String>,
}

/// Opens a draft. Returns its id.
pub fn open(conn: &mut Connection, actor: &Actor, mut form: Form) -> Result<i64, ServiceError> {
    let (pe_id, type_id) = (required_id(&mut form, "peId", None), required_id(&mut form, "typeId", None));
    let entity = own_entity(conn, actor, pe_id)?;
    let kind = offered_type(conn, &mut form, type_id)?;
    let application = read(conn, actor, &mut form, None)?;
    form.finish()?;
    let (Some(entity), Some(kind)) = (entity, kind) else { return Err(not_found()) };
    check_approved(&entity)?;
    check_free(conn, &entity, &kind, 0, actor)?;
    let new = NewCertification {
        pe_id: entity.id,
        type_id: kind.id,
        note: application.note,
        validity_days: kind.validity_days,
        review_window_days: kind.review_window(),
        renews_id: None,
    };
    let id = repo::insert(conn, &new, actor)?;
    keep_materials(conn, id, &application.materials)?;
    Ok(id)
}

/// Changes an application that its owner may change.
pub fn change(
    conn: &mut Connection,
    actor: &Actor,
    row: &CertificationRow,
    mut form: Form,
) -> Result<(), ServiceError> {
    state::next(row.standing(actor.stored_now()), Event::Changed).map_err(Problem::from)?;
    let current = material::repo::list_of(conn, row.id)?;
    let in_modification = row.status() == CertificationStatus::NeedsModification;
    let mut after = row.clone();
    if in_modification || row.renews_id.is_some() {
        keep_fixed(&mut form, row);
    } else {
        move_draft(conn, actor, row, &mut form, &mut after)?;
    }
    let application = read(conn, actor, &mut form, Some((row.id, &current)))?;
    check_validity_days(&mut form, after.validity_days);
    form.finish()?;
    after.note = application.note;
    let materials = material::rules::merge(&current, application.materials, in_modification);
    changed_concurrently(repo::apply_transition(conn, row, after, actor.stored_now())?.into())?;
    keep_materials(conn, row.id, &materials)
}

/// A draft may still be moved to another entity or type.
fn move_draft(
    conn: &mut Connection,
    actor: &Actor,
    row: &CertificationRow,
    form: &mut Form,
    after: &mut CertificationRow,
) -> Result<(), ServiceError> {
    let pe_id = required_id(form, "peId", Some(row.pe_id));
    let type_id = required_id(form, "typeId", Some(row.type_id));
    let entity = own_entity(conn, actor, pe_id)?;
    let kind = offered_type(conn, form, type_id)?;
    let (Some(entity), Some(kind)) = (entity, kind) else { return Ok(()) };
    check_approved(&entity)?;
    check_free(conn, &entity, &kind, row.id, actor)?;
    after.pe_id = entity.id;
    after.type_id = kind.id;
    after.validity_days = kind.validity_days;
    after.review_window_days = kind.review_window();
    Ok(())
}

/// 400 for another entity or type than it is about. source: rule 10.
fn keep_fixed(form: &mut Form, row: &CertificationRow) {
    for (name, current) in [("peId", row.pe_id), ("typeId", row.type_id)] {
        if form.integer(name).is_some_and(|sent| sent != current) {
            let message = Text::fixed("只允许修改资料和备注", "only the materials and the note may be changed");
            form.fault(format!("/{name}"), &codes::REQUEST_INVALID, message);
        }
    }
}

fn required_id(form: &mut Form, name: &str, current: Option<i64>) -> Option<i64> {
    let id = form.integer(name).or(current);
    if id.is_none() && !form.has(name) {
        form.invalid(name, Text::fixed("必填", "required"));
    }
    id
}

/// The actor's own entity of that id; somebody else's does not exist.
fn own_entity(conn: &mut Connection, actor: &Actor, pe_id: Option<i64>) -> Result<Option<EntityRow>, ServiceError> {
    let Some(pe_id) = pe_id else { return Ok(None) };
    lock(conn, ResourceName::PublicEntities, pe_id)?;
    let own = entity::repo::find(conn, pe_id)?.filter(|entity| actor.is(&entity.owner_id));
    own.map(Some).ok_or_else(not_found)
}

fn offered_type(
    conn: &mut Connection,
    form: &mut Form,
    type_id: Option<i64>,
) -> Result<Option<CertificationTypeRow>, ServiceError> {
    let Some(type_id) = type_id else { return Ok(None) };
    lock(conn, ResourceName::AuthenticationTypes, type_id)?;
    let kind = certification_type::repo::find(conn, type_id)?;
    let kind = kind.filter(|kind| kind.audit_status() != AuditStatus::Rejected);
    match &kind {
        Some(kind) => check_validity_days(form, kind.validity_days),
        None => {
            form.invalid("typeId", Text::fixed("认证类型不存在或未通过审核", "there is no such certification type"))
        }
    }
    Ok(kind)
}

/// The days are the type's; who sends them back unchanged does no harm.
fn check_validity_days(form: &mut Form, days: i32) {
    if form.integer("validityDays").is_some_and(|sent| sent != i64::from(days)) {
        let message = Text::fixed("有效时长由认证类型决定", "the validity is the type's");
        form.fault("/validityDays", &codes::REQUEST_INVALID, message);
    }
}

fn read(
    conn: &mut Connection,
    actor: &Actor,
    form: &mut Form,
    current: Option<(i64, &[Material])>,
) -> Result<Application, ServiceError> {
    let known = current.map_or(&[] as &[Material], |(_, known)| known);
    let materials = material::rules::read(form, known);
    for (index, piece) in materials.iter().enumerate() {
        if let Some(url) = &piece.url {
            let pointer = format!("/materials/{index}/url");
            file::check_url(conn, form, pointer, url, actor, NAME, current.map(|(id, _)| id))?;
        }
    }
    Ok(Application { materials, note: form.text("note", NOTE_MAX) })
}

pub fn check_approved(entity: &EntityRow) -> Result<(), ServiceError> {
    match entity.audit_status() {
        AuditStatus::Approved => Ok(()),
        AuditStatus::Pending | AuditStatus::Rejected => Err(Problem::new(&codes::ENTITY_NOT_APPROVED).into()),
    }
}

/// One living certification per entity and type. The unique index settles what happens between this look and the write.
fn check_free(
    conn: &mut Connection,
    entity: &EntityRow,
    kind: &CertificationTypeRow,
    own_id: i64,
    actor: &Actor,
) -> Result<(), ServiceError> {
    let Some(holding) = repo::find_holding(conn, entity.id, kind.id, own_id)? else { return Ok(()) };
    let renewable = holding.valid_until.is_some_and(|end| period::is_renewable(end, actor.stored_now()));
    let detail = if renewable {
        Text::new(format!("已有认证 {}，请续期", holding.id), format!("certification {} can be renewed", holding.id))
    } else {
        Text::new(format!("已有认证 {}", holding.id), format!("there is certification {}", holding.id))
    };
    Err(refused(&codes::AUTHENTICATION_EXISTS, detail))
}

/// Writes the materials, and to which record their uploads belong.
pub fn keep_materials(conn: &mut Connection, id: i64, materials: &[Material]) -> Result<(), ServiceError> {
    material::repo::replace(conn, id, materials)?;
    let urls = materials.iter().filter_map(|piece| piece.url.as_deref()).map(|url| (url, false));
    Ok(file::repo::replace_uses(conn, NAME, id, urls)?)
}
