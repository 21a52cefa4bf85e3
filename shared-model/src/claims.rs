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
    #[serde(deserialize_with = "our_audience")]
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

/// A token may be meant for several (RFC 7519): of those, us if we are among them.
fn our_audience<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Audience::deserialize(deserializer)? {
        Audience::One(audience) => audience,
        Audience::Several(several) if several.iter().any(|one| one == USER_AUDIENCE) => USER_AUDIENCE.to_owned(),
        Audience::Several(several) => several.into_iter().next().unwrap_or_default(),
    })
}

/// The claims of a user token as it arrives.
#[derive(Clone, Debug, Deserialize)]
pub struct ReceivedClaims {
    #[serde(flatten)]
    pub claims: UserClaims,
    /// `nbf`: from when it may be believed.
    #[serde(default, rename = "nbf")]
    not_before: Option<i64>,
}

impl ReceivedClaims {
    /// Whether it may be believed by now, seconds since 1970. The issuer's clock may be ahead of ours a little.
    pub fn has_begun(&self, now: i64) -> bool {
        const SKEW: i64 = 60;
        self.not_before.is_none_or(|from| from <= now + SKEW)
    }
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
