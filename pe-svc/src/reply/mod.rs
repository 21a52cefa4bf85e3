//! Replies 认证回复: owner and operators converse about an application, as under an issue. source: public entity rule 9.

pub mod list;
pub mod post;
pub mod repo;

use serde::Serialize;
use utoipa::ToSchema;

use crate::resource::shown;

/// One reply.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplyView {
    pub id: i64,
    pub content: String,
    pub replied_at: String,
    pub replier_id: String,
    pub replier_name: String,
}

impl ReplyView {
    pub fn of(row: &repo::ReplyRow, zone: chrono_tz::Tz) -> Self {
        Self {
            id: row.id,
            content: row.content.clone(),
            replied_at: shown(row.replied_at, zone),
            replier_id: row.replier_id.clone(),
            replier_name: row.replier_name.clone(),
        }
    }
}
