//! The table of certification types.

use diesel::prelude::*;
use shared_model::server::database::{Connection, JsonText};

use crate::resource::{Actor, ListFilter, Reach};
use crate::schema::{certification, certification_type};

crate::audited_row! {
    /// A certification type as it is stored.
    pub struct CertificationTypeRow {
        pub code: String,
        pub name: String,
        pub validity_days: i32,
        pub review_window_days: Option<i32>,
        pub required_materials: JsonText<Vec<String>>,
    }
}

crate::audited_queries!(certification_type, CertificationTypeRow, name, name);

impl CertificationTypeRow {
    /// Days from the first submission to the end of the review: the validity's unless the type says otherwise.
    pub fn review_window(&self) -> i32 {
        self.review_window_days.unwrap_or(self.validity_days)
    }
}

/// What a caller says of a certification type.
#[derive(Clone, Debug)]
pub struct CertificationTypeContent {
    pub code: String,
    pub name: String,
    pub validity_days: i32,
    pub review_window_days: Option<i32>,
    pub required_materials: Vec<String>,
}

impl CertificationTypeContent {
    fn materials_text(&self) -> String {
        serde_json::json!(self.required_materials).to_string()
    }
}

pub fn page(
    conn: &mut Connection,
    actor: &Actor,
    reach: Reach,
    filter: &ListFilter,
) -> QueryResult<(Vec<CertificationTypeRow>, i64)> {
    page_of(conn, filter, None, || match reach {
        Reach::All => living(filter),
        Reach::Mine => living(filter).filter(certification_type::created_by.eq(actor.id().to_owned())),
    })
}

pub fn insert(
    conn: &mut Connection,
    content: &CertificationTypeContent,
    creator: &str,
    actor: &Actor,
) -> QueryResult<i64> {
    let now = actor.stored_now();
    diesel::insert_into(certification_type::table)
        .values((
            certification_type::code.eq(&content.code),
            certification_type::name.eq(&content.name),
            certification_type::validity_days.eq(content.validity_days),
            certification_type::review_window_days.eq(content.review_window_days),
            certification_type::required_materials.eq(content.materials_text()),
            certification_type::audit_status.eq("pending"),
            certification_type::created_by.eq(creator),
            certification_type::created_at.eq(now),
            certification_type::updated_at.eq(now),
            certification_type::version.eq(1_i64),
        ))
        .returning(certification_type::id)
        .get_result(conn)
}

/// Replaces the content of the version that was read. Certifications under way keep the days they began with.
pub fn replace(
    conn: &mut Connection,
    row: &CertificationTypeRow,
    content: &CertificationTypeContent,
    audit_status: &str,
    actor: &Actor,
) -> QueryResult<usize> {
    diesel::update(certification_type::table.find(row.id).filter(certification_type::version.eq(row.version)))
        .set((
            certification_type::code.eq(&content.code),
            certification_type::name.eq(&content.name),
            certification_type::validity_days.eq(content.validity_days),
            certification_type::review_window_days.eq(content.review_window_days),
            certification_type::required_materials.eq(content.materials_text()),
            certification_type::audit_status.eq(audit_status),
            certification_type::updated_at.eq(actor.stored_now()),
            certification_type::version.eq(row.version + 1),
        ))
        .execute(conn)
}

/// The types of these ids, deleted ones too: a certification outlives the offer it was made under.
pub fn list_by_ids(conn: &mut Connection, ids: Vec<i64>) -> QueryResult<Vec<CertificationTypeRow>> {
    certification_type::table.filter(certification_type::id.eq_any(ids)).load(conn)
}

/// Whether living certifications are of this type, or (None) of any.
pub fn is_used(conn: &mut Connection, id: Option<i64>) -> QueryResult<bool> {
    let certifications = certification::table.filter(certification::deleted_at.is_null());
    match id {
        Some(id) => {
            diesel::select(diesel::dsl::exists(certifications.filter(certification::type_id.eq(id)))).get_result(conn)
        }
        None => diesel::select(diesel::dsl::exists(certifications)).get_result(conn),
    }
}
