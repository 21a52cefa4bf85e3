//! Origins: where the CDN fetches from. Parse, don't validate: an [`Origin`] that exists can be used.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an origin's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum OriginType {
    Ip,
    Domain,
}

impl OriginType {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Domain => "domain",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Ip, Self::Domain].into_iter().find(|kind| kind.code() == code)
    }
}

/// An origin of an order: a row of `orign_address`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// As written by the customer, trimmed.
    pub value: String,
    #[serde(rename = "type")]
    pub kind: OriginType,
    pub main_flag: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i32>,
}
