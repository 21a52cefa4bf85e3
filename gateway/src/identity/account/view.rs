//! Accounts as they are shown.

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;
use serde::Serialize;
use shared_model::claims::UserClaims;
use shared_model::ids::UserId;
use shared_model::local_time;
use shared_model::role::Role;
use utoipa::ToSchema;

use super::AccountRow;
use super::rules::masked;

/// A person to themselves: with log-in and in `/auth/me`, nothing masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    #[schema(value_type = String)]
    pub id: UserId,
    pub username: String,
    pub name: String,
    pub mobile: String,
    pub email: String,
    pub company: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<i32>,
    pub roles: Vec<Role>,
    /// The password must be changed before anything else is allowed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub must_change_password: bool,
}

impl From<&AccountRow> for UserView {
    fn from(row: &AccountRow) -> Self {
        Self {
            id: row.user_id(),
            username: row.username.clone(),
            name: row.name.clone(),
            mobile: row.mobile.clone(),
            email: row.email.clone(),
            company: row.company.clone(),
            province: row.province,
            roles: row.roles(),
            must_change_password: row.must_change_password,
        }
    }
}

impl From<&UserClaims> for UserView {
    /// Somebody of an external issuer: the token says all we know.
    fn from(claims: &UserClaims) -> Self {
        Self {
            id: claims.sub.clone(),
            username: claims.sub.0.clone(),
            name: claims.name.clone(),
            mobile: claims.mobile.clone(),
            email: claims.email.clone(),
            company: claims.company.clone(),
            province: claims.province,
            roles: claims.roles.clone(),
            must_change_password: false,
        }
    }
}

/// An account to whoever administers accounts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    #[serde(flatten)]
    pub user: UserView,
    pub enabled: bool,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: DateTime<FixedOffset>,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: DateTime<FixedOffset>,
    pub version: i64,
}

/// Who looks: decides whether mobile numbers are whole.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub id: UserId,
    pub reads_personal_data: bool,
    pub zone: Tz,
}

impl AccountView {
    pub fn new(row: &AccountRow, viewer: &Viewer) -> Self {
        let mut user = UserView::from(row);
        if !viewer.reads_personal_data && viewer.id != user.id {
            user.mobile = masked(&user.mobile);
        }
        let shown = |at| local_time::with_offset(local_time::from_stored(at), viewer.zone);
        Self {
            user,
            enabled: row.enabled,
            created_at: shown(row.created_at),
            updated_at: shown(row.updated_at),
            version: row.version,
        }
    }
}
