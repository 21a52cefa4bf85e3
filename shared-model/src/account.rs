//! The account directory the gateway pushes to the services, which route orders and check people by it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::UserId;
use crate::role::Role;

/// One account as the services know it: everything but the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Account {
    pub id: UserId,
    pub username: String,
    pub name: String,
    #[serde(default)]
    pub mobile: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub company: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<i32>,
    pub roles: Vec<Role>,
    pub enabled: bool,
}

/// `PUT /internal/accounts`: the whole directory. An account that it does not name is no longer there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Directory {
    pub accounts: Vec<Account>,
    /// When the gateway read it: an older one never overwrites a newer.
    pub taken_at: DateTime<Utc>,
}
