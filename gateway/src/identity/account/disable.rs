//! `DELETE /auth/accounts/{id}`: the record stays, its tokens count no more.

use actix_web::web::{Data, Path};
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;

use super::audit::{self, Action, Actor};
use super::{repo, save, show};
use crate::error::ServiceError;
use crate::identity::session::repo as sessions;
use crate::identity::{Identity, Origin};

#[utoipa::path(delete, path = "/auth/accounts/{id}", tag = "账号 Accounts", security(("bearer" = [])),
    params(("id" = String, Path)),
    responses((status = 204, description = "disabled; also when it was before"), (status = 404), (status = 409)))]
pub async fn disable(
    state: Data<Identity>,
    caller: Caller,
    origin: Origin,
    id: Path<String>,
) -> Result<Answer, ServiceError> {
    state.embedded()?;
    let (id, now) = (id.into_inner(), state.clock.now());
    let actor = Actor { id: caller.id().0.clone(), address: origin.address, request_id: origin.request_id };
    let disabled = state.db.write(move |conn| {
        let row = show::get(conn, &id)?;
        save::keep_an_administrator(conn, &row, false)?;
        if repo::disable(conn, &id, now)? {
            sessions::revoke_account(conn, &id, now)?;
            audit::append(conn, &actor, Action::Disabled, &id, now)?;
        }
        Ok::<_, ServiceError>(())
    });
    disabled.await?;
    state.account_changed().await?;
    Ok(Answer::no_content())
}
