//! `DELETE {path}`: every record at once, only with the header that says it is meant.

use actix_web::HttpRequest;
use actix_web::web::{Data, ThinData};
use serde::Serialize;
use serde_json::json;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::text::Text;
use utoipa::ToSchema;

use super::delete::in_use;
use super::{Actor, Resource};
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::ServiceError;

/// The header and the word in it.
const CONFIRM: (&str, &str) = ("x-confirm", "delete-all");

/// How many records were deleted.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Deleted {
    pub deleted: usize,
}

pub async fn delete_all(
    desk: Data<Desk>,
    resource: ThinData<&'static dyn Resource>,
    caller: Caller,
    request: HttpRequest,
) -> Result<Answer, Problem> {
    if request.headers().get(CONFIRM.0).is_none_or(|value| value != CONFIRM.1) {
        let detail = Text::fixed("请带上请求头 x-confirm: delete-all", "send the header x-confirm: delete-all");
        return Err(Problem::new(&codes::CONFIRM_REQUIRED).detail(detail));
    }
    let (actor, resource) = (desk.actor(caller), *resource);
    let deleted = desk.db.write(move |conn| delete_every(conn, resource, &actor)).await?;
    Ok(Answer::ok(&Deleted { deleted }))
}

fn delete_every(conn: &mut Connection, resource: &dyn Resource, actor: &Actor) -> Result<usize, ServiceError> {
    if resource.is_referred_to(conn, None)? {
        return Err(in_use());
    }
    let mut ids = resource.mark_deleted(conn, actor, None)?;
    ids.sort_unstable();
    let deleted = ids.len();
    let entry = Entry { record_id: None, ..Entry::of(actor, Action::DeleteAll, resource.name(), 0) };
    let entry = entry.before(json!({ "ids": ids })).after(json!({ "deleted": deleted }));
    audit_log::append(conn, &entry, actor.now)?;
    Ok(deleted)
}
