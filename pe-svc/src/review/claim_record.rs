//! `POST /pe/{resource}/{id}/claim`: an operator takes a record that awaits a review, for half an hour; again to go on.

use actix_web::web::{Data, Path, ThinData};
use serde::Serialize;
use serde_json::json;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::{self, TicketHead};
use utoipa::ToSchema;

use super::claim::Claim;
use super::repo;
use crate::audit_log::{self, Action, Entry};
use crate::desk::Desk;
use crate::error::{ServiceError, not_found};
use crate::resource::show::record_id;
use crate::resource::{Actor, Resource, ResourceName, lock};

/// A claim that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimView {
    pub resource: ResourceName,
    pub id: i64,
    pub claimed_by: String,
    pub claimed_by_name: String,
    pub claimed_at: String,
    /// It lapses then.
    pub expires_at: String,
}

impl ClaimView {
    pub fn of(resource: ResourceName, id: i64, claim: &Claim, actor: &Actor) -> Self {
        Self {
            resource,
            id,
            claimed_by: claim.claimed_by.clone(),
            claimed_by_name: claim.claimed_by_name.clone(),
            claimed_at: actor.shown(claim.claimed_at),
            expires_at: actor.shown(claim.expires_at),
        }
    }
}

pub async fn claim(
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
        .write(move |conn| idempotency::once(conn, ticket.as_ref(), actor.now, |conn| take(conn, resource, &actor, id)))
        .await?;
    Ok(answer)
}

fn take(conn: &mut Connection, resource: &dyn Resource, actor: &Actor, id: i64) -> Result<Answer, ServiceError> {
    let name = resource.name();
    lock(conn, name, id)?;
    let found = resource.find(conn, actor, id)?.ok_or_else(not_found)?;
    if !found.awaits_audit {
        return Err(Problem::new(&codes::AUDIT_NOT_PENDING).into());
    }
    let wanted = Claim::new(actor.id(), actor.name(), actor.stored_now());
    if let Some(holding) = repo::find(conn, name, id)? {
        holding.check_free_for(actor.id(), actor.stored_now())?;
    }
    if !repo::take(conn, name, id, &wanted)? {
        return Err(Problem::new(&codes::REVIEW_CLAIMED).into());
    }
    let view = ClaimView::of(name, id, &wanted, actor);
    audit_log::append(conn, &Entry::of(actor, Action::Claim, name, id).after(json!(view)), actor.now)?;
    Ok(Answer::ok(&view))
}
