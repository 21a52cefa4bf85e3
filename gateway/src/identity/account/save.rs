//! `PUT /auth/accounts`: without `id` an account is created, with one it is replaced.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use shared_model::problem::{Problem, codes};
use shared_model::role::Role;
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency;
use shared_model::text::Text;

use super::audit::{self, Action, Actor};
use super::list::viewer;
use super::repo::{self, NewAccount};
use super::rules::{self, Checked, SaveAccount};
use super::view::{AccountView, Viewer};
use super::{AccountRow, show};
use crate::error::ServiceError;
use crate::identity::session::repo as sessions;
use crate::identity::{Identity, Origin};

/// A request whose form was checked and whose password was hashed: what is left is for the transaction.
#[derive(Clone)]
struct Save {
    body: SaveAccount,
    checked: Checked,
    hash: Option<String>,
    if_match: Option<i64>,
    actor: Actor,
    viewer: Viewer,
}

#[utoipa::path(put, path = "/auth/accounts", tag = "账号 Accounts", security(("bearer" = [])),
    request_body = SaveAccount,
    responses((status = 201, body = AccountView), (status = 200, body = AccountView), (status = 404),
        (status = 409, description = "account.username_taken"), (status = 412, description = "stale"),
        (status = 422, description = "account.invalid, auth.password_weak")))]
pub async fn save(
    state: Data<Identity>,
    caller: Caller,
    origin: Origin,
    if_match: IfMatch,
    command: Command<SaveAccount>,
) -> Result<Answer, ServiceError> {
    state.embedded()?;
    let Command { mut body, ticket } = command;
    body.id = body.id.filter(|id| !id.0.is_empty());
    let viewer = viewer(&caller, &state);
    if let Some(id) = body.id.clone() {
        // An unknown id is 404 before anything is said about the rest; a mask that came back means "unchanged".
        let row = state.db.read(move |conn| show::get(conn, id.as_str())).await?;
        if body.mobile.as_deref() == Some(rules::masked(&row.mobile).as_str()) {
            body.mobile = Some(row.mobile);
        }
    }
    let checked = rules::check(&body).map_err(Problem::of_faults)?;
    let password = body.initial_password.take().or_else(|| body.reset_password.take());
    let hash = match password {
        Some(password) => Some(state.hasher.hash(SecretString::from(password)).await?),
        None => None,
    };
    let actor = Actor { id: caller.id().0.clone(), address: origin.address, request_id: origin.request_id };
    let save = Save { body, checked, hash, if_match: if_match.0, actor, viewer };
    let now = state.clock.now();
    let saved = state.db.write(move |conn| {
        idempotency::once(conn, ticket.as_ref(), now, |conn| match &save.body.id {
            None => create(conn, &save, now),
            Some(id) => replace(conn, &save, id.as_str(), now),
        })
    });
    let answer = saved.await?;
    state.account_changed().await?;
    Ok(answer)
}

fn create(conn: &mut Connection, save: &Save, now: DateTime<Utc>) -> Result<Answer, ServiceError> {
    let new = NewAccount {
        account: save.checked.clone(),
        enabled: save.body.enabled.unwrap_or(true),
        must_change_password: false,
        password_hash: save.hash.clone(),
    };
    let row = repo::insert(conn, &new, now)?;
    audit::append(conn, &save.actor, Action::Created, &row.id, now)?;
    Ok(Answer::created(&AccountView::new(&row, &save.viewer)).etag(row.version))
}

fn replace(conn: &mut Connection, save: &Save, id: &str, now: DateTime<Utc>) -> Result<Answer, ServiceError> {
    let row = show::get(conn, id)?;
    if save.if_match.is_some_and(|version| version != row.version) {
        return Err(Problem::new(&codes::STALE).into());
    }
    let enabled = save.body.enabled.unwrap_or(row.enabled);
    let administers = enabled && save.checked.roles.contains(&Role::PlatformAdmin);
    keep_an_administrator(conn, &row, administers)?;
    if !repo::update(conn, id, row.version, &save.checked, enabled, now)? {
        return Err(Problem::new(&codes::STALE).into());
    }
    audit::append(conn, &save.actor, Action::Updated, id, now)?;
    if let Some(hash) = &save.hash {
        repo::set_password(conn, id, hash, now)?;
        audit::append(conn, &save.actor, Action::PasswordReset, id, now)?;
    }
    if save.hash.is_some() || !enabled {
        sessions::revoke_account(conn, id, now)?;
    }
    let row = show::get(conn, id)?;
    Ok(Answer::ok(&AccountView::new(&row, &save.viewer)).etag(row.version))
}

/// 409 when a change would leave nobody who may write accounts: there would be no way back.
pub fn keep_an_administrator(
    conn: &mut Connection,
    before: &AccountRow,
    administers_after: bool,
) -> Result<(), ServiceError> {
    let administers = before.enabled && before.roles().contains(&Role::PlatformAdmin);
    if administers && !administers_after && !repo::another_holds(conn, Role::PlatformAdmin, &before.id)? {
        return Err(Problem::new(&codes::CONFLICT)
            .detail(Text::fixed("至少要保留一个启用的平台管理员", "one enabled platform administrator must remain"))
            .into());
    }
    Ok(())
}
