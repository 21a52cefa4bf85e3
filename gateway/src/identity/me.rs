//! `GET /auth/me`

use actix_web::web::Data;
use serde::Serialize;
use shared_model::permission::Permission;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use utoipa::ToSchema;

use super::Identity;
use super::account::repo;
use super::account::view::UserView;
use crate::error::ServiceError;

/// The caller, and what they may do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    #[serde(flatten)]
    pub user: UserView,
    pub permissions: Vec<Permission>,
}

#[utoipa::path(get, path = "/auth/me", tag = "身份 Identity", security(("bearer" = [])),
    responses((status = 200, body = Me), (status = 401, description = "auth.token_invalid")))]
pub async fn me(state: Data<Identity>, caller: Caller) -> Result<Answer, ServiceError> {
    let user = if state.issuer.is_some() {
        let id = caller.id().0.clone();
        let account = state.db.read(move |conn| Ok::<_, ServiceError>(repo::find(conn, &id)?)).await?;
        UserView::from(&account.ok_or_else(|| Problem::new(&codes::TOKEN_INVALID))?)
    } else {
        UserView::from(caller.claims.as_ref())
    };
    // By the token's roles: what the services will decide by.
    Ok(Answer::ok(&Me { user, permissions: caller.permissions() }))
}
