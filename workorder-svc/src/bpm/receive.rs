//! `POST /internal/orders/{id}/dispatched|stage-feedback|rollback|close|reassigned`: the events bpm-adapter delivers.
//! Each counts once (by task and event id), and only for the order's current task.

use actix_web::web;
use shared_model::bpm::{
    CloseEvent, DispatchedEvent, ReassignedEvent, RollbackEvent, StageFeedbackEvent, StageResult, TaskEventHead,
};
use shared_model::ids::OrderId;
use shared_model::server::answer::Answer;
use shared_model::server::body::Json;
use shared_model::server::caller::ServiceCaller;
use shared_model::server::database::Connection;

use crate::bpm::inbox::{actor, current};
use crate::bpm::{reassign, repo, verdict};
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::model::Order;
use crate::order::receipt;
use crate::order::state::OrderState;

pub async fn dispatched(
    desk: web::Data<Desk>,
    _: ServiceCaller,
    id: web::Path<i64>,
    Json(event): Json<DispatchedEvent>,
) -> Result<Answer, ServiceError> {
    let (policy, now, bill_no) = (desk.policy.clone(), desk.clock.now(), event.bill_no);
    apply(&desk, *id, "dispatched", event.head, move |conn, order, head| {
        if let Some(task) = &order.task_id {
            repo::learn(conn, order.id, order.attempt, task, Some(&bill_no))?;
        }
        // A later event that came first has implied it.
        if order.state == OrderState::Dispatching {
            let actor = actor(conn, &order, &head)?;
            return verdict::accept(conn, &policy, &order, &actor, now);
        }
        Ok(order)
    })
    .await
}

pub async fn stage_feedback(
    desk: web::Data<Desk>,
    _: ServiceCaller,
    id: web::Path<i64>,
    Json(event): Json<StageFeedbackEvent>,
) -> Result<Answer, ServiceError> {
    let (policy, now) = (desk.policy.clone(), desk.clock.now());
    let StageFeedbackEvent { head, stage, result, message } = event;
    apply(&desk, *id, "stage-feedback", head, move |conn, order, head| {
        let actor = actor(conn, &order, &head)?;
        let order = verdict::accept_if_implied(conn, &policy, order, &actor, now)?;
        let order = verdict::stage(conn, &policy, &order, (&actor, &said(&stage, result, &message)), now)?;
        let reported = (stage.as_str(), result, message.as_str());
        repo::insert_stage(conn, order.id, order.attempt, reported, head.occurred_at)?;
        Ok(order)
    })
    .await
}

pub async fn rollback(
    desk: web::Data<Desk>,
    _: ServiceCaller,
    id: web::Path<i64>,
    Json(event): Json<RollbackEvent>,
) -> Result<Answer, ServiceError> {
    let (policy, now, reason) = (desk.policy.clone(), desk.clock.now(), event.reason);
    apply(&desk, *id, "rollback", event.head, move |conn, order, head| {
        let actor = actor(conn, &order, &head)?;
        let order = verdict::accept_if_implied(conn, &policy, order, &actor, now)?;
        verdict::roll_back(conn, &policy, &order, (&actor, &reason), now)
    })
    .await
}

pub async fn close(
    desk: web::Data<Desk>,
    _: ServiceCaller,
    id: web::Path<i64>,
    Json(event): Json<CloseEvent>,
) -> Result<Answer, ServiceError> {
    let (policy, now, message) = (desk.policy.clone(), desk.clock.now(), event.message);
    apply(&desk, *id, "close", event.head, move |conn, order, head| {
        let actor = actor(conn, &order, &head)?;
        let order = verdict::accept_if_implied(conn, &policy, order, &actor, now)?;
        let message = Some(message.as_str()).filter(|message| !message.is_empty());
        verdict::close(conn, &policy, &order, (&actor, message), now)
    })
    .await
}

pub async fn reassigned(
    desk: web::Data<Desk>,
    _: ServiceCaller,
    id: web::Path<i64>,
    Json(event): Json<ReassignedEvent>,
) -> Result<Answer, ServiceError> {
    let (policy, now) = (desk.policy.clone(), desk.clock.now());
    let ReassignedEvent { head, assignee, comment } = event;
    apply(&desk, *id, "reassigned", head, move |conn, order, head| {
        let actor = actor(conn, &order, &head)?;
        reassign::reassign(conn, &policy, &order, &assignee, (&actor, &comment), now)
    })
    .await
}

/// One transaction: an event that was applied before changes nothing and is answered like the first time.
async fn apply(
    desk: &Desk,
    id: i64,
    kind: &'static str,
    head: TaskEventHead,
    effect: impl FnOnce(&mut Connection, Order, TaskEventHead) -> Result<Order, ServiceError> + Clone + Send + 'static,
) -> Result<Answer, ServiceError> {
    let now = desk.clock.now();
    let answer = desk
        .db
        .write(move |conn| {
            let order = match current(conn, OrderId(id), kind, &head, now)? {
                (order, true) => effect(conn, order, head)?,
                (order, false) => order,
            };
            Ok::<_, ServiceError>(receipt::moved(&order))
        })
        .await?;
    desk.nudges.all();
    Ok(answer)
}

/// A stage feedback in one line, for the history.
fn said(stage: &str, result: StageResult, message: &str) -> String {
    let result = match result {
        StageResult::Success => "成功 / success",
        StageResult::Failure => "失败 / failure",
    };
    if message.is_empty() { format!("{stage}：{result}") } else { format!("{stage}：{result}\n{message}") }
}
