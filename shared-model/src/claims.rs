//! What a token says: of a person (user tokens), or of a calling service (service tokens).

use serde::{Deserialize, Deserializer, Serialize};

use crate::ids::UserId;
use crate::role::Role;

/// `aud` of every user token.
pub const USER_AUDIENCE: &str = "front-desk";

/// The claims of a user token. Times in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserClaims {
    pub iss: String,
    pub aud: String,
    pub sub: UserId,
    pub exp: i64,
    pub iat: i64,
    pub jti: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub mobile: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub company: String,
    #[serde(default)]
    pub province: Option<i32>,
    #[serde(default, deserialize_with = "known_roles")]
    pub roles: Vec<Role>,
}

/// An external issuer may carry roles that are not ours: they grant nothing, and are passed over.
fn known_roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Role>, D::Error> {
    let codes = Vec::<String>::deserialize(deserializer)?;
    Ok(codes.iter().filter_map(|code| Role::from_code(code)).collect())
}

/// The claims of a service token: short-lived, for exactly one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceClaims {
    /// The calling service.
    pub iss: String,
    /// The called service.
    pub aud: String,
    pub exp: i64,
    pub iat: i64,
}
