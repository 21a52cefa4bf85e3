//! `POST /pe/files`: takes one file, streamed to disk, judged by its own first bytes.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::web::Data;
use futures_util::TryStreamExt;
use serde::Serialize;
use serde_json::json;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use shared_model::text::Text;
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

use super::repo::{self, FileRow};
use super::rules::{self, PREFIX};
use super::store::Incoming;
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::resource::Actor;

/// Enough of a file to tell what it is.
const SNIFFED: usize = 8192;

/// The answer to an upload.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadedFile {
    pub id: String,
    /// What records point to it by: `/pe/files/{id}`.
    pub url: String,
    pub name: String,
    pub content_type: String,
    /// Bytes.
    pub size: i64,
}

/// One file in a multipart field.
#[derive(ToSchema)]
pub struct UploadForm {
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    pub file: Vec<u8>,
}

#[utoipa::path(
    post, path = "/pe/files", tag = "机构文件 Files", operation_id = "pe_uploadFile",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "上传成功 Stored", body = UploadedFile),
        (status = 413, description = "文件过大 Too large"),
        (status = 422, description = "缺少文件或类型不支持 `file.required`, `file.type_refused`"),
    ),
)]
pub async fn upload(desk: Data<Desk>, caller: Caller, mut form: Multipart) -> Result<Answer, Problem> {
    let actor = desk.actor(caller);
    let field = loop {
        match form.try_next().await.map_err(malformed)? {
            Some(field) if field.content_disposition().is_some_and(|d| d.get_filename().is_some()) => break field,
            Some(_) => {}
            None => return Err(Problem::new(&codes::FILE_REQUIRED)),
        }
    };
    let name = field.content_disposition().and_then(|d| d.get_filename()).map(rules::clean_name).unwrap_or_default();
    let mut incoming = desk.files.receive().await.map_err(|error| disk_fault(&error))?;
    let (size, content_type) = match receive(field, &mut incoming, desk.upload_limit).await {
        Ok(received) => received,
        Err(problem) => {
            incoming.discard().await;
            return Err(problem);
        }
    };
    let row = FileRow {
        id: incoming.id.clone(),
        name,
        content_type: content_type.to_owned(),
        size,
        uploaded_by: actor.id().to_owned(),
        uploaded_at: actor.stored_now(),
    };
    // The file before the row: a row always has its file.
    incoming.keep().await.map_err(|error| disk_fault(&error))?;
    record(&desk, actor, row).await
}

async fn record(desk: &Desk, actor: Actor, row: FileRow) -> Result<Answer, Problem> {
    let answer = UploadedFile {
        url: format!("{PREFIX}{}", row.id),
        id: row.id.clone(),
        name: row.name.clone(),
        content_type: row.content_type.clone(),
        size: row.size,
    };
    let entry = Entry {
        actor_id: actor.id().to_owned(),
        actor_name: actor.name().to_owned(),
        action: Action::Upload,
        resource: "files",
        record_id: Some(row.id.clone()),
        before: None,
        after: Some(json!(answer)),
    };
    desk.db
        .write(move |conn| {
            repo::insert(conn, &row)?;
            audit_log::append(conn, &entry, actor.now)?;
            Ok::<_, ServiceError>(())
        })
        .await?;
    Ok(Answer::created(&answer))
}

/// Writes the field to disk while it arrives; never more than the limit, never all of it in memory.
async fn receive(mut field: Field, incoming: &mut Incoming, limit: usize) -> Result<(i64, &'static str), Problem> {
    let mut head = Vec::with_capacity(SNIFFED);
    let mut size = 0_usize;
    while let Some(chunk) = field.try_next().await.map_err(malformed)? {
        size += chunk.len();
        if size > limit {
            return Err(shared_model::server::body::too_large(limit));
        }
        let missing = SNIFFED - head.len();
        head.extend_from_slice(chunk.get(..missing.min(chunk.len())).unwrap_or_default());
        incoming.file.write_all(&chunk).await.map_err(|error| disk_fault(&error))?;
    }
    if size == 0 {
        return Err(Problem::new(&codes::FILE_REQUIRED).detail(Text::fixed("文件是空的", "the file is empty")));
    }
    let content_type = rules::accepted_type(&head).ok_or_else(|| {
        let detail = Text::fixed("支持图片、PDF、Word 和 Excel 文件", "pictures, PDF, Word and Excel files are taken");
        Problem::new(&codes::FILE_TYPE_REFUSED).detail(detail)
    })?;
    Ok((i64::try_from(size).unwrap_or(i64::MAX), content_type))
}

fn malformed(error: MultipartError) -> Problem {
    let other_type = matches!(
        error,
        MultipartError::ContentTypeMissing | MultipartError::ContentTypeParse | MultipartError::ContentTypeIncompatible
    );
    if other_type {
        return Problem::new(&codes::UNSUPPORTED_MEDIA_TYPE)
            .detail(Text::fixed("请以 multipart/form-data 发送", "send multipart/form-data"));
    }
    let why = error.to_string();
    Problem::new(&codes::REQUEST_MALFORMED).detail(Text::new(format!("上传内容无法解析：{why}"), why))
}

fn disk_fault(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "an upload cannot be stored");
    Problem::new(&codes::SERVICE_UNAVAILABLE)
        .detail(Text::fixed("文件暂时无法保存，请稍后重试", "the file cannot be stored at the moment"))
        .retry_after(5)
}
