//! `GET /pe/files/{id}`: for who uploaded it, or may read a record it belongs to; to all others it does not exist.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use shared_model::ids::FileId;
use shared_model::problem::{Problem, codes};
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;

use super::repo::{self, FileRow};
use super::rules;
use crate::desk::Desk;
use crate::error::{ServiceError, not_found};
use crate::resource::{Actor, ResourceName};
use crate::routes;

#[utoipa::path(
    get, path = "/pe/files/{id}", tag = "机构文件 Files", operation_id = "pe_downloadFile",
    params(("id" = String, Path, description = "文件编号 The upload's id")),
    responses(
        (status = 200, description = "文件内容 The file", content_type = "application/octet-stream"),
        (status = 404, description = "不存在或无权查看 Unknown, or not for this caller"),
    ),
)]
pub async fn download(desk: Data<Desk>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let actor = desk.actor(caller);
    let id = id.into_inner();
    let row = desk.db.read(move |conn| open_to(conn, &actor, &id)).await?;
    let content = desk.files.open(&FileId::from(row.id.as_str())).await.map_err(|error| {
        tracing::error!(%error, id = row.id, "an upload has gone");
        Problem::new(&codes::INTERNAL)
    })?;
    let placement = if rules::shown_inline(&row.content_type) { "inline" } else { "attachment" };
    let mut name = String::new();
    url::form_urlencoded::byte_serialize(row.name.as_bytes()).for_each(|part| name.push_str(part));
    // RFC 8187 knows no plus sign for a blank.
    let disposition = format!("{placement}; filename*=UTF-8''{}", name.replace('+', "%20"));
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, row.content_type))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .no_chunking(u64::try_from(row.size).unwrap_or_default())
        .streaming(content))
}

fn open_to(conn: &mut Connection, actor: &Actor, id: &str) -> Result<FileRow, ServiceError> {
    let row = repo::find(conn, id)?.ok_or_else(not_found)?;
    if actor.is(&row.uploaded_by) {
        return Ok(row);
    }
    for belongs in repo::list_uses(conn, id)? {
        let Some(name) = ResourceName::from_segment(&belongs.resource) else { continue };
        let reads = [name.read_by_id(), name.read_all(), name.audit()].iter().any(|needed| actor.may(*needed));
        if !reads {
            continue;
        }
        let found = routes::resource(name).find(conn, actor, belongs.record_id)?;
        // Who sees only the face of an entity sees only what is part of it.
        if found.is_some_and(|found| found.visible && (belongs.public || found.whole)) {
            return Ok(row);
        }
    }
    Err(not_found())
}
