//! Entity types as they come in and go out.

use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::EntityTypeRow;
use crate::registration_number::RegistrationNumberKind;
use crate::resource::table::{AuditView, RecordView};

/// An entity type 机构类型.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityTypeView {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub registration_number_kind: RegistrationNumberKind,
    #[serde(flatten)]
    pub audit: AuditView,
    #[serde(flatten)]
    pub record: RecordView,
}

impl EntityTypeView {
    pub fn of(row: &EntityTypeRow, zone: Tz) -> Self {
        Self {
            id: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            registration_number_kind: row.kind(),
            audit: row.audit_view(zone),
            record: row.record_view(zone),
        }
    }
}

/// `PUT /pe/pe-types`
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SaveEntityType {
    /// Null or absent: a new one.
    pub id: Option<i64>,
    /// The version that was read; like `If-Match`.
    pub version: Option<i64>,
    /// Unique; the name when absent.
    pub code: Option<String>,
    pub name: String,
    pub registration_number_kind: RegistrationNumberKind,
}
