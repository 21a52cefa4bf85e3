//! Certification statuses as they come in and go out.

use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::CertificationStatusRow;
use crate::certification::state::CertificationStatus;
use crate::resource::table::{AuditView, RecordView};

/// A certification status 认证状态.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificationStatusView {
    pub id: i64,
    #[schema(value_type = CertificationStatus)]
    pub code: String,
    pub name: String,
    #[serde(flatten)]
    pub audit: AuditView,
    #[serde(flatten)]
    pub record: RecordView,
}

impl CertificationStatusView {
    pub fn of(row: &CertificationStatusRow, zone: Tz) -> Self {
        Self {
            id: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            audit: row.audit_view(zone),
            record: row.record_view(zone),
        }
    }
}

/// `PUT /pe/authentication-statuses`
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SaveCertificationStatus {
    /// Null or absent: one of the four that is missing.
    pub id: Option<i64>,
    /// The version that was read; like `If-Match`.
    pub version: Option<i64>,
    /// Fixed: cannot be changed.
    pub code: Option<CertificationStatus>,
    pub name: String,
}
