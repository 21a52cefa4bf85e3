//! `POST /workorder/custom/upload` and `POST /workorder/requestDomain/upload`: an ordinary attachment, or one for
//! information security (信安附件). source: work-order notes 12.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use serde::Serialize;
use shared_model::server::answer::Answer;
use shared_model::server::attachment::receive::{Taken, receive};
use shared_model::server::attachment::spool::{Spool, new_file_id};
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::{TicketHead, once};
use utoipa::ToSchema;

use crate::attachment::repo::{self, StoredFile};
use crate::attachment::rules;
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::model::{Attachment, AttachmentKind};

/// `{"fileId","name","size","contentType","sha256"}`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Uploaded {
    #[schema(examples("eehgcudaliutvzavcyv7xysao"))]
    pub file_id: String,
    pub name: String,
    /// 字节 / bytes
    pub size: i64,
    pub content_type: String,
    pub sha256: String,
}

/// multipart/form-data
#[derive(ToSchema)]
pub struct UploadForm {
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}

/// 上传附件 / Upload an attachment
#[utoipa::path(
    post,
    path = "/workorder/custom/upload",
    tag = "附件 Attachments",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = Uploaded),
        (status = 413, description = "文件过大 / too large"),
        (status = 415, description = "不是 multipart/form-data / not multipart"),
        (status = 422, description = "没有文件，类型不支持，或压缩包展开后过大 / no file, a refused type, or an archive that expands too far"),
    )
)]
pub async fn attachment(
    desk: web::Data<Desk>,
    caller: Caller,
    request: HttpRequest,
    ticket: TicketHead,
    form: Multipart,
) -> Result<Answer, ServiceError> {
    upload(&desk, &caller, &request, ticket, form, AttachmentKind::Attachment).await
}

/// 上传信安附件 / Upload an information-security attachment
#[utoipa::path(
    post,
    path = "/workorder/requestDomain/upload",
    tag = "附件 Attachments",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Uploaded), (status = 422, description = "没有文件，或类型不支持 / no file"))
)]
pub async fn security(
    desk: web::Data<Desk>,
    caller: Caller,
    request: HttpRequest,
    ticket: TicketHead,
    form: Multipart,
) -> Result<Answer, ServiceError> {
    upload(&desk, &caller, &request, ticket, form, AttachmentKind::Security).await
}

async fn upload(
    desk: &Desk,
    caller: &Caller,
    request: &HttpRequest,
    ticket: TicketHead,
    form: Multipart,
    kind: AttachmentKind,
) -> Result<Answer, ServiceError> {
    let taken = Taken { folder: &desk.spool, limit: desk.upload_limit, types: &rules::TAKEN, part: Some("file") };
    let received = receive(request, form, taken).await?;
    let file = StoredFile {
        attachment: Attachment {
            file_id: new_file_id()?,
            name: received.name,
            size: received.size,
            content_type: received.content_type.to_owned(),
            kind,
        },
        sha256: received.sha256,
        uploaded_by: caller.id().clone(),
    };
    keep(desk, file, &received.spool, ticket).await
}

/// The bytes first, then the record: a file that is known is there. Without the record the bytes are taken out again.
async fn keep(desk: &Desk, file: StoredFile, spool: &Spool, ticket: TicketHead) -> Result<Answer, ServiceError> {
    let id = file.attachment.file_id.clone();
    let ticket = ticket.ticket(format!("{}\n{}", file.sha256, file.attachment.name).as_bytes());
    desk.files.keep(&id, spool.path()).await?;
    let now = desk.clock.now();
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                repo::insert(conn, &file, now)?;
                Ok::<_, ServiceError>(Answer::ok(&uploaded(&file)))
            })
        })
        .await;
    if answer.as_ref().is_ok_and(|answer| !answer.replayed) {
        return answer;
    }
    if let Err(error) = desk.files.remove(&id).await {
        tracing::warn!(%error, file = %id, "a file without a record stays in the store");
    }
    answer
}

fn uploaded(file: &StoredFile) -> Uploaded {
    let Attachment { file_id, name, size, content_type, .. } = file.attachment.clone();
    Uploaded { file_id: file_id.0, name, size, content_type, sha256: file.sha256.clone() }
}
