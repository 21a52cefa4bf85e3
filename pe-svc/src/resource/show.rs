//! `GET {path}/{id}`: one record, if there is one for this caller.

use actix_web::web::{Data, Path, ThinData};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;

use super::{Actor, Found, Resource};
use crate::desk::Desk;
use crate::error::{ServiceError, not_found};

pub async fn show(
    desk: Data<Desk>,
    resource: ThinData<&'static dyn Resource>,
    caller: Caller,
    id: Path<String>,
) -> Result<Answer, Problem> {
    let (actor, resource) = (desk.actor(caller), *resource);
    let id = record_id(&id)?;
    let found = desk.db.read(move |conn| get_visible(conn, resource, &actor, id)).await?;
    Ok(Answer::ok(&found.view).etag(found.version))
}

/// An id that is no number is the id of nothing.
pub fn record_id(text: &str) -> Result<i64, ServiceError> {
    text.parse().map_err(|_| not_found())
}

/// The record as the actor sees it; somebody else's is as unknown as one that does not exist.
pub fn get_visible(
    conn: &mut Connection,
    resource: &dyn Resource,
    actor: &Actor,
    id: i64,
) -> Result<Found, ServiceError> {
    resource.find(conn, actor, id)?.filter(|found| found.visible).ok_or_else(not_found)
}
