//! `POST /auth/password`

use actix_web::web::Data;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Json;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::text::Text;
use utoipa::ToSchema;

use super::account::audit::{self, Action, Actor};
use super::account::{AccountRow, repo};
use super::session::login::{locked_for, locked_out};
use super::session::repo as sessions;
use super::{Identity, Origin, failure, password};
use crate::error::ServiceError;

/// A password for another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    #[schema(value_type = String, format = Password)]
    pub old_password: SecretString,
    #[schema(value_type = String, format = Password)]
    pub new_password: SecretString,
}

#[utoipa::path(post, path = "/auth/password", tag = "身份 Identity", security(("bearer" = [])),
    request_body = ChangePassword,
    responses((status = 204, description = "changed; the refresh tokens are revoked"),
        (status = 401, description = "auth.bad_credentials"), (status = 422, description = "auth.password_weak"),
        (status = 429, description = "auth.locked")))]
pub async fn change_password(
    state: Data<Identity>,
    caller: Caller,
    origin: Origin,
    body: Json<ChangePassword>,
) -> Result<Answer, ServiceError> {
    state.embedded()?;
    let Json(body) = body;
    let (account, key) = load(&state, &caller, &origin.address).await?;
    check_strength(&body, &account.username)?;
    let old: SecretString = body.old_password.expose_secret().into();
    let right = state.hasher.verify(old, account.password_hash.clone()).await?;
    let hash = if right { Some(state.hasher.hash(body.new_password).await?) } else { None };
    let identity = state.clone();
    let changed = state.db.write(move |conn| settle(conn, &identity, &account, hash.as_deref(), &key, &origin));
    if !changed.await? {
        return Err(Problem::new(&codes::BAD_CREDENTIALS).into());
    }
    state.account_changed().await?;
    Ok(Answer::no_content())
}

/// The caller's account, unless its log-ins are locked: a stolen token is no way around the lock.
async fn load(state: &Data<Identity>, caller: &Caller, address: &str) -> Result<(AccountRow, String), ServiceError> {
    let (identity, id, address) = (state.clone(), caller.id().0.clone(), address.to_owned());
    let read = state.db.read(move |conn| {
        let account = repo::find(conn, &id)?.ok_or_else(|| Problem::new(&codes::TOKEN_INVALID))?;
        let key = failure::key_of(&account.username);
        match locked_for(conn, &identity, &key, &address)? {
            Some(seconds) => Err(ServiceError::from(locked_out(seconds))),
            None => Ok((account, key)),
        }
    });
    read.await
}

fn check_strength(body: &ChangePassword, username: &str) -> Result<(), Problem> {
    let new = body.new_password.expose_secret();
    let mut weaknesses = password::weaknesses(new, username);
    if new == body.old_password.expose_secret() {
        weaknesses.push(Text::fixed("不能与旧密码相同", "not the old password"));
    }
    let faults: Vec<Fault> =
        weaknesses.into_iter().map(|weakness| Fault::new("/newPassword", &codes::PASSWORD_WEAK, weakness)).collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::of_faults(faults)) }
}

/// Without a new hash the old password was wrong, which counts like a failed log-in. True when changed.
fn settle(
    conn: &mut Connection,
    identity: &Identity,
    account: &AccountRow,
    hash: Option<&str>,
    key: &str,
    origin: &Origin,
) -> Result<bool, ServiceError> {
    let now = identity.clock.now();
    let Some(hash) = hash else {
        failure::insert(conn, key, &origin.address, now)?;
        return Ok(false);
    };
    repo::set_password(conn, &account.id, hash, now)?;
    sessions::revoke_account(conn, &account.id, now)?;
    let actor =
        Actor { id: account.id.clone(), address: origin.address.clone(), request_id: origin.request_id.clone() };
    audit::append(conn, &actor, Action::PasswordChanged, &account.id, now)?;
    Ok(true)
}
