//! `POST /workorder/custom/deleteFile`: whoever uploaded a file takes it back, unless an order is decided by it.

use actix_web::web;
use serde::Deserialize;
use shared_model::ids::FileId;
use shared_model::problem::codes;
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::once;
use utoipa::ToSchema;

use crate::attachment::repo;
use crate::desk::Desk;
use crate::error::ServiceError;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteFile {
    pub file_id: String,
}

/// 删除附件 / Delete an attachment
#[utoipa::path(
    post,
    path = "/workorder/custom/deleteFile",
    tag = "附件 Attachments",
    request_body = DeleteFile,
    responses(
        (status = 204, description = "已删除 / deleted"),
        (status = 404, description = "没有此文件，或不是本人上传 / no such file of the caller"),
        (status = 409, description = "已被工单使用 / an order holds it"),
    )
)]
pub async fn delete(
    desk: web::Data<Desk>,
    caller: Caller,
    Command { body, ticket }: Command<DeleteFile>,
) -> Result<Answer, ServiceError> {
    let (id, person, now) = (FileId(body.file_id), caller.id().clone(), desk.clock.now());
    let file = id.clone();
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                repo::lock(conn, &id)?;
                let own = repo::find(conn, &id)?.is_some_and(|file| file.uploaded_by == person);
                if !own {
                    return Err(ServiceError::not_found());
                }
                if repo::holders(conn, &id)?.iter().any(|(_, state)| !state.is_modifiable()) {
                    return Err(ServiceError::of(&codes::FILE_IN_USE));
                }
                repo::delete(conn, &id)?;
                Ok(Answer::no_content())
            })
        })
        .await?;
    if let Err(error) = desk.files.remove(&file).await {
        tracing::warn!(%error, %file, "a deleted file stays in the store");
    }
    Ok(answer)
}
