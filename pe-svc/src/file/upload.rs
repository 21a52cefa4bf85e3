//! `POST /pe/files`: takes one file, streamed to disk, judged by its own first bytes.

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Serialize;
use serde_json::json;
use shared_model::ids::FileId;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::attachment::receive::{NotReceived, Taken, receive};
use shared_model::server::attachment::spool::{Spool, new_file_id};
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::{Ticket, TicketHead, once};
use shared_model::text::Text;
use utoipa::ToSchema;

use super::repo::{self, FileRow};
use super::rules::{self, PREFIX};
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::resource::Actor;

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
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "上传成功 Stored", body = UploadedFile),
        (status = 413, description = "文件过大 Too large"),
        (status = 422, description = "缺少文件或类型不支持 `file.required`, `file.type_refused`, `file.archive_refused`"),
    ),
)]
pub async fn upload(
    desk: Data<Desk>,
    caller: Caller,
    request: HttpRequest,
    ticket: TicketHead,
    form: Multipart,
) -> Result<Answer, Problem> {
    let actor = desk.actor(caller);
    let taken = Taken { folder: &desk.spool, limit: desk.upload_limit, types: &rules::ACCEPTED, part: None };
    let received = receive(&request, form, taken).await.map_err(|error| match error {
        NotReceived::Refused(problem) => problem,
        NotReceived::Disk(error) => disk_fault(&error),
    })?;
    let id = new_file_id().map_err(|error| disk_fault(&error))?;
    let row = FileRow {
        id: id.0.clone(),
        name: received.name,
        content_type: received.content_type.to_owned(),
        size: received.size,
        uploaded_by: actor.id().to_owned(),
        uploaded_at: actor.stored_now(),
    };
    let ticket = ticket.ticket(format!("{}\n{}", received.sha256, row.name).as_bytes());
    keep(&desk, actor, &id, row, &received.spool, ticket).await
}

/// The file before the row: a row always has its file. Without a row, or where an earlier upload under the same key has
/// answered, the file is taken out again; one that stays is swept up later.
async fn keep(
    desk: &Desk,
    actor: Actor,
    id: &FileId,
    row: FileRow,
    spool: &Spool,
    ticket: Option<Ticket>,
) -> Result<Answer, Problem> {
    desk.files.keep(id, spool.path()).await.map_err(|error| disk_fault(&error))?;
    let answer = record(desk, actor, row, ticket).await;
    if answer.as_ref().is_ok_and(|answer| !answer.replayed) {
        return answer;
    }
    if let Err(error) = desk.files.remove(id).await {
        tracing::warn!(%error, file = %id, "a file without a record stays in the store");
    }
    answer
}

async fn record(desk: &Desk, actor: Actor, row: FileRow, ticket: Option<Ticket>) -> Result<Answer, Problem> {
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
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), actor.now, |conn| {
                repo::insert(conn, &row)?;
                audit_log::append(conn, &entry, actor.now)?;
                Ok::<_, ServiceError>(Answer::created(&answer))
            })
        })
        .await?;
    Ok(answer)
}

fn disk_fault(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "an upload cannot be stored");
    Problem::new(&codes::SERVICE_UNAVAILABLE)
        .detail(Text::fixed("文件暂时无法保存，请稍后重试", "the file cannot be stored at the moment"))
        .retry_after(5)
}
