//! `GET /auth/accounts/{id}/mobile`: the whole number; who asked is on record.

use actix_web::web::{Data, Path};
use serde::Serialize;
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use utoipa::ToSchema;

use super::audit::{self, Action, Actor};
use super::show;
use crate::error::ServiceError;
use crate::identity::{Identity, Origin};

/// A number that is masked elsewhere.
#[derive(Serialize, ToSchema)]
pub struct MobileView {
    #[schema(examples("13800000001"))]
    pub mobile: String,
}

#[utoipa::path(get, path = "/auth/accounts/{id}/mobile", tag = "账号 Accounts", security(("bearer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = MobileView), (status = 404)))]
pub async fn mobile(
    state: Data<Identity>,
    caller: Caller,
    origin: Origin,
    id: Path<String>,
) -> Result<Answer, ServiceError> {
    let (id, now) = (id.into_inner(), state.clock.now());
    let actor = Actor { id: caller.id().0.clone(), address: origin.address, request_id: origin.request_id };
    // Nothing is shown before it is on record.
    let shown = state.db.write(move |conn| {
        let row = show::get(conn, &id)?;
        audit::append(conn, &actor, Action::MobileRevealed, &id, now)?;
        Ok::<_, ServiceError>(row.mobile)
    });
    Ok(Answer::ok(&MobileView { mobile: shown.await? }))
}
