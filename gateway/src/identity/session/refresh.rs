//! `POST /auth/refresh`

use actix_web::web::Data;
use serde::Deserialize;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Json;
use shared_model::server::database::Connection;
use utoipa::ToSchema;

use super::pair::{self, TokenPair};
use super::repo::{self, Spent};
use crate::error::ServiceError;
use crate::identity::account::audit::{self, Action, Actor};
use crate::identity::account::repo as accounts;
use crate::identity::{Identity, Origin};

/// A refresh token to be exchanged, or whose session is to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefreshToken {
    pub refresh_token: String,
}

#[utoipa::path(post, path = "/auth/refresh", tag = "身份 Identity", request_body = RefreshToken,
    responses((status = 200, body = TokenPair), (status = 401, description = "auth.token_invalid")))]
pub async fn refresh(state: Data<Identity>, origin: Origin, body: Json<RefreshToken>) -> Result<Answer, ServiceError> {
    state.embedded()?;
    let identity = state.clone();
    let exchanged = state.db.write(move |conn| exchange(conn, &identity, &body.0.refresh_token, &origin)).await?;
    match exchanged {
        Some(pair) => Ok(Answer::ok(&pair)),
        None => Err(Problem::new(&codes::TOKEN_INVALID).into()),
    }
}

/// A refusal is no error here: what it revokes must be kept.
fn exchange(
    conn: &mut Connection,
    identity: &Identity,
    token: &str,
    origin: &Origin,
) -> Result<Option<TokenPair>, ServiceError> {
    let now = identity.clock.now();
    let (family, account_id) = match repo::spend(conn, token, now)? {
        Spent::Now { family, account_id } => (family, account_id),
        Spent::Before { family, account_id } => {
            repo::revoke_family(conn, &family, now)?;
            let actor = Actor {
                id: account_id.clone(),
                address: origin.address.clone(),
                request_id: origin.request_id.clone(),
            };
            audit::append(conn, &actor, Action::RefreshReused, &account_id, now)?;
            tracing::warn!(account_id, "a spent refresh token came back: its session is ended");
            return Ok(None);
        }
        Spent::Worthless => return Ok(None),
    };
    let account = accounts::find(conn, &account_id)?.filter(|account| account.enabled);
    let Some(account) = account else { return Ok(None) };
    pair::issue(conn, identity.embedded()?, &account, &family, identity.refresh_life, now).map(Some)
}
