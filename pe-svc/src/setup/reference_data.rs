//! The reference data a desk begins with: entity types, certification types, the four statuses. Laid once; what is there
//! already, under its code, stays as the desk has made it.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use shared_model::local_time;
use shared_model::server::database::Connection;
use utoipa::ToSchema;

use crate::certification::state::CertificationStatus;
use crate::registration_number::RegistrationNumberKind;
use crate::review::verdict::AuditStatus;
use crate::schema::{certification_status, certification_type, entity_type};

/// Who laid it.
const CREATOR: &str = "system";

const ENTITY_TYPES: [(&str, &str, RegistrationNumberKind); 3] = [
    ("enterprise", "企业", RegistrationNumberKind::Uscc),
    ("organization", "组织", RegistrationNumberKind::OrganizationCode),
    ("individual", "个体", RegistrationNumberKind::Free),
];

/// Code, name, days of validity, days of review, required materials.
const CERTIFICATION_TYPES: [(&str, &str, i32, i32, &[&str]); 6] = [
    ("first", "首次申请认证", 365, 90, &["营业执照"]),
    ("2026", "2026年审核", 365, 90, &["年度报告"]),
    ("2027", "2027年审核", 365, 90, &["年度报告"]),
    ("member", "会员认证", 365, 60, &["会员申请表"]),
    ("gold", "金牌", 730, 90, &["营业执照", "近一年业务说明"]),
    ("silver", "银牌", 730, 90, &["营业执照"]),
];

/// How many records were laid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Seeded {
    pub entity_types: usize,
    pub certification_types: usize,
    pub certification_statuses: usize,
}

/// Lays what is missing. To be run in a transaction.
pub fn lay_reference_data(conn: &mut Connection) -> QueryResult<Seeded> {
    let now = local_time::now().naive_utc();
    let mut seeded = Seeded::default();
    for (code, name, kind) in ENTITY_TYPES {
        seeded.entity_types += lay_entity_type(conn, code, name, kind, now)?;
    }
    for (code, name, validity, window, materials) in CERTIFICATION_TYPES {
        seeded.certification_types += lay_certification_type(conn, (code, name, validity, window, materials), now)?;
    }
    for status in CertificationStatus::ALL {
        seeded.certification_statuses += lay_status(conn, status, now)?;
    }
    Ok(seeded)
}

fn lay_entity_type(
    conn: &mut Connection,
    code: &str,
    name: &str,
    kind: RegistrationNumberKind,
    now: NaiveDateTime,
) -> QueryResult<usize> {
    let known = entity_type::table.filter(entity_type::deleted_at.is_null()).filter(entity_type::code.eq(code));
    if diesel::select(diesel::dsl::exists(known)).get_result(conn)? {
        return Ok(0);
    }
    diesel::insert_into(entity_type::table)
        .values((
            entity_type::code.eq(code),
            entity_type::name.eq(name),
            entity_type::registration_number_kind.eq(kind.code()),
            entity_type::audit_status.eq(AuditStatus::Approved.code()),
            entity_type::created_by.eq(CREATOR),
            entity_type::created_at.eq(now),
            entity_type::updated_at.eq(now),
            entity_type::version.eq(1_i64),
        ))
        .execute(conn)
}

fn lay_certification_type(
    conn: &mut Connection,
    (code, name, validity, window, materials): (&str, &str, i32, i32, &[&str]),
    now: NaiveDateTime,
) -> QueryResult<usize> {
    let known = certification_type::table
        .filter(certification_type::deleted_at.is_null())
        .filter(certification_type::code.eq(code));
    if diesel::select(diesel::dsl::exists(known)).get_result(conn)? {
        return Ok(0);
    }
    diesel::insert_into(certification_type::table)
        .values((
            certification_type::code.eq(code),
            certification_type::name.eq(name),
            certification_type::validity_days.eq(validity),
            certification_type::review_window_days.eq(Some(window)),
            certification_type::required_materials.eq(serde_json::json!(materials).to_string()),
            certification_type::audit_status.eq(AuditStatus::Approved.code()),
            certification_type::created_by.eq(CREATOR),
            certification_type::created_at.eq(now),
            certification_type::updated_at.eq(now),
            certification_type::version.eq(1_i64),
        ))
        .execute(conn)
}

fn lay_status(conn: &mut Connection, status: CertificationStatus, now: NaiveDateTime) -> QueryResult<usize> {
    let known = certification_status::table
        .filter(certification_status::deleted_at.is_null())
        .filter(certification_status::code.eq(status.code()));
    if diesel::select(diesel::dsl::exists(known)).get_result(conn)? {
        return Ok(0);
    }
    diesel::insert_into(certification_status::table)
        .values((
            certification_status::code.eq(status.code()),
            certification_status::name.eq(status.name()),
            certification_status::audit_status.eq(AuditStatus::Approved.code()),
            certification_status::created_by.eq(CREATOR),
            certification_status::created_at.eq(now),
            certification_status::updated_at.eq(now),
            certification_status::version.eq(1_i64),
        ))
        .execute(conn)
}
