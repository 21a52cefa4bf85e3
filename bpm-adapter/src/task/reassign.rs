//! `POST /bpm/tasks/{id}/reassign`: an operator gives a task to another person.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use shared_model::bpm::{Assignee, Operator, ReassignedEvent, TaskEventHead};
use shared_model::ids::UserId;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::{directory, idempotency};
use shared_model::text::Text;

use super::desk::{check_version, unknown_task, viewer_of};
use super::model::TaskRow;
use super::view::TaskView;
use super::{repo, rules};
use crate::app::Parts;
use crate::dispatch::hand_over;
use crate::error::ServiceError;
use crate::event::model::EventBody;
use crate::event::send;
use crate::staff::rules as staff_rules;

/// 改派。
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reassign {
    #[schema(value_type = String)]
    to_user_id: UserId,
    comment: Option<String>,
}

/// 改派任务。 Gives the task to another enabled person who may handle tasks; the order service is told.
#[utoipa::path(
    post,
    path = "/bpm/tasks/{id}/reassign",
    tag = "BPM任务 BPM tasks",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    request_body = Reassign,
    responses(
        (status = 200, body = TaskView),
        (status = 404, description = "not_found"),
        (status = 409, description = "task.state_conflict"),
        (status = 422, description = "transfer.target_invalid, field.invalid")
    )
)]
pub async fn reassign_task(
    parts: web::Data<Parts>,
    caller: Caller,
    id: web::Path<String>,
    if_match: IfMatch,
    command: Command<Reassign>,
) -> Result<Answer, Problem> {
    let (now, work, id) = (parts.clock.now(), parts.clone(), id.into_inner());
    let answer = parts
        .db
        .write(move |conn| {
            idempotency::once(conn, command.ticket.as_ref(), now, |conn| {
                let viewer = viewer_of(&caller);
                let task = repo::find_held(conn, &id)?.filter(|task| viewer.sees(&task.assignee_id));
                let task = task.ok_or_else(unknown_task)?;
                check_version(&task, if_match)?;
                let (to, comment) = understand(conn, &work, &task, &command.body)?;
                let by = Operator { id: Some(caller.id().clone()), name: caller.claims.name.clone() };
                let task = hand_to(conn, &task, to, &comment, Some(by), now)?;
                let view = TaskView::load(conn, &task, &viewer, work.zone)?;
                Ok::<_, ServiceError>(Answer::ok(&view).etag(task.version))
            })
        })
        .await?;
    parts.outbox.nudge();
    Ok(answer)
}

/// To whom, and why; or everything that is wrong with either.
fn understand(
    conn: &mut Connection,
    parts: &Parts,
    task: &TaskRow,
    body: &Reassign,
) -> Result<(Assignee, String), ServiceError> {
    match (find_target(conn, parts, task, &body.to_user_id)?, rules::check_comment(body.comment.as_deref())) {
        (Some(to), Ok(comment)) => Ok((to, comment)),
        (to, comment) => {
            let unfit = to.is_none().then(|| {
                let text = Text::fixed(
                    "须为另一位启用中且可处理 BPM 任务的人员",
                    "must be another enabled person who may handle BPM tasks",
                );
                Fault::new("/toUserId", &codes::TRANSFER_TARGET_INVALID, text)
            });
            Err(Problem::of_faults(unfit.into_iter().chain(comment.err().unwrap_or_default()).collect()).into())
        }
    }
}

/// The person asked for, if a task may go to them.
fn find_target(
    conn: &mut Connection,
    parts: &Parts,
    task: &TaskRow,
    id: &UserId,
) -> Result<Option<Assignee>, ServiceError> {
    if !task.state.is_open() {
        let name = task.state.shown().name();
        let detail = Text::new(format!("任务{}，不能改派", name.zh), format!("the task is {}", name.en));
        return Err(Problem::new(&codes::TASK_STATE_CONFLICT).detail(detail).into());
    }
    let person = directory::find(conn, id)?
        .filter(|person| staff_rules::may_handle(person, &parts.permissions))
        .filter(|person| person.id.as_str() != task.assignee_id);
    Ok(person.and_then(|person| staff_rules::assignee_of(&person, task.assignee_role.0)))
}

/// Gives the task to the person and puts the news on its way to the order service.
pub fn hand_to(
    conn: &mut Connection,
    task: &TaskRow,
    to: Assignee,
    comment: &str,
    by: Option<Operator>,
    now: DateTime<Utc>,
) -> Result<TaskRow, ServiceError> {
    let task = repo::apply_assignment(conn, task, &to, now.naive_utc())?;
    let event = ReassignedEvent {
        head: TaskEventHead {
            task_id: task.id.clone().into(),
            event_id: Uuid::now_v7().to_string(),
            attempt: Some(task.attempt),
            operator: by,
            occurred_at: now,
        },
        assignee: to,
        comment: comment.to_owned(),
    };
    hand_over::readdress(conn, &task, &event, now)?;
    send::tell_done(conn, &task, &EventBody::Reassigned(event), now)?;
    Ok(task)
}
