//! Certification types as they come in and go out.

use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::CertificationTypeRow;
use crate::resource::table::{AuditView, RecordView};

/// A certification type 认证类型.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificationTypeView {
    pub id: i64,
    pub code: String,
    pub name: String,
    /// Days a passed certification holds.
    pub validity_days: i32,
    /// Days from the first submission within which it has to pass.
    pub review_window_days: i32,
    pub required_materials: Vec<String>,
    #[serde(flatten)]
    pub audit: AuditView,
    #[serde(flatten)]
    pub record: RecordView,
}

impl CertificationTypeView {
    pub fn of(row: &CertificationTypeRow, zone: Tz) -> Self {
        Self {
            id: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            validity_days: row.validity_days,
            review_window_days: row.review_window(),
            required_materials: row.required_materials.0.clone(),
            audit: row.audit_view(zone),
            record: row.record_view(zone),
        }
    }
}

/// `PUT /pe/authentication-types`
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SaveCertificationType {
    /// Null or absent: a new one.
    pub id: Option<i64>,
    /// The version that was read; like `If-Match`.
    pub version: Option<i64>,
    /// Unique; the name when absent.
    pub code: Option<String>,
    pub name: String,
    /// 1 to 36500 days.
    pub validity_days: i32,
    /// 1 to 36500 days; `validityDays` when absent.
    pub review_window_days: Option<i32>,
    /// Names of the materials without which an application cannot be submitted; at most 20.
    pub required_materials: Option<Vec<String>>,
}
