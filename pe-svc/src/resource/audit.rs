//! `POST {path}/{id}/audit`: a reviewer's verdict.

use actix_web::web::{Data, Path, ThinData};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency;

use super::save::{again, check_version};
use super::show::record_id;
use super::{Actor, Resource, lock};
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::{ServiceError, not_found};
use crate::review;
use crate::review::verdict::Verdict;

pub async fn audit(
    desk: Data<Desk>,
    resource: ThinData<&'static dyn Resource>,
    caller: Caller,
    id: Path<String>,
    if_match: IfMatch,
    command: Command<Verdict>,
) -> Result<Answer, Problem> {
    let (actor, resource) = (desk.actor(caller), *resource);
    let id = record_id(&id)?;
    let Command { body: verdict, ticket } = command;
    let answer = desk
        .db
        .write(move |conn| {
            idempotency::once(conn, ticket.as_ref(), actor.now, |conn| {
                decide(conn, resource, &actor, id, if_match, &verdict)
            })
        })
        .await?;
    Ok(answer)
}

fn decide(
    conn: &mut Connection,
    resource: &dyn Resource,
    actor: &Actor,
    id: i64,
    if_match: IfMatch,
    verdict: &Verdict,
) -> Result<Answer, ServiceError> {
    lock(conn, resource.name(), id)?;
    let before = resource.find(conn, actor, id)?.ok_or_else(not_found)?;
    check_version(verdict.version.or(if_match.0), before.version)?;
    if let Some(claim) = review::repo::find(conn, resource.name(), id)? {
        claim.check_free_for(actor.id(), actor.stored_now())?;
    }
    resource.audit(conn, actor, id, verdict)?;
    review::repo::drop_claim(conn, resource.name(), id)?;
    let after = again(conn, resource, actor, id)?;
    let entry = Entry::of(actor, Action::Audit, resource.name(), id).before(before.full).after(after.full);
    audit_log::append(conn, &entry, actor.now)?;
    Ok(Answer::ok(&after.view).etag(after.version))
}
