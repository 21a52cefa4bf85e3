//! `GET {path}` and `GET {path}/mine`: a page of records, narrowed and sorted.

use actix_web::web::{Data, ThinData};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::Caller;

use super::{ListQuery, Reach, Resource};
use crate::desk::Desk;

pub async fn all(
    desk: Data<Desk>,
    resource: ThinData<&'static dyn Resource>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Answer, Problem> {
    list(&desk, *resource, caller, query, Reach::All).await
}

pub async fn mine(
    desk: Data<Desk>,
    resource: ThinData<&'static dyn Resource>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Answer, Problem> {
    list(&desk, *resource, caller, query, Reach::Mine).await
}

async fn list(
    desk: &Desk,
    resource: &'static dyn Resource,
    caller: Caller,
    query: ListQuery,
    reach: Reach,
) -> Result<Answer, Problem> {
    let actor = desk.actor(caller);
    let filter = query.understand(resource.name(), actor.zone)?;
    let page = desk.db.read(move |conn| resource.page(conn, &actor, reach, &filter)).await?;
    Ok(Answer::ok(&page))
}
