//! What a sheet's row asks for its own domain, beside what the form asks for all of them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::origin::parse::Origin;

/// A row of `batch_self_domain`, but for the domain itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SheetLine {
    /// As the spreadsheet numbers it, from 1.
    #[serde(default)]
    pub row: i32,
    /// Empty: the form's origins count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub https: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u16>,
}

impl SheetLine {
    /// It asks for something that the form does not say for all.
    pub fn is_particular(&self) -> bool {
        !self.origins.is_empty() || self.https.is_some() || !self.ports.is_empty()
    }
}
