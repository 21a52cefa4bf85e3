//! What a log-in or an exchange gives: an access token for minutes, a refresh token for hours.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use shared_model::server::database::Connection;
use utoipa::ToSchema;

use super::repo::{self, NewRefreshToken};
use crate::error::ServiceError;
use crate::identity::account::AccountRow;
use crate::identity::account::view::UserView;
use crate::identity::token::Issuer;

/// A pair of tokens, and whose they are.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenPair {
    pub access_token: String,
    #[schema(examples("Bearer"))]
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    pub expires_in: i64,
    pub refresh_token: String,
    pub user: UserView,
}

/// Issues a pair in the family of a session.
pub fn issue(
    conn: &mut Connection,
    issuer: &Issuer,
    account: &AccountRow,
    family: &str,
    refresh_life: TimeDelta,
    now: DateTime<Utc>,
) -> Result<TokenPair, ServiceError> {
    let refresh_token = repo::new_token()?;
    let kept = NewRefreshToken {
        token: &refresh_token,
        family,
        account_id: &account.id,
        issued_at: now,
        expires_at: now + refresh_life,
    };
    repo::insert(conn, &kept)?;
    Ok(TokenPair {
        access_token: issuer.sign(account, now)?,
        token_type: "Bearer",
        expires_in: issuer.expires_in(),
        refresh_token,
        user: UserView::from(account),
    })
}
