//! `GET /workorder/file/{fileId}`: a file for whoever uploaded it or may see an order that holds it. Always a download,
//! never shown in place.

use actix_web::http::header::{self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue};
use actix_web::{HttpResponse, HttpResponseBuilder, web};
use shared_model::ids::FileId;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;

use crate::attachment::repo::{self, StoredFile};
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::rules::{Viewer, is_visible};
use crate::order::{participant, repo as orders};

/// 下载附件 / Download an attachment
#[utoipa::path(
    get,
    path = "/workorder/file/{fileId}",
    tag = "附件 Attachments",
    params(("fileId" = String, Path, description = "文件编号 / file id")),
    responses(
        (status = 200, description = "文件内容 / the file", content_type = "application/octet-stream"),
        (status = 404, description = "没有此文件，或不可见 / no such file, or not visible"),
    )
)]
pub async fn download(
    desk: web::Data<Desk>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, ServiceError> {
    let (id, viewer, now) = (FileId(id.into_inner()), Viewer::from(&caller), desk.clock.now());
    let file = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            get_visible(conn, &id, &viewer)
        })
        .await?;
    let bytes = match desk.files.open(&file.attachment.file_id).await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(ServiceError::not_found()),
        opened => opened?,
    };
    Ok(as_download(&file.attachment.name, &file.attachment.content_type)
        .insert_header((header::CONTENT_LENGTH, file.attachment.size))
        .streaming(bytes))
}

/// An answer that is a file: never shown in place, never kept by caches.
pub fn as_download(name: &str, content_type: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(content_type)
        .insert_header(disposition(name))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"));
    answer
}

fn get_visible(conn: &mut Connection, id: &FileId, viewer: &Viewer) -> Result<StoredFile, ServiceError> {
    let file = repo::find(conn, id)?.ok_or_else(ServiceError::not_found)?;
    if file.uploaded_by == viewer.id {
        return Ok(file);
    }
    let holders = repo::holders(conn, id)?;
    if viewer.sees_all() && !holders.is_empty() {
        return Ok(file);
    }
    for (order, _) in holders {
        if participant::takes_part(conn, order, &viewer.id)? {
            return Ok(file);
        }
        if !viewer.stands_in_for.is_empty() && orders::find(conn, order)?.is_some_and(|o| is_visible(&o, viewer)) {
            return Ok(file);
        }
    }
    Err(ServiceError::not_found())
}

/// `attachment`, with the name in ASCII for old readers and in UTF-8 for all others (RFC 6266).
fn disposition(name: &str) -> ContentDisposition {
    let ascii: String = name.chars().map(|c| if c.is_ascii() && !matches!(c, '"' | '\\') { c } else { '_' }).collect();
    let extended = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.as_bytes().to_vec(),
    };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(ascii), DispositionParam::FilenameExt(extended)],
    }
}
