//! `POST /auth/login`

use actix_web::web::Data;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Json;
use shared_model::server::database::Connection;
use shared_model::text::Text;
use utoipa::ToSchema;

use super::pair::{self, TokenPair};
use crate::error::ServiceError;
use crate::identity::account::audit::{self, Action, Actor};
use crate::identity::account::{AccountRow, repo};
use crate::identity::lockout;
use crate::identity::{Identity, Origin, failure};

/// Who says they are whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Login {
    #[schema(examples("ec.manager"))]
    pub username: String,
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
}

/// What hearing a log-in came to; kept either way.
enum Heard {
    In(Box<TokenPair>),
    Wrong,
    Locked(u64),
}

#[utoipa::path(post, path = "/auth/login", tag = "身份 Identity", request_body = Login,
    responses((status = 200, body = TokenPair), (status = 401, description = "auth.bad_credentials"),
        (status = 429, description = "auth.locked")))]
pub async fn login(state: Data<Identity>, origin: Origin, body: Json<Login>) -> Result<Answer, ServiceError> {
    state.embedded()?;
    let Json(body) = body;
    let key = failure::key_of(&body.username);
    let (account, locked) = look_up(&state, &body.username, &key, &origin.address).await?;
    if let Some(seconds) = locked {
        return Err(locked_out(seconds).into());
    }
    // A disabled account, a wrong name and a wrong password are one answer, in one time.
    let hash = account.as_ref().filter(|account| account.enabled).and_then(|account| account.password_hash.clone());
    let password: SecretString = body.password.expose_secret().into();
    let right = state.hasher.verify(password, hash).await?;
    let identity = state.clone();
    let heard = state.db.write(move |conn| settle(conn, &identity, account, right, &key, &origin)).await?;
    match heard {
        Heard::In(pair) => Ok(Answer::ok(&pair)),
        Heard::Wrong => Err(Problem::new(&codes::BAD_CREDENTIALS).into()),
        Heard::Locked(seconds) => Err(locked_out(seconds).into()),
    }
}

async fn look_up(
    state: &Data<Identity>,
    username: &str,
    key: &str,
    address: &str,
) -> Result<(Option<AccountRow>, Option<u64>), ServiceError> {
    let (identity, username) = (state.clone(), username.to_owned());
    let (key, address) = (key.to_owned(), address.to_owned());
    let read = state.db.read(move |conn| {
        let account = repo::find_by_username(conn, &username)?;
        Ok::<_, ServiceError>((account, locked_for(conn, &identity, &key, &address)?))
    });
    read.await
}

/// Seconds to wait, when log-ins for the name from the address are refused unheard.
pub fn locked_for(
    conn: &mut Connection,
    identity: &Identity,
    key: &str,
    address: &str,
) -> Result<Option<u64>, ServiceError> {
    let now = identity.clock.now();
    let failures = failure::list(conn, key, &identity.lock_rule, now)?;
    let until = identity.lock_rule.locked_until(&failures, address, now);
    Ok(until.map(|until| lockout::retry_after(until, now)))
}

/// Counts again before telling: of many guesses at once, those past the limit learn nothing, not even when right.
fn settle(
    conn: &mut Connection,
    identity: &Identity,
    account: Option<AccountRow>,
    right: bool,
    key: &str,
    origin: &Origin,
) -> Result<Heard, ServiceError> {
    let now = identity.clock.now();
    failure::take_turn(conn, key)?;
    if let Some(seconds) = locked_for(conn, identity, key, &origin.address)? {
        return Ok(Heard::Locked(seconds));
    }
    let id = account.as_ref().map(|account| account.id.clone()).unwrap_or_default();
    let actor = Actor { id: id.clone(), address: origin.address.clone(), request_id: origin.request_id.clone() };
    let Some(account) = account.filter(|_| right) else {
        failure::insert(conn, key, &origin.address, now)?;
        if !id.is_empty() {
            audit::append(conn, &actor, Action::LoginRefused, &id, now)?;
        }
        return Ok(Heard::Wrong);
    };
    failure::clear_address(conn, key, &origin.address)?;
    audit::append(conn, &actor, Action::LoggedIn, &id, now)?;
    let family = uuid::Uuid::now_v7().to_string();
    let pair = pair::issue(conn, identity.embedded()?, &account, &family, identity.refresh_life, now)?;
    Ok(Heard::In(Box::new(pair)))
}

pub fn locked_out(seconds: u64) -> Problem {
    let minutes = seconds.div_ceil(60);
    Problem::new(&codes::LOCKED).retry_after(seconds).detail(Text::new(
        format!("请在 {minutes} 分钟后重试，或请平台管理员解锁"),
        format!("try again in {minutes} minutes, or ask a platform administrator to unlock the account"),
    ))
}
