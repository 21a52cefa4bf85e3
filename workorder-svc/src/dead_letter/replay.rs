//! `POST /workorder/dead-letters/{id}/replay`: a dead letter is sent again, with a fresh retry budget.

use actix_web::web;
use chrono::{DateTime, Utc};
use shared_model::bpm::Dispatch;
use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::{self, TicketHead};
use shared_model::server::outbox::{self, Message};
use shared_model::text::Text;

use super::list::DeadLetterView;
use crate::bpm::dispatch;
use crate::bpm::repo::{self, task_state};
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::repo as orders;
use crate::order::row::from_json;

/// 重发死信 / Send a dead letter again
#[utoipa::path(
    post,
    path = "/workorder/dead-letters/{id}/replay",
    tag = "死信 Dead letters",
    params(
        ("id" = String, Path, description = "死信编号 / the dead letter's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "重试时不变 / the same in every repetition"),
    ),
    responses(
        (status = 200, body = DeadLetterView),
        (status = 404, description = "没有这条死信 / no such dead letter"),
        (status = 409, description = "已重发，或工单已召回 / sent again already, or taken back by its order"),
    )
)]
pub async fn replay_dead_letter(
    desk: web::Data<Desk>,
    id: web::Path<String>,
    head: TicketHead,
) -> Result<Answer, ServiceError> {
    let (now, zone, ticket, id) = (desk.clock.now(), desk.policy.zone, head.ticket(b""), id.into_inner());
    let answer = desk
        .db
        .write(move |conn| {
            idempotency::once(conn, ticket.as_ref(), now, |conn| {
                let replayed = replay(conn, &id, now)?;
                Ok::<_, ServiceError>(Answer::ok(&DeadLetterView::of(replayed, zone)))
            })
        })
        .await?;
    desk.nudges.outbox.nudge();
    Ok(answer)
}

fn replay(conn: &mut Connection, id: &str, now: DateTime<Utc>) -> Result<Message, ServiceError> {
    let message = outbox::find(conn, id)?.ok_or_else(ServiceError::not_found)?;
    if message.kind == dispatch::KIND {
        revive(conn, &message, now)?;
    }
    if !outbox::replay(conn, id, now)? {
        return Err(no_dead_letter());
    }
    outbox::find(conn, id)?.ok_or_else(ServiceError::not_found)
}

/// The dispatch waits again with its message. Its order is held first: a recall, which ends it, takes the same way.
fn revive(conn: &mut Connection, message: &Message, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let dispatch: Dispatch = from_json(&message.payload.to_string())?;
    let order = orders::get_for_change(conn, dispatch.order_id)?;
    let record = repo::find(conn, order.id, dispatch.attempt)?.ok_or_else(ServiceError::not_found)?;
    match record.state.as_str() {
        task_state::RECALLED => Err(no_dead_letter()),
        task_state::DEAD_LETTER => Ok(repo::set_state(conn, order.id, dispatch.attempt, task_state::QUEUED, now)?),
        // It had arrived, and only its answer was lost.
        _ => Ok(()),
    }
}

fn no_dead_letter() -> ServiceError {
    Problem::new(&codes::TASK_NOT_DEAD_LETTER)
        .detail(Text::fixed("该消息不是死信，或已重发、召回", "it is no dead letter, or not any more"))
        .into()
}
