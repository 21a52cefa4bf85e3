//! `POST /workorder/custom/upload` and `POST /workorder/requestDomain/upload`: an ordinary attachment, or one for
//! information security (信安附件). source: work-order notes 12.

use actix_multipart::{Field, Multipart};
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;
use serde::Serialize;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::too_large;
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::{TicketHead, once};
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::attachment::repo::{self, StoredFile};
use crate::attachment::rules;
use crate::attachment::store::{Spool, new_file_id};
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
        (status = 422, description = "没有文件，或类型不支持 / no file, or a refused type"),
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
    mut form: Multipart,
    kind: AttachmentKind,
) -> Result<Answer, ServiceError> {
    check_media_type(request)?;
    let mut field = file_field(&mut form).await?;
    let name = rules::file_name(field.content_disposition().and_then(|d| d.get_filename()).unwrap_or_default());
    let mut spool = Spool::create(&desk.spool).await?;
    let head = receive(&mut field, &mut spool, desk.upload_limit).await?;
    let content_type = rules::content_type(&head).map_err(refused)?;
    let sha256 = spool.finish().await?;
    let file = StoredFile {
        attachment: Attachment {
            file_id: new_file_id()?,
            name,
            size: i64::try_from(spool.size()).unwrap_or(i64::MAX),
            content_type: content_type.to_owned(),
            kind,
        },
        sha256,
        uploaded_by: caller.id().clone(),
    };
    keep(desk, file, &spool, ticket).await
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

fn check_media_type(request: &HttpRequest) -> Result<(), Problem> {
    let media_type = actix_web::HttpMessage::content_type(request);
    if media_type.eq_ignore_ascii_case("multipart/form-data") {
        return Ok(());
    }
    let detail = Text::fixed("请以 multipart/form-data 上传", "send multipart/form-data");
    Err(Problem::new(&codes::UNSUPPORTED_MEDIA_TYPE).detail(detail))
}

/// The part named `file`; others are passed over.
async fn file_field(form: &mut Multipart) -> Result<Field, Problem> {
    while let Some(field) = form.next().await {
        let field = field.map_err(|error| malformed(&error.to_string()))?;
        if field.name() == Some("file") {
            return Ok(field);
        }
    }
    Err(refused(&codes::FILE_REQUIRED))
}

/// Writes the part aside, and gives its leading bytes.
async fn receive(field: &mut Field, spool: &mut Spool, limit: usize) -> Result<Vec<u8>, ServiceError> {
    let mut head = Vec::with_capacity(rules::SNIFFED_BYTES);
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(|error| malformed(&error.to_string()))?;
        if spool.size() + chunk.len() > limit {
            return Err(too_large(limit).into());
        }
        let wanted = rules::SNIFFED_BYTES.saturating_sub(head.len()).min(chunk.len());
        head.extend_from_slice(&chunk[..wanted]);
        spool.write(&chunk).await?;
    }
    Ok(head)
}

fn refused(code: &'static shared_model::problem::Code) -> Problem {
    Problem::of_faults(vec![Fault::new("/file", code, code.title.clone())])
}

fn malformed(why: &str) -> Problem {
    let why = why.to_owned();
    Problem::new(&codes::REQUEST_MALFORMED).detail(Text::new(format!("上传内容无法解析：{why}"), why))
}
