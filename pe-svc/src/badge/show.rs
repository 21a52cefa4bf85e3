//! `GET /pe/badge/{badgeId}`: the signed statement about a certification, for anybody who was given its badge.

use actix_web::web::{Data, Path};
use serde::Serialize;
use shared_model::local_time;
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::database::Connection;
use utoipa::ToSchema;

use super::statement::{BadgeCertification, BadgeEntity, BadgeStatement, status};
use crate::certification;
use crate::desk::Desk;
use crate::error::{ServiceError, not_found};
use crate::resource::shown;
use crate::{certification_type, entity};

/// `iss` of a badge.
const ISSUER: &str = "front-desk";

/// A statement and its proof.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BadgeView {
    #[serde(flatten)]
    pub statement: BadgeStatement,
    /// The statement as a compact JWS (EdDSA), verified by the key of that `kid` in `/.well-known/jwks.json`.
    pub jws: String,
    pub kid: String,
}

#[utoipa::path(
    get, path = "/pe/badge/{badgeId}", tag = "认证徽章 Badges", operation_id = "pe_badge",
    description = "公开的认证证明，无需登录。`jws` 可用 `/.well-known/jwks.json` 中对应 `kid` 的公钥离线验证；\
        撤销、过期、机构重新审核时如实说明。\n\n\
        A public proof: verify `jws` offline with the key of its `kid`. It says so when the certification was revoked, \
        has expired, or its entity is being reviewed again (`suspended`).",
    params(("badgeId" = String, Path, description = "徽章编号 The badge")),
    responses(
        (status = 200, description = "证明 The statement", body = BadgeView),
        (status = 404, description = "没有此徽章 There is no such badge"),
    ),
    security(()),
)]
pub async fn show(desk: Data<Desk>, badge_id: Path<String>) -> Result<Answer, Problem> {
    let (now, zone) = (desk.clock.now(), desk.zone);
    let id = badge_id.into_inner();
    let statement = desk.db.read(move |conn| state(conn, &id, now, zone)).await?;
    let (jws, kid) = (desk.signer.sign(&statement), desk.signer.kid().to_owned());
    Ok(Answer::ok(&BadgeView { statement, jws, kid }))
}

fn state(
    conn: &mut Connection,
    badge_id: &str,
    now: chrono::DateTime<chrono::Utc>,
    zone: chrono_tz::Tz,
) -> Result<BadgeStatement, ServiceError> {
    let row = certification::repo::find_by_badge(conn, badge_id)?.ok_or_else(not_found)?;
    let (Some(from), Some(until)) = (row.completed_at, row.valid_until) else { return Err(not_found()) };
    let entity = entity::repo::find(conn, row.pe_id)?.ok_or_else(not_found)?;
    let kind = certification_type::repo::list_by_ids(conn, vec![row.type_id])?.pop().ok_or_else(not_found)?;
    Ok(BadgeStatement {
        iss: ISSUER.to_owned(),
        iat: now.timestamp(),
        badge_id: badge_id.to_owned(),
        status: status(row.revoked_at, until, entity.audit_status(), now.naive_utc()),
        entity: BadgeEntity {
            id: entity.id,
            name: entity.name,
            short_name: entity.short_name,
            logo_url: entity.logo_url.filter(|url| url.starts_with("https:")),
        },
        certification: BadgeCertification { id: row.id, type_id: kind.id, type_name: kind.name },
        valid_from: shown(from, zone),
        valid_until: local_time::with_offset(local_time::from_stored(until), zone).to_rfc3339(),
        revoked_at: row.revoked_at.map(|at| shown(at, zone)),
    })
}
