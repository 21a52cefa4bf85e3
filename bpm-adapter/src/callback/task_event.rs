//! `POST /bpm/callbacks/stage-feedback|rollback|close`: what an engine outside reports of a task.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use shared_model::bpm::{CloseEvent, Operator, RollbackEvent, StageFeedbackEvent, TaskEventHead};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body;
use shared_model::server::database::Connection;
use shared_model::text::Text;

use super::request::{Callback, CallbackAnswer};
use crate::app::Parts;
use crate::error::ServiceError;
use crate::event::accept::{self, Accepted};
use crate::event::model::{EventBody, EventKind, EventRow, EventState};
use crate::event::send::Origin;
use crate::event::{answer, outcome};
use crate::task::desk::unknown_task;
use crate::task::rules::{Layout, check_text};
use crate::task::{self, rules};

/// The longest id a sender may give an event or a message, in characters.
pub const ID_LIMIT: usize = 128;

/// 引擎回调。哪些字段必填因接口而异。 Which fields are needed depends on the call.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskCallback {
    pub task_id: String,
    pub event_id: String,
    pub stage: Option<String>,
    /// `success` 或 `failure`。
    pub result: Option<String>,
    pub message: Option<String>,
    pub reason: Option<String>,
    pub operator: Option<String>,
}

macro_rules! callback_endpoint {
    ($(#[$doc:meta])* $name:ident, $path:literal, $kind:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post,
            path = $path,
            tag = "回调 Call-backs",
            params(
                ("webhook-id" = String, Header),
                ("webhook-timestamp" = String, Header),
                ("webhook-signature" = String, Header, description = "v1,<base64 HMAC-SHA256 of id.timestamp.body>")
            ),
            request_body = TaskCallback,
            responses(
                (status = 200, body = CallbackAnswer),
                (status = 202, body = CallbackAnswer, description = "已受理 taken in"),
                (status = 401, description = "callback.signature_invalid"),
                (status = 404, description = "not_found"),
                (status = 409, description = "task.state_conflict, or the order service's refusal"),
                (status = 422, description = "field.invalid; idempotency.mismatch: the webhook-id or eventId was another event's")
            )
        )]
        pub async fn $name(parts: web::Data<Parts>, callback: Callback) -> Result<Answer, Problem> {
            callback.check(&parts.engine_keyring, &parts).await?;
            receive(&parts, callback, $kind).await
        }
    };
}

callback_endpoint!(
    /// 引擎：阶段反馈。 The engine reports a stage.
    stage_feedback_callback, "/bpm/callbacks/stage-feedback", EventKind::StageFeedback
);
callback_endpoint!(
    /// 引擎：回退。 The engine sends the order back.
    rollback_callback, "/bpm/callbacks/rollback", EventKind::Rollback
);
callback_endpoint!(
    /// 引擎：关话单。 The engine closes the task.
    close_callback, "/bpm/callbacks/close", EventKind::Close
);

async fn receive(parts: &Parts, callback: Callback, kind: EventKind) -> Result<Answer, Problem> {
    let said: TaskCallback = body::parse(&callback.body)?;
    let now = parts.clock.now();
    let webhook_id = Some(callback.webhook_id.clone());
    let accepted = parts.db.write(move |conn| take_in(conn, &said, kind, webhook_id, now)).await?;
    parts.outbox.nudge();
    let event = outcome::wait(&parts.db, &accepted.event_row, parts.patience()).await?;
    answer_of(&event)
}

/// What the sender learns: done, on its way, or the order service's refusal.
pub fn answer_of(event: &EventRow) -> Result<Answer, Problem> {
    let say = |outcome: &str| CallbackAnswer { event_id: event.event_id.clone(), outcome: outcome.to_owned() };
    match event.state {
        EventState::Delivered => Ok(Answer::ok(&say("delivered"))),
        EventState::Held | EventState::Pending | EventState::Dead => Ok(Answer::accepted(&say("pending"))),
        EventState::Refused => Err(answer::refusal(event)),
        EventState::Cancelled => Err(Problem::new(&codes::TASK_STATE_CONFLICT)),
    }
}

/// Takes in what an engine says of a task, by call-back or asked for. `webhook_id` is its message's, if it came by one.
pub fn take_in(
    conn: &mut Connection,
    said: &TaskCallback,
    kind: EventKind,
    webhook_id: Option<String>,
    now: DateTime<Utc>,
) -> Result<Accepted, ServiceError> {
    let task = task::repo::find_held(conn, &said.task_id)?.ok_or_else(unknown_task)?;
    let head = TaskEventHead {
        task_id: task.id.clone().into(),
        event_id: said.event_id.clone(),
        attempt: Some(task.attempt),
        operator: said.operator.clone().map(|name| Operator { id: None, name }),
        occurred_at: now,
    };
    let body = event_of(said, kind, head, webhook_id.as_deref()).map_err(Problem::of_faults)?;
    let origin = Origin { webhook_id, ticket: None };
    accept::accept(conn, &task, &body, &origin, true, now)
}

/// The event, or everything that is wrong with what was said.
fn event_of(
    said: &TaskCallback,
    kind: EventKind,
    head: TaskEventHead,
    webhook_id: Option<&str>,
) -> Result<EventBody, Vec<Fault>> {
    let mut faults = Vec::new();
    check_ids(&said.event_id, webhook_id, &mut faults);
    rules::check_operator(said.operator.as_deref(), &mut faults);
    match body_of(said, kind, head) {
        Ok(body) if faults.is_empty() => Ok(body),
        body => {
            faults.extend(body.err().unwrap_or_default());
            Err(faults)
        }
    }
}

fn body_of(said: &TaskCallback, kind: EventKind, head: TaskEventHead) -> Result<EventBody, Vec<Fault>> {
    let message = said.message.as_deref();
    match kind {
        EventKind::StageFeedback => {
            let valid = rules::check_stage(said.stage.as_deref(), said.result.as_deref(), message)?;
            let rules::ValidStage { stage, result, message } = valid;
            Ok(EventBody::StageFeedback(StageFeedbackEvent { head, stage, result, message }))
        }
        EventKind::Rollback => {
            let reason = rules::check_reason(said.reason.as_deref())?;
            Ok(EventBody::Rollback(RollbackEvent { head, reason }))
        }
        EventKind::Close | EventKind::Dispatched | EventKind::Reassigned | EventKind::ProductOrder => {
            Ok(EventBody::Close(CloseEvent { head, message: rules::check_close(message)? }))
        }
    }
}

/// An event without an id could not be told from its repetition. `webhook_id` is its message's, if it came by one.
pub fn check_ids(event_id: &str, webhook_id: Option<&str>, faults: &mut Vec<Fault>) {
    if event_id.is_empty() {
        let text = Text::new(format!("1 到 {ID_LIMIT} 个字符"), format!("1 to {ID_LIMIT} characters"));
        faults.push(Fault::new("/eventId", &codes::FIELD_INVALID, text));
    }
    check_text("/eventId", event_id, Layout::OneLine, ID_LIMIT, faults);
    check_text("/webhook-id", webhook_id.unwrap_or_default(), Layout::OneLine, ID_LIMIT, faults);
}
