//! Certifications as they come in and go out.

use std::collections::HashMap;

use diesel::QueryResult;
use serde::Serialize;
use shared_model::server::database::Connection;
use utoipa::ToSchema;

use super::CertificationRow;
use super::state::CertificationStatus;
use crate::material::rules::{MaterialChange, SaveMaterial, changes};
use crate::material::{self, Material};
use crate::reply::{self, ReplyView};
use crate::resource::table::RecordView;
use crate::resource::{Actor, shown};
use crate::{certification_status, certification_type, entity};

/// A certification 认证.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificationView {
    pub id: i64,
    pub pe_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pe_name: Option<String>,
    pub type_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_name: Option<String>,
    pub status: CertificationStatus,
    /// What the desk calls the status.
    pub status_name: String,
    pub owner_id: String,
    pub applicant_id: String,
    /// The first submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied_at: Option<String>,
    /// The latest submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub materials: Vec<Material>,
    /// Days it holds once passed.
    pub validity_days: i32,
    pub review_window_days: i32,
    /// The end of the review window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// Past the review window (not passed) or the validity (passed).
    pub expired: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
    /// The certification this one renews.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renews_id: Option<i64>,
    /// Of a renewal: what differs from the certification it renews.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<MaterialChange>>,
    /// When its renewal took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<String>,
    /// The public proof is at `/pe/badge/{badgeId}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badge_id: Option<String>,
    pub replies: Vec<ReplyView>,
    #[serde(flatten)]
    pub record: RecordView,
}

/// `PUT /pe/pe-authentications`
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SaveCertification {
    /// Null or absent: a new draft.
    pub id: Option<i64>,
    /// The version that was read; like `If-Match`.
    pub version: Option<i64>,
    /// The entity; kept when absent from a change.
    pub pe_id: Option<i64>,
    /// The certification type; kept when absent from a change.
    pub type_id: Option<i64>,
    /// A draft may be incomplete.
    pub materials: Option<Vec<SaveMaterial>>,
    pub note: Option<String>,
}

/// Everything rows are shown with, fetched once for all of them.
struct Surroundings {
    entities: HashMap<i64, String>,
    types: HashMap<i64, String>,
    statuses: HashMap<String, String>,
    materials: HashMap<i64, Vec<Material>>,
    replies: HashMap<i64, Vec<ReplyView>>,
}

impl Surroundings {
    fn of(conn: &mut Connection, rows: &[CertificationRow], actor: &Actor) -> QueryResult<Self> {
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let renewed = rows.iter().filter_map(|row| row.renews_id);
        let entities = entity::repo::list_by_ids(conn, rows.iter().map(|row| row.pe_id).collect())?;
        let types = certification_type::repo::list_by_ids(conn, rows.iter().map(|row| row.type_id).collect())?;
        let statuses = certification_status::repo::names(conn)?;
        let materials = material::repo::list(conn, ids.iter().copied().chain(renewed).collect())?;
        let mut replies: HashMap<i64, Vec<ReplyView>> = HashMap::new();
        for row in reply::repo::list(conn, ids)? {
            replies.entry(row.certification_id).or_default().push(ReplyView::of(&row, actor.zone));
        }
        Ok(Self {
            entities: entities.into_iter().map(|row| (row.id, row.name)).collect(),
            types: types.into_iter().map(|row| (row.id, row.name)).collect(),
            statuses: statuses.into_iter().collect(),
            materials,
            replies,
        })
    }

    fn materials_of(&self, id: i64) -> Vec<Material> {
        self.materials.get(&id).cloned().unwrap_or_default()
    }
}

/// The rows with everything that is shown of them.
pub fn views(conn: &mut Connection, rows: &[CertificationRow], actor: &Actor) -> QueryResult<Vec<CertificationView>> {
    let around = Surroundings::of(conn, rows, actor)?;
    Ok(rows.iter().map(|row| view(row, &around, actor)).collect())
}

fn view(row: &CertificationRow, around: &Surroundings, actor: &Actor) -> CertificationView {
    let time = |at: Option<chrono::NaiveDateTime>| at.map(|at| actor.shown(at));
    let materials = around.materials_of(row.id);
    let status = row.status();
    CertificationView {
        id: row.id,
        pe_id: row.pe_id,
        pe_name: around.entities.get(&row.pe_id).cloned(),
        type_id: row.type_id,
        type_name: around.types.get(&row.type_id).cloned(),
        status,
        status_name: around.statuses.get(status.code()).map_or_else(|| status.name().to_owned(), Clone::clone),
        owner_id: row.owner_id.clone(),
        applicant_id: row.applicant_id.clone(),
        applied_at: time(row.applied_at),
        submitted_at: time(row.submitted_at),
        completed_at: time(row.completed_at),
        note: row.note.clone(),
        changes: row.renews_id.map(|renewed| changes(&around.materials_of(renewed), &materials)),
        materials,
        validity_days: row.validity_days,
        review_window_days: row.review_window_days,
        review_until: time(row.review_until),
        valid_until: time(row.valid_until),
        expired: row.is_expired(actor.stored_now()),
        revoked_at: time(row.revoked_at),
        renews_id: row.renews_id,
        superseded_at: time(row.superseded_at),
        badge_id: row.badge_id.clone(),
        replies: around.replies.get(&row.id).cloned().unwrap_or_default(),
        record: RecordView {
            created_by: row.created_by.clone(),
            created_at: shown(row.created_at, actor.zone),
            updated_at: shown(row.updated_at, actor.zone),
            version: row.version,
        },
    }
}
