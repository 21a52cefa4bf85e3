//! `POST /pe/{resource}/{id}/release`: an operator gives a record back to the queue.

use actix_web::web::{Data, Path, ThinData};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::{self, TicketHead};

use super::repo;
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::{ServiceError, not_found};
use crate::resource::show::record_id;
use crate::resource::{Actor, Resource, lock};

pub async fn release(
    desk: Data<Desk>,
    resource: ThinData<&'static dyn Resource>,
    caller: Caller,
    id: Path<String>,
    head: TicketHead,
) -> Result<Answer, Problem> {
    let (actor, resource) = (desk.actor(caller), *resource);
    let id = record_id(&id)?;
    let ticket = head.ticket(b"");
    let answer = desk
        .db
        .write(move |conn| {
            idempotency::once(conn, ticket.as_ref(), actor.now, |conn| give_back(conn, resource, &actor, id))
        })
        .await?;
    Ok(answer)
}

/// What nobody holds is released already.
fn give_back(conn: &mut Connection, resource: &dyn Resource, actor: &Actor, id: i64) -> Result<Answer, ServiceError> {
    let name = resource.name();
    lock(conn, name, id)?;
    resource.find(conn, actor, id)?.ok_or_else(not_found)?;
    if let Some(claim) = repo::find(conn, name, id)? {
        claim.check_free_for(actor.id(), actor.stored_now())?;
        repo::drop_claim(conn, name, id)?;
        audit_log::append(conn, &Entry::of(actor, Action::Release, name, id), actor.now)?;
    }
    Ok(Answer::no_content())
}
