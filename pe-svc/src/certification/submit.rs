//! `POST /pe/pe-authentications/{id}/submit`: the owner hands the application in. source: public entity rules 8 and 11.

use actix_web::web::{Data, Path};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::IfMatch;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::{self, TicketHead};

use super::draft::{check_approved, keep_materials};
use super::state::{self, CertificationStatus, Event};
use super::view::CertificationView;
use super::{CertificationRow, Certifications, period, repo};
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::{ServiceError, not_found, refused_for};
use crate::resource::save::{again, check_version};
use crate::resource::show::record_id;
use crate::resource::{Actor, Resource, ResourceName, lock};
use crate::review::changed_concurrently;
use crate::{certification_type, entity, material};

#[utoipa::path(
    post, path = "/pe/pe-authentications/{id}/submit", tag = "认证 Certifications",
    operation_id = "pe_submitCertification",
    description = "草稿或待修改的认证提交审核。首次提交起算审核期限；被接受过的资料保留其结论。\n\n\
        A draft, or one that needs modification, is handed in. The review window runs from the first submission.",
    params(("id" = i64, Path, description = "认证编号 The certification")),
    responses(
        (status = 200, description = "已提交 Submitted", body = CertificationView),
        (status = 404, description = "不存在或不是你的 Unknown, or somebody else's"),
        (status = 409, description = "`authentication.under_review`, `authentication.closed`, \
            `authentication.expired`, `entity.not_approved`"),
        (status = 422, description = "缺少资料 `authentication.material_missing`, one fault per material"),
    ),
)]
pub async fn submit(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<String>,
    if_match: IfMatch,
    head: TicketHead,
) -> Result<Answer, Problem> {
    let (actor, id) = (desk.actor(caller), record_id(&id)?);
    let ticket = head.ticket(b"");
    let answer = desk
        .db
        .write(move |conn| {
            idempotency::once(conn, ticket.as_ref(), actor.now, |conn| hand_in(conn, &actor, id, if_match))
        })
        .await?;
    Ok(answer)
}

fn hand_in(conn: &mut Connection, actor: &Actor, id: i64, if_match: IfMatch) -> Result<Answer, ServiceError> {
    lock(conn, ResourceName::PeAuthentications, id)?;
    let before = Certifications.find(conn, actor, id)?.filter(|found| found.own).ok_or_else(not_found)?;
    check_version(if_match.0, before.version)?;
    let row = repo::find(conn, id)?.ok_or_else(not_found)?;
    state::next(row.standing(actor.stored_now()), Event::Submitted).map_err(Problem::from)?;
    lock(conn, ResourceName::PublicEntities, row.pe_id)?;
    let entity = entity::repo::find(conn, row.pe_id)?.ok_or_else(not_found)?;
    check_approved(&entity)?;
    let mut after = submitted(&row, actor);
    let materials = material::repo::list_of(conn, id)?;
    let kind = certification_type::repo::list_by_ids(conn, vec![row.type_id])?.pop();
    if let Some(kind) = kind {
        refused_for(material::rules::check_present(&kind.required_materials.0, &materials))?;
        if row.applied_at.is_none() {
            after.validity_days = kind.validity_days;
            after.review_window_days = kind.review_window();
            after.review_until = Some(period::days_after(actor.stored_now(), kind.review_window()));
        }
    }
    changed_concurrently(repo::apply_transition(conn, &row, after, actor.stored_now())?.into())?;
    keep_materials(conn, id, &material::rules::reopened(&materials))?;
    let found = again(conn, &Certifications, actor, id)?;
    let entry = Entry::of(actor, Action::Submit, ResourceName::PeAuthentications, id);
    audit_log::append(conn, &entry.before(before.full).after(found.full), actor.now)?;
    Ok(Answer::ok(&found.view).etag(found.version))
}

/// The window runs from the first submission, however often it comes back.
fn submitted(row: &CertificationRow, actor: &Actor) -> CertificationRow {
    let now = actor.stored_now();
    CertificationRow {
        status: CertificationStatus::Submitted.code().to_owned(),
        applicant_id: actor.id().to_owned(),
        applied_at: row.applied_at.or(Some(now)),
        submitted_at: Some(now),
        ..row.clone()
    }
}
