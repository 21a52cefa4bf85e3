//! `POST /pe/pe-authentications/{id}/replies`: the owner or an operator says something about the application.

use actix_web::web::{Data, Path};
use serde::Deserialize;
use serde_json::json;
use shared_model::permission::Permission;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency;
use shared_model::text::Text;
use utoipa::ToSchema;

use super::{ReplyView, repo};
use crate::audit_log::{self, Action, Entry};
use crate::certification::state::{self, Event};
use crate::certification::{self, Certifications};
use crate::desk::Desk;
use crate::error::{ServiceError, not_found, refused_for};
use crate::resource::form::has_control_characters;
use crate::resource::show::record_id;
use crate::resource::{Actor, Resource, ResourceName, lock};

/// The longest reply, in characters.
const CONTENT_MAX: usize = 2000;

/// A reply to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostReply {
    /// 1 to 2000 characters; no control characters but line breaks and tabs.
    pub content: String,
}

#[utoipa::path(
    post, path = "/pe/pe-authentications/{id}/replies", tag = "认证 Certifications",
    operation_id = "pe_postReply", request_body = PostReply,
    params(("id" = i64, Path, description = "认证编号 The certification")),
    responses(
        (status = 201, description = "已回复 Said", body = ReplyView),
        (status = 404, description = "不存在或无权查看 Unknown, or somebody else's"),
        (status = 409, description = "已通过的认证不再接受回复 `authentication.closed`"),
    ),
)]
pub async fn post(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<String>,
    command: Command<PostReply>,
) -> Result<Answer, Problem> {
    let (actor, id) = (desk.actor(caller), record_id(&id)?);
    let Command { body, ticket } = command;
    let answer = desk
        .db
        .write(move |conn| {
            idempotency::once(conn, ticket.as_ref(), actor.now, |conn| reply(conn, &actor, id, &body.content))
        })
        .await?;
    Ok(answer)
}

fn reply(conn: &mut Connection, actor: &Actor, id: i64, content: &str) -> Result<Answer, ServiceError> {
    lock(conn, ResourceName::PeAuthentications, id)?;
    let found = Certifications.find(conn, actor, id)?;
    let takes_part = |own| own || actor.may(Permission::PePeAuthenticationAudit);
    found.filter(|found| takes_part(found.own)).ok_or_else(not_found)?;
    let row = certification::repo::find(conn, id)?.ok_or_else(not_found)?;
    state::next(row.standing(actor.stored_now()), Event::Replied).map_err(Problem::from)?;
    let content = content.trim();
    if content.is_empty() || content.chars().count() > CONTENT_MAX || has_control_characters(content) {
        let message =
            Text::fixed("须为 1 到 2000 个字符，不能含控制字符", "1 to 2000 characters, no control characters");
        refused_for(vec![Fault::new("/content", &codes::FIELD_INVALID, message)])?;
    }
    let reply_id = repo::insert(conn, id, content, actor)?;
    let reply = repo::find(conn, reply_id)?.ok_or_else(not_found)?;
    let entry = Entry::of(actor, Action::Reply, ResourceName::PeAuthentications, id);
    audit_log::append(conn, &entry.after(json!({ "content": content })), actor.now)?;
    Ok(Answer::created(&ReplyView::of(&reply, actor.zone)))
}
