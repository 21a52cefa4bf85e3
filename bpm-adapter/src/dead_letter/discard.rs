//! `POST /bpm/dead-letters/{id}/discard`: what a desk or engine reported can never be delivered, and is given up for good,
//! so that the task may be reported on again.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use shared_model::problem::{Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency;
use shared_model::text::Text;

use super::list::DeadLetterView;
use super::replay::{not_dead, unknown};
use super::repo;
use crate::app::Parts;
use crate::error::ServiceError;
use crate::event::model::EventState;
use crate::event::repo as event_repo;
use crate::task::model::NewDelivery;
use crate::task::{self, rules};

/// What the event and the task's deliveries say of it.
const DISCARDED: &str = "discarded";

/// 作废死信。
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Discard {
    /// 必填，1 到 2000 个字符。
    reason: Option<String>,
}

/// 作废死信：仅限阶段反馈、回退和关单，且确认工单系统没有受理过；之后可以重新操作该任务。 Gives up for good a stage, rollback
/// or close that the order service never took; the task may then be reported on again. Kept among the task's deliveries.
#[utoipa::path(
    post,
    path = "/bpm/dead-letters/{id}/discard",
    tag = "死信 Dead letters",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Discard,
    responses(
        (status = 200, body = DeadLetterView),
        (status = 404, description = "not_found"),
        (status = 409, description = "task.not_dead_letter; conflict: a message of this kind is not given up"),
        (status = 422, description = "order.comment_required, field.invalid")
    )
)]
pub async fn discard_dead_letter(
    parts: web::Data<Parts>,
    caller: Caller,
    id: web::Path<String>,
    command: Command<Discard>,
) -> Result<Answer, Problem> {
    let (now, zone, id) = (parts.clock.now(), parts.zone, id.into_inner());
    let answer = parts
        .db
        .write(move |conn| {
            idempotency::once(conn, command.ticket.as_ref(), now, |conn| {
                discard(conn, &id, &caller, &command.body, now)?;
                let letter = repo::find(conn, &id)?.ok_or_else(unknown)?;
                Ok::<_, ServiceError>(Answer::ok(&DeadLetterView::load(conn, letter, zone)?))
            })
        })
        .await?;
    Ok(answer)
}

/// The task is held, as by whatever else takes its events in: nothing else ends it while its report is given up.
fn discard(
    conn: &mut Connection,
    id: &str,
    caller: &Caller,
    body: &Discard,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    repo::find(conn, id)?.ok_or_else(unknown)?;
    let reason = rules::check_reason(body.reason.as_deref()).map_err(Problem::of_faults)?;
    let reported = event_repo::find_by_outbox(conn, id)?.filter(|event| event.kind.moves_task().is_some());
    let Some(event) = reported else { return Err(not_to_be_discarded().into()) };
    let Some(task_id) = event.task_id.as_deref() else { return Err(not_to_be_discarded().into()) };
    task::repo::find_held(conn, task_id)?;
    let at = now.naive_utc();
    if !repo::apply_discard(conn, id, at)? {
        return Err(not_dead().into());
    }
    let detail = format!("{} {}：{reason}", caller.claims.name, caller.id());
    event_repo::apply_settled(conn, &event.id, EventState::Cancelled, Some((DISCARDED, &detail)), at)?;
    let kind = event.kind.code();
    Ok(task::repo::insert_delivery(conn, &NewDelivery { task_id, kind, at, outcome: DISCARDED, detail: &detail })?)
}

/// What only tells of something done has to arrive some day; a hand-over is taken back by its order.
fn not_to_be_discarded() -> Problem {
    Problem::new(&codes::CONFLICT).detail(Text::fixed(
        "只有阶段反馈、回退和关单的死信可以作废；未能下发的话单请从工单召回",
        "only a stage, rollback or close may be discarded; a dispatch is recalled from its order",
    ))
}
