//! `POST /workorder/notices/read`: notices of the caller's inbox are marked as read.

use actix_web::web;
use serde::{Deserialize, Serialize};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::once;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::notice::repo::{self, Which};

/// Most ids of one request.
const MOST_IDS: usize = 500;

/// Which to mark: some by their ids, or all. Exactly one of the two.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MarkRead {
    /// 通知编号，最多 500 个；不是本人的不受影响 / ids, at most 500; those of others stay as they are
    #[serde(default)]
    pub ids: Option<Vec<i64>>,
    /// 全部标为已读 / all of them
    #[serde(default)]
    pub all: Option<bool>,
    /// 与 all 同用：只到这一条为止，之后新到的仍为未读 / with all: up to this one; what came later stays unread
    #[serde(default)]
    pub up_to: Option<i64>,
}

/// What has become of the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Marked {
    /// Notices that were unread before.
    pub marked: usize,
    /// Those still unread.
    pub unread: i64,
}

impl MarkRead {
    fn which(self) -> Result<Which, Problem> {
        let fault = |pointer: &str, zh, en| {
            Problem::of_faults(vec![Fault::new(pointer, &codes::REQUEST_INVALID, Text::fixed(zh, en))])
        };
        match (self.ids, self.all.unwrap_or(false)) {
            (Some(ids), false) if ids.len() > MOST_IDS => {
                Err(fault("/ids", "一次最多 500 条", "at most 500 at a time"))
            }
            (Some(_), false) if self.up_to.is_some() => Err(fault("/upTo", "只能与 all 同用", "goes with all alone")),
            (Some(ids), false) => Ok(Which::These(ids)),
            (None, true) => Ok(Which::UpTo(self.up_to.unwrap_or(i64::MAX))),
            (Some(_), true) | (None, false) => Err(fault("/ids", "ids 与 all 二选一", "either ids, or all")),
        }
    }
}

/// 标为已读 / Mark notices as read
#[utoipa::path(
    post,
    path = "/workorder/notices/read",
    tag = "通知 Notices",
    request_body = MarkRead,
    responses((status = 200, body = Marked), (status = 400, description = "ids 与 all 二选一 / either ids, or all"))
)]
pub async fn read(
    desk: web::Data<Desk>,
    caller: Caller,
    Command { body, ticket }: Command<MarkRead>,
) -> Result<Answer, ServiceError> {
    let (which, now, user) = (body.which()?, desk.clock.now(), caller.id().clone());
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let marked = repo::mark_read(conn, &user, &which, now)?;
                let unread = repo::count_unread(conn, &user)?;
                Ok::<_, ServiceError>(Answer::ok(&Marked { marked, unread }))
            })
        })
        .await?;
    // Another window of the same person shows the number as well.
    desk.notices.wake(caller.id());
    Ok(answer)
}
