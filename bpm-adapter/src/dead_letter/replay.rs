//! `POST /bpm/dead-letters/{id}/replay`: a dead letter is sent again, with a fresh retry budget.

use actix_web::web;
use chrono::{DateTime, Utc};

use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::{self, TicketHead};
use shared_model::text::Text;

use super::list::DeadLetterView;
use super::repo;
use crate::app::Parts;
use crate::dispatch::hand_over::HAND_OVER;
use crate::driver::Handover;
use crate::error::ServiceError;
use crate::event::repo as event_repo;
use crate::task::{
    self,
    state::{TaskEvent, TaskState},
};

/// 重发死信。 Sends a dead letter again.
#[utoipa::path(
    post,
    path = "/bpm/dead-letters/{id}/replay",
    tag = "死信 Dead letters",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = DeadLetterView),
        (status = 404, description = "not_found"),
        (status = 409, description = "task.not_dead_letter")
    )
)]
pub async fn replay_dead_letter(
    parts: web::Data<Parts>,
    id: web::Path<String>,
    head: TicketHead,
) -> Result<Answer, Problem> {
    let (now, zone, ticket, id) = (parts.clock.now(), parts.zone, head.ticket(b""), id.into_inner());
    let answer = parts
        .db
        .write(move |conn| {
            idempotency::once(conn, ticket.as_ref(), now, |conn| {
                replay(conn, &id, now)?;
                let letter = repo::find(conn, &id)?.ok_or_else(unknown)?;
                Ok::<_, ServiceError>(Answer::ok(&DeadLetterView::load(conn, letter, zone)?))
            })
        })
        .await?;
    parts.outbox.nudge();
    Ok(answer)
}

/// The letter, and the event or task that waits for it, begin anew together. The task is held first: a recall, which
/// ends it, takes the same way.
pub fn replay(conn: &mut Connection, id: &str, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let letter = repo::find(conn, id)?.ok_or_else(unknown)?;
    let task = match letter.kind == HAND_OVER {
        true => {
            let handover: Handover = serde_json::from_str(&letter.payload)?;
            task::repo::find_held(conn, handover.task_id.as_str())?
        }
        false => None,
    };
    if !repo::apply_replay(conn, id, now)? {
        return Err(not_dead().into());
    }
    if let Some(task) = task.filter(|task| task.state == TaskState::DeadLetter) {
        task::repo::apply_transition(conn, &task, TaskEvent::SentAgain, now.naive_utc())?;
    }
    if let Some(event) = event_repo::find_by_outbox(conn, id)? {
        event_repo::apply_said_again(conn, &event.id, &event.body, event.created_at)?;
        event_repo::apply_sent(conn, &event.id, id)?;
    }
    Ok(())
}

/// Not given up, or somebody has dealt with it meanwhile.
pub fn not_dead() -> Problem {
    Problem::new(&codes::TASK_NOT_DEAD_LETTER)
        .detail(Text::fixed("该消息不是死信，或已处理", "it is no dead letter, or not any more"))
}

pub fn unknown() -> Problem {
    Problem::new(&codes::NOT_FOUND).detail(Text::fixed("死信不存在", "there is no such dead letter"))
}
