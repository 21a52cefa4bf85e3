//! Entities as they come in and go out.

use serde::Serialize;
use shared_model::permission::Permission;
use utoipa::ToSchema;

use super::EntityRow;
use crate::resource::Actor;
use crate::resource::table::{AuditView, RecordView};

/// A public entity 机构.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityView {
    pub id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    pub type_id: i64,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    pub registration_number: String,
    pub license_photos: Vec<String>,
    pub admin_name: String,
    /// Masked (`138****0000`) for a reader who is neither the owner nor holds `PE_Pii_Read`.
    pub admin_mobile: String,
    pub owner_id: String,
    #[serde(flatten)]
    pub audit: AuditView,
    #[serde(flatten)]
    pub record: RecordView,
}

/// What everybody may see of an approved entity.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityFace {
    pub id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    pub type_id: i64,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
}

impl EntityView {
    /// All of it.
    pub fn full(row: &EntityRow, actor: &Actor) -> Self {
        Self {
            id: row.id,
            logo_url: row.logo_url.clone(),
            type_id: row.type_id,
            name: row.name.clone(),
            short_name: row.short_name.clone(),
            registration_number: row.registration_number.clone(),
            license_photos: row.license_photos.0.clone(),
            admin_name: row.admin_name.clone(),
            admin_mobile: row.admin_mobile.clone(),
            owner_id: row.owner_id.clone(),
            audit: row.audit_view(actor.zone),
            record: row.record_view(actor.zone),
        }
    }

    /// As this reader may see it.
    pub fn of(row: &EntityRow, actor: &Actor) -> Self {
        let view = Self::full(row, actor);
        let knows = actor.is(&row.owner_id)
            || actor.may(Permission::PePiiRead)
            || actor.caller.claims.mobile == row.admin_mobile;
        if knows { view } else { Self { admin_mobile: masked(&row.admin_mobile), ..view } }
    }
}

impl EntityFace {
    pub fn of(row: &EntityRow) -> Self {
        Self {
            id: row.id,
            logo_url: row.logo_url.clone(),
            type_id: row.type_id,
            name: row.name.clone(),
            short_name: row.short_name.clone(),
        }
    }
}

/// `138****0000`; of anything that is no mobile number nothing is shown.
fn masked(mobile: &str) -> String {
    match (mobile.get(..3), mobile.get(7..)) {
        (Some(head), Some(tail)) if mobile.len() == 11 => format!("{head}****{tail}"),
        _ if mobile.is_empty() => String::new(),
        _ => "****".to_owned(),
    }
}

/// `PUT /pe/public-entities`
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SaveEntity {
    /// Null or absent: a new one.
    pub id: Option<i64>,
    /// The version that was read; like `If-Match`.
    pub version: Option<i64>,
    pub logo_url: Option<String>,
    pub type_id: i64,
    pub name: String,
    pub short_name: Option<String>,
    /// Checked by the type's `registrationNumberKind`.
    pub registration_number: String,
    /// 1 to 10; https or an own upload (`/pe/files/{id}`).
    pub license_photos: Vec<String>,
    /// The registrant's own name when absent.
    pub admin_name: Option<String>,
    /// The registrant's own number when absent.
    pub admin_mobile: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_masked_number_keeps_its_ends_and_anything_else_shows_nothing() {
        assert_eq!(masked("13800000010"), "138****0010");
        assert_eq!((masked("0571-1234"), masked("")), ("****".to_owned(), String::new()));
    }
}
