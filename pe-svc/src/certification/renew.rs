//! `POST /pe/pe-authentications/{id}/renew`: opens the next certification, filled in from the one it renews.
//! source: public entity rule 7.

use actix_web::web::{Data, Path};
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::{self, TicketHead};
use shared_model::text::Text;

use super::draft::{check_approved, keep_materials};
use super::repo::{self, NewCertification};
use super::state::CertificationStatus;
use super::view::CertificationView;
use super::{CertificationRow, Certifications, period};
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::{ServiceError, not_found, refused};
use crate::material::Material;
use crate::resource::save::again;
use crate::resource::show::record_id;
use crate::resource::{Actor, Resource, ResourceName, lock};
use crate::review::verdict::AuditStatus;
use crate::{certification_type, entity, material};

#[utoipa::path(
    post, path = "/pe/pe-authentications/{id}/renew", tag = "认证 Certifications",
    operation_id = "pe_renewCertification",
    description = "有效期结束前 90 天起可续期：按原认证预填资料，打开一份关联的草稿；通过后取代原认证。\n\n\
        From 90 days before `validUntil`: opens a linked draft with the materials of the old one, which it supersedes \
        once it passes.",
    params(("id" = i64, Path, description = "要续期的认证 The certification to renew")),
    responses(
        (status = 201, description = "续期草稿 The draft", body = CertificationView),
        (status = 404, description = "不存在或不是你的 Unknown, or somebody else's"),
        (status = 409, description = "`authentication.not_renewable`, `authentication.exists`, `entity.not_approved`"),
    ),
)]
pub async fn renew(desk: Data<Desk>, caller: Caller, id: Path<String>, head: TicketHead) -> Result<Answer, Problem> {
    let (actor, id) = (desk.actor(caller), record_id(&id)?);
    let ticket = head.ticket(b"");
    let answer = desk
        .db
        .write(move |conn| idempotency::once(conn, ticket.as_ref(), actor.now, |conn| open_next(conn, &actor, id)))
        .await?;
    Ok(answer)
}

fn open_next(conn: &mut Connection, actor: &Actor, id: i64) -> Result<Answer, ServiceError> {
    lock(conn, ResourceName::PeAuthentications, id)?;
    Certifications.find(conn, actor, id)?.filter(|found| found.own).ok_or_else(not_found)?;
    let row = repo::find(conn, id)?.ok_or_else(not_found)?;
    check_renewable(&row, actor)?;
    if let Some(open) = repo::find_renewal(conn, id)? {
        let detail = Text::new(format!("续期认证 {open} 已存在"), format!("renewal {open} is open already"));
        return Err(refused(&codes::AUTHENTICATION_EXISTS, detail));
    }
    lock(conn, ResourceName::PublicEntities, row.pe_id)?;
    check_approved(&entity::repo::find(conn, row.pe_id)?.ok_or_else(not_found)?)?;
    lock(conn, ResourceName::AuthenticationTypes, row.type_id)?;
    let kind = certification_type::repo::find(conn, row.type_id)?;
    let Some(kind) = kind.filter(|kind| kind.audit_status() != AuditStatus::Rejected) else {
        return Err(not_renewable(Text::fixed("该认证类型已停用", "its type is no longer offered")));
    };
    let next = NewCertification {
        pe_id: row.pe_id,
        type_id: row.type_id,
        note: row.note.clone(),
        validity_days: kind.validity_days,
        review_window_days: kind.review_window(),
        renews_id: Some(row.id),
    };
    let next_id = repo::insert(conn, &next, actor)?;
    let unjudged = |piece: Material| Material { accepted: None, remark: None, ..piece };
    let materials: Vec<Material> = material::repo::list_of(conn, id)?.into_iter().map(unjudged).collect();
    keep_materials(conn, next_id, &materials)?;
    let found = again(conn, &Certifications, actor, next_id)?;
    let entry = Entry::of(actor, Action::Renew, ResourceName::PeAuthentications, next_id).after(found.full);
    audit_log::append(conn, &entry, actor.now)?;
    Ok(Answer::created(&found.view).etag(found.version))
}

/// Passed, neither revoked nor superseded, and near enough to its end.
fn check_renewable(row: &CertificationRow, actor: &Actor) -> Result<(), ServiceError> {
    let holds = row.status() == CertificationStatus::Passed && row.revoked_at.is_none() && row.superseded_at.is_none();
    let Some(valid_until) = row.valid_until.filter(|_| holds) else {
        return Err(not_renewable(Text::fixed("只有有效的认证可以续期", "only a certification that holds is renewed")));
    };
    if !period::is_renewable(valid_until, actor.stored_now()) {
        let from = actor.shown(period::days_after(valid_until, -90));
        return Err(not_renewable(Text::new(format!("{from} 起可续期"), format!("it can be renewed from {from}"))));
    }
    Ok(())
}

fn not_renewable(detail: Text) -> ServiceError {
    refused(&codes::AUTHENTICATION_NOT_RENEWABLE, detail)
}
