//! The table of certification statuses.

use diesel::prelude::*;
use shared_model::server::database::Connection;

use crate::resource::{Actor, ListFilter, Reach};
use crate::schema::{certification, certification_status};

crate::audited_row! {
    /// A certification status as it is stored.
    pub struct CertificationStatusRow {
        pub code: String,
        pub name: String,
    }
}

crate::audited_queries!(certification_status, CertificationStatusRow, name, name);

pub fn page(
    conn: &mut Connection,
    actor: &Actor,
    reach: Reach,
    filter: &ListFilter,
) -> QueryResult<(Vec<CertificationStatusRow>, i64)> {
    page_of(conn, filter, None, || match reach {
        Reach::All => living(filter),
        Reach::Mine => living(filter).filter(certification_status::created_by.eq(actor.id().to_owned())),
    })
}

pub fn insert(conn: &mut Connection, code: &str, name: &str, creator: &str, actor: &Actor) -> QueryResult<i64> {
    let now = actor.stored_now();
    diesel::insert_into(certification_status::table)
        .values((
            certification_status::code.eq(code),
            certification_status::name.eq(name),
            certification_status::audit_status.eq("pending"),
            certification_status::created_by.eq(creator),
            certification_status::created_at.eq(now),
            certification_status::updated_at.eq(now),
            certification_status::version.eq(1_i64),
        ))
        .returning(certification_status::id)
        .get_result(conn)
}

/// Renames the version that was read.
pub fn rename(
    conn: &mut Connection,
    row: &CertificationStatusRow,
    name: &str,
    audit_status: &str,
    actor: &Actor,
) -> QueryResult<usize> {
    let read = certification_status::table.find(row.id).filter(certification_status::version.eq(row.version));
    diesel::update(read)
        .set((
            certification_status::name.eq(name),
            certification_status::audit_status.eq(audit_status),
            certification_status::updated_at.eq(actor.stored_now()),
            certification_status::version.eq(row.version + 1),
        ))
        .execute(conn)
}

/// The names of the living statuses by their codes.
pub fn names(conn: &mut Connection) -> QueryResult<Vec<(String, String)>> {
    certification_status::table
        .filter(certification_status::deleted_at.is_null())
        .select((certification_status::code, certification_status::name))
        .load(conn)
}

/// Whether living certifications have the status of that id, or (None) any.
pub fn is_used(conn: &mut Connection, id: Option<i64>) -> QueryResult<bool> {
    let certifications = certification::table.filter(certification::deleted_at.is_null());
    let Some(id) = id else { return diesel::select(diesel::dsl::exists(certifications)).get_result(conn) };
    let code: Option<String> =
        certification_status::table.find(id).select(certification_status::code).first(conn).optional()?;
    let Some(code) = code else { return Ok(false) };
    diesel::select(diesel::dsl::exists(certifications.filter(certification::status.eq(code)))).get_result(conn)
}
