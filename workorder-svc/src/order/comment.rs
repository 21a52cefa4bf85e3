//! `POST /workorder/comment` (备注): whoever sees an order may add to its history.

use actix_web::web;
use serde::Deserialize;
use shared_model::ids::OrderId;
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::once;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::access::{actor, get_permitted};
use crate::order::action::Action;
use crate::order::model::history_event;
use crate::order::receipt::{self, Moved};
use crate::order::remark;
use crate::order::rules::Viewer;
use crate::order::transition::note;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Comment {
    pub id: i64,
    pub content: String,
}

/// 添加备注 / Add a comment
#[utoipa::path(
    post,
    path = "/workorder/comment",
    tag = "工单 Work orders",
    request_body = Comment,
    responses((status = 200, body = Moved), (status = 422, description = "内容为空 / no content"))
)]
pub async fn comment(
    desk: web::Data<Desk>,
    caller: Caller,
    Command { body, ticket }: Command<Comment>,
) -> Result<Answer, ServiceError> {
    let (now, viewer) = (desk.clock.now(), Viewer::from(&caller));
    desk.db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let viewer = viewer.standing_in(conn, now)?;
                let order = get_permitted(conn, OrderId(body.id), &viewer, Action::Comment)?;
                let content = remark::required("/content", Some(&body.content))?;
                let actor = actor(&caller, &order);
                note(conn, &order, history_event::COMMENTED, &actor, Some(&content), now)?;
                Ok::<_, ServiceError>(receipt::moved(&order))
            })
        })
        .await
}
