//! `log_file_resource`: the uploaded files, who uploaded them, and which orders hold them.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use shared_model::ids::{FileId, OrderId, UserId};
use shared_model::server::database::{Connection, StoreError};

use crate::order::model::{Attachment, AttachmentKind};
use crate::order::row::corrupt;
use crate::order::state::OrderState;
use crate::schema::{log_file_resource, work_order, work_order_file};

/// A file with who uploaded it.
#[derive(Clone, Debug)]
pub struct StoredFile {
    pub attachment: Attachment,
    pub sha256: String,
    pub uploaded_by: UserId,
}

pub fn insert(conn: &mut Connection, file: &StoredFile, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::insert_into(log_file_resource::table)
        .values((
            log_file_resource::file_id.eq(file.attachment.file_id.as_str()),
            log_file_resource::name.eq(&file.attachment.name),
            log_file_resource::size.eq(file.attachment.size),
            log_file_resource::content_type.eq(&file.attachment.content_type),
            log_file_resource::sha256.eq(&file.sha256),
            log_file_resource::kind.eq(file.attachment.kind.code()),
            log_file_resource::uploaded_by.eq(file.uploaded_by.as_str()),
            log_file_resource::created_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

type FileColumns = (String, String, i64, String, String, String, String);

pub fn find(conn: &mut Connection, id: &FileId) -> Result<Option<StoredFile>, StoreError> {
    let found: Option<FileColumns> = log_file_resource::table
        .find(id.as_str())
        .select((
            log_file_resource::file_id,
            log_file_resource::name,
            log_file_resource::size,
            log_file_resource::content_type,
            log_file_resource::sha256,
            log_file_resource::kind,
            log_file_resource::uploaded_by,
        ))
        .first(conn)
        .optional()?;
    let Some((file_id, name, size, content_type, sha256, kind, uploaded_by)) = found else { return Ok(None) };
    let kind = AttachmentKind::from_code(&kind).ok_or_else(|| corrupt("log_file_resource.kind", &kind))?;
    Ok(Some(StoredFile {
        attachment: Attachment { file_id: FileId(file_id), name, size, content_type, kind },
        sha256,
        uploaded_by: UserId(uploaded_by),
    }))
}

/// The orders that hold a file, with where each stands.
pub fn holders(conn: &mut Connection, id: &FileId) -> Result<Vec<(OrderId, OrderState)>, StoreError> {
    let rows: Vec<(i64, String)> = work_order_file::table
        .inner_join(work_order::table.on(work_order::id.eq(work_order_file::order_id)))
        .filter(work_order_file::file_id.eq(id.as_str()))
        .order(work_order::id)
        .select((work_order::id, work_order::status))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, status)| {
            let state = OrderState::from_code(&status).ok_or_else(|| corrupt("status", &status))?;
            Ok((OrderId(id), state))
        })
        .collect()
}

/// Of the ids, those of files that the person uploaded or that the order holds already.
pub fn list_usable(
    conn: &mut Connection,
    ids: &[FileId],
    person: &UserId,
    order: Option<OrderId>,
) -> Result<Vec<FileId>, StoreError> {
    let ids: Vec<&str> = ids.iter().map(FileId::as_str).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let held: Vec<String> = match order {
        Some(order) => work_order_file::table
            .filter(work_order_file::order_id.eq(order.0))
            .select(work_order_file::file_id)
            .load(conn)?,
        None => Vec::new(),
    };
    let rows: Vec<(String, String)> = log_file_resource::table
        .filter(log_file_resource::file_id.eq_any(ids))
        .select((log_file_resource::file_id, log_file_resource::uploaded_by))
        .load(conn)?;
    let usable = rows.into_iter().filter(|(id, by)| by == person.as_str() || held.contains(id));
    Ok(usable.map(|(id, _)| FileId(id)).collect())
}

/// Keeps the files from being deleted before this transaction has taken them.
pub fn hold(conn: &mut Connection, ids: &[FileId]) -> Result<(), StoreError> {
    let ids: Vec<&str> = ids.iter().map(FileId::as_str).collect();
    if let Connection::Postgres(pg) = conn {
        log_file_resource::table
            .filter(log_file_resource::file_id.eq_any(ids))
            .order(log_file_resource::file_id)
            .select(log_file_resource::file_id)
            .for_key_share()
            .load::<String>(pg)?;
    }
    Ok(())
}

/// Forgets the files from before that moment that no order holds.
pub fn delete_unused(conn: &mut Connection, before: DateTime<Utc>) -> Result<usize, StoreError> {
    // An order that takes one of them at this moment has a row that refers to it: then nothing is deleted, and the next
    // look finds it held.
    let held = work_order_file::table.filter(work_order_file::file_id.eq(log_file_resource::file_id));
    let deleted = diesel::delete(log_file_resource::table)
        .filter(log_file_resource::created_at.lt(before.naive_utc()))
        .filter(not(exists(held)))
        .execute(conn)?;
    Ok(deleted)
}

/// Of the ids, those of files.
pub fn list_known(conn: &mut Connection, ids: &[FileId]) -> Result<Vec<FileId>, StoreError> {
    let ids: Vec<&str> = ids.iter().map(FileId::as_str).collect();
    let known: Vec<String> = log_file_resource::table
        .filter(log_file_resource::file_id.eq_any(ids))
        .select(log_file_resource::file_id)
        .load(conn)?;
    Ok(known.into_iter().map(FileId).collect())
}

/// Takes the file for deletion: whoever wants to hold it waits until this transaction is over.
pub fn lock(conn: &mut Connection, id: &FileId) -> Result<(), StoreError> {
    if let Connection::Postgres(pg) = conn {
        let row = log_file_resource::table.find(id.as_str()).select(log_file_resource::file_id);
        row.for_update().first::<String>(pg).optional()?;
    }
    Ok(())
}

/// Deletes the record, and takes the file from the orders that hold it.
pub fn delete(conn: &mut Connection, id: &FileId) -> Result<(), StoreError> {
    diesel::delete(work_order_file::table.filter(work_order_file::file_id.eq(id.as_str()))).execute(conn)?;
    diesel::delete(log_file_resource::table.find(id.as_str())).execute(conn)?;
    Ok(())
}
