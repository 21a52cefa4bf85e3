//! Members as they come in and go out.

use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::MemberRow;
use crate::resource::table::{AuditView, RecordView};

/// A member 成员 of an entity.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberView {
    pub id: i64,
    /// The account.
    pub u_id: String,
    /// The entity.
    pub pe_id: i64,
    /// What the member is called in the entity.
    pub u_name: String,
    /// The entity's owner.
    pub owner_id: String,
    #[serde(flatten)]
    pub audit: AuditView,
    #[serde(flatten)]
    pub record: RecordView,
}

impl MemberView {
    pub fn of(row: &MemberRow, zone: Tz) -> Self {
        Self {
            id: row.id,
            u_id: row.u_id.clone(),
            pe_id: row.pe_id,
            u_name: row.u_name.clone(),
            owner_id: row.owner_id.clone(),
            audit: row.audit_view(zone),
            record: row.record_view(zone),
        }
    }
}

/// `PUT /pe/pe-members`
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SaveMember {
    /// Null or absent: a new one.
    pub id: Option<i64>,
    /// The version that was read; like `If-Match`.
    pub version: Option<i64>,
    pub pe_id: i64,
    /// The account; or give `mobile`.
    pub u_id: Option<String>,
    /// The account's mobile number, when its id is not known.
    pub mobile: Option<String>,
    /// The account's own name when absent.
    pub u_name: Option<String>,
}
