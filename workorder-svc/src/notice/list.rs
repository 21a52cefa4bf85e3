//! `GET /workorder/notices` and `/workorder/notices/unread`: the caller's inbox.

use actix_web::web;
use serde::{Deserialize, Serialize};
use shared_model::page::{Page, PageRequest};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::{Caller, ReaderLanguage};
use shared_model::text::Text;
use utoipa::{IntoParams, ToSchema};

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::notice::kind::NoticeKind;
use crate::notice::repo::{self, Wanted};
use crate::notice::view::NoticeView;

/// Which notices.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// 从 1 开始 / from 1
    pub page_num: Option<i64>,
    /// 1..100，默认 10 / default 10
    pub page_size: Option<i64>,
    /// 只看未读的，或只看已读的 / only unread ones, or only read ones
    pub unread: Option<bool>,
    /// 通知类型 / the kind of notice
    pub kind: Option<String>,
    /// 关于某张工单的 / about one order
    pub order_id: Option<i64>,
}

/// One page of the inbox, the newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Inbox {
    #[serde(flatten)]
    pub page: Page<NoticeView>,
    /// 全部未读数 / unread notices in all, whatever the filter.
    pub unread: i64,
}

/// How many are unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unread {
    pub unread: i64,
}

impl InboxQuery {
    fn read(&self) -> Result<(Wanted, PageRequest), Vec<Fault>> {
        let mut faults = Vec::new();
        let kind = match self.kind.as_deref().map(str::trim).filter(|kind| !kind.is_empty()) {
            None => None,
            Some(code) => NoticeKind::from_code(code).or_else(|| {
                let message = Text::fixed("没有这种通知", "there is no such kind of notice");
                faults.push(Fault::new("/kind", &codes::REQUEST_INVALID, message));
                None
            }),
        };
        let wanted = Wanted { unread: self.unread, kind, order: self.order_id };
        match PageRequest::new(self.page_num, self.page_size) {
            Ok(page) if faults.is_empty() => Ok((wanted, page)),
            Ok(_) => Err(faults),
            Err(found) => Err(found.into_iter().chain(faults).collect()),
        }
    }
}

/// 通知列表 / The caller's notices
#[utoipa::path(
    get,
    path = "/workorder/notices",
    tag = "通知 Notices",
    params(InboxQuery),
    responses((status = 200, body = Inbox), (status = 400, description = "参数有误 / an invalid parameter"))
)]
pub async fn list(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Query(query): Query<InboxQuery>,
) -> Result<Answer, ServiceError> {
    let (wanted, page) = query.read().map_err(Problem::of_faults)?;
    let (user, zone) = (caller.id().clone(), desk.policy.zone);
    let (notices, total, unread) = desk
        .db
        .read(move |conn| {
            let (notices, total) = repo::list(conn, &user, wanted, page)?;
            Ok::<_, ServiceError>((notices, total, repo::count_unread(conn, &user)?))
        })
        .await?;
    let views = notices.into_iter().map(|notice| NoticeView::of(notice, language, zone)).collect();
    Ok(Answer::ok(&Inbox { page: page.page(views, total), unread }))
}

/// 未读数 / How many notices are unread
#[utoipa::path(
    get,
    path = "/workorder/notices/unread",
    tag = "通知 Notices",
    responses((status = 200, body = Unread))
)]
pub async fn unread(desk: web::Data<Desk>, caller: Caller) -> Result<Answer, ServiceError> {
    let user = caller.id().clone();
    let unread = desk.db.read(move |conn| repo::count_unread(conn, &user)).await?;
    Ok(Answer::ok(&Unread { unread }))
}
