//! `POST /auth/accounts/{id}/unlock`: forgets the failed log-ins that lock an account.

use actix_web::web::{Data, Path};
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;

use super::audit::{self, Action, Actor};
use super::show;
use crate::error::ServiceError;
use crate::identity::{Identity, Origin, failure};

#[utoipa::path(post, path = "/auth/accounts/{id}/unlock", tag = "账号 Accounts", security(("bearer" = [])),
    params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn unlock(
    state: Data<Identity>,
    caller: Caller,
    origin: Origin,
    id: Path<String>,
) -> Result<Answer, ServiceError> {
    state.embedded()?;
    let (id, now) = (id.into_inner(), state.clock.now());
    let actor = Actor { id: caller.id().0.clone(), address: origin.address, request_id: origin.request_id };
    let unlocked = state.db.write(move |conn| {
        let row = show::get(conn, &id)?;
        failure::clear(conn, &failure::key_of(&row.username))?;
        audit::append(conn, &actor, Action::Unlocked, &id, now)?;
        Ok::<_, ServiceError>(())
    });
    unlocked.await?;
    Ok(Answer::no_content())
}
