//! A notice as its reader sees it.

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use shared_model::local_time::with_offset;
use shared_model::text::Language;
use utoipa::ToSchema;

use crate::notice::facts::Facts;
use crate::notice::kind::NoticeKind;
use crate::notice::words;

/// A notice as the inbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptNotice {
    pub id: i64,
    pub kind: NoticeKind,
    pub order: Option<i64>,
    pub facts: Facts,
    pub created_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// One notice of the inbox.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoticeView {
    pub id: i64,
    pub kind: NoticeKind,
    #[schema(examples("待您处理"))]
    pub kind_name: String,
    #[schema(examples("工单 20261122-0007 等待您处理"))]
    pub title: String,
    /// What it is about, and in a second line what was said.
    pub text: String,
    /// The order to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("domain_request"))]
    pub enum_type: Option<String>,
    pub created_at: DateTime<FixedOffset>,
    pub read: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<DateTime<FixedOffset>>,
}

impl NoticeView {
    pub fn of(notice: KeptNotice, language: Language, zone: Tz) -> Self {
        let at = |moment| with_offset(moment, zone);
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            id: notice.id,
            kind: notice.kind,
            kind_name: notice.kind.name().in_language(language).to_owned(),
            title: words::title(notice.kind, &notice.facts).in_language(language).to_owned(),
            text: words::body(&notice.facts).in_language(language).to_owned(),
            order_id: notice.order,
            order_code: given(notice.facts.code),
            enum_type: given(notice.facts.enum_type),
            created_at: at(notice.created_at),
            read: notice.read_at.is_some(),
            read_at: notice.read_at.map(at),
        }
    }
}
