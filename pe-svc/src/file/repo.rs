//! The tables of uploads and of the records they belong to.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_model::ids::FileId;
use shared_model::server::database::Connection;

use super::rules::FileUrl;
use crate::resource::ResourceName;
use crate::schema::{file_use, uploaded_file};

/// An upload as it is stored.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = uploaded_file)]
pub struct FileRow {
    pub id: String,
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub uploaded_by: String,
    pub uploaded_at: NaiveDateTime,
}

/// A record an upload belongs to.
#[derive(Clone, Debug, Queryable)]
pub struct FileUse {
    pub resource: String,
    pub record_id: i64,
    /// Whether it is part of what everybody may see of the record.
    pub public: bool,
}

pub fn insert(conn: &mut Connection, row: &FileRow) -> QueryResult<usize> {
    diesel::insert_into(uploaded_file::table).values(row).execute(conn)
}

pub fn find(conn: &mut Connection, id: &str) -> QueryResult<Option<FileRow>> {
    uploaded_file::table.find(id).first(conn).optional()
}

pub fn list_uses(conn: &mut Connection, id: &str) -> QueryResult<Vec<FileUse>> {
    file_use::table
        .filter(file_use::file_id.eq(id))
        .select((file_use::resource, file_use::record_id, file_use::public))
        .load(conn)
}

/// Forgets the uploads from before that moment that no record names.
pub fn delete_unused(conn: &mut Connection, before: NaiveDateTime) -> QueryResult<usize> {
    // A record that takes one of them at this moment has a row that refers to it: then nothing is deleted, and the next
    // look finds it used.
    diesel::delete(uploaded_file::table)
        .filter(uploaded_file::uploaded_at.lt(before))
        .filter(uploaded_file::id.ne_all(file_use::table.select(file_use::file_id)))
        .execute(conn)
}

/// Of the ids, those of uploads.
pub fn list_known(conn: &mut Connection, ids: &[FileId]) -> QueryResult<Vec<FileId>> {
    let ids: Vec<&str> = ids.iter().map(FileId::as_str).collect();
    let known: Vec<String> =
        uploaded_file::table.filter(uploaded_file::id.eq_any(ids)).select(uploaded_file::id).load(conn)?;
    Ok(known.into_iter().map(FileId).collect())
}

/// Whether the upload belongs to this record already.
pub fn belongs_to(conn: &mut Connection, id: &str, resource: ResourceName, record: Option<i64>) -> QueryResult<bool> {
    let Some(record) = record else { return Ok(false) };
    let used = file_use::table.find((id, resource.segment(), record));
    diesel::select(diesel::dsl::exists(used)).get_result(conn)
}

/// Makes the uploads among these URLs, and only them, belong to the record. A URL comes with whether everybody may see it.
pub fn replace_uses<'a>(
    conn: &mut Connection,
    resource: ResourceName,
    record: i64,
    urls: impl Iterator<Item = (&'a str, bool)>,
) -> QueryResult<()> {
    let of_record =
        file_use::table.filter(file_use::resource.eq(resource.segment())).filter(file_use::record_id.eq(record));
    diesel::delete(of_record).execute(conn)?;
    let mut kept: Vec<(&str, bool)> = Vec::new();
    for (url, public) in urls {
        let Some(FileUrl::Upload(id)) = FileUrl::parse(url) else { continue };
        match kept.iter_mut().find(|(known, _)| *known == id) {
            Some((_, open)) => *open |= public,
            None => kept.push((id, public)),
        }
    }
    for (id, public) in kept {
        diesel::insert_into(file_use::table)
            .values((
                file_use::file_id.eq(id),
                file_use::resource.eq(resource.segment()),
                file_use::record_id.eq(record),
                file_use::public.eq(public),
            ))
            .execute(conn)?;
    }
    Ok(())
}
