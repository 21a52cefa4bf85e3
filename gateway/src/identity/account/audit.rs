//! Who did what to which account: append-only, in the transaction of the change itself.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shared_model::server::database::Connection;

use crate::schema::identity_audit;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Created,
    Updated,
    Disabled,
    PasswordReset,
    PasswordChanged,
    Unlocked,
    MobileRevealed,
    LoggedIn,
    LoginRefused,
    RefreshReused,
}

impl Action {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "account.created",
            Self::Updated => "account.updated",
            Self::Disabled => "account.disabled",
            Self::PasswordReset => "password.reset",
            Self::PasswordChanged => "password.changed",
            Self::Unlocked => "account.unlocked",
            Self::MobileRevealed => "mobile.revealed",
            Self::LoggedIn => "login.succeeded",
            Self::LoginRefused => "login.refused",
            Self::RefreshReused => "refresh.reused",
        }
    }
}

/// Who acts, from where, in which request.
#[derive(Clone, Debug)]
pub struct Actor {
    pub id: String,
    pub address: String,
    pub request_id: String,
}

pub fn append(
    conn: &mut Connection,
    actor: &Actor,
    action: Action,
    account_id: &str,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(identity_audit::table)
        .values((
            identity_audit::at.eq(now.naive_utc()),
            identity_audit::actor_id.eq(&actor.id),
            identity_audit::action.eq(action.code()),
            identity_audit::account_id.eq(account_id),
            identity_audit::address.eq(&actor.address),
            identity_audit::request_id.eq(&actor.request_id),
        ))
        .execute(conn)?;
    Ok(())
}
