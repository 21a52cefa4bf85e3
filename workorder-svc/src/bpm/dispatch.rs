//! The dispatch of an approved order (下发话单): written into the outbox with the approval, delivered to bpm-adapter
//! from there. source: work-order notes 3 and 4.

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use shared_model::bpm::{Assignee, Dispatch, Dispatched};
use shared_model::ids::OrderId;
use shared_model::problem::{Problem, codes};
use shared_model::role::Role;
use shared_model::server::client::{CallError, ServiceClient};
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::outbox::{Delivery, Fate, Message, NewMessage, enqueue};
use shared_model::text::Text;

use crate::approval::route;
use crate::bpm::repo::{self, task_state};
use crate::error::ServiceError;
use crate::order::kind::Requirement;
use crate::order::model::{Order, Person};
use crate::order::row::{from_json, to_json};

/// Kind of the messages of this room.
pub const KIND: &str = "dispatch";

/// Chooses the BPM person and writes the dispatch. Gives a warning for the history when nobody fitting was there.
pub fn issue(conn: &mut Connection, order: &mut Order, now: DateTime<Utc>) -> Result<Option<Text>, ServiceError> {
    let Some(choice) = route::assignee(conn, &order.creator)? else {
        return Err(Problem::new(&codes::SERVICE_UNAVAILABLE)
            .detail(Text::fixed("暂无可接单的 BPM 人员", "nobody can take the BPM task"))
            .into());
    };
    order.attempt += 1;
    order.dealer = choice.person.role;
    order.task_id = None;
    let payload = to_json(&dispatch_of(order, &choice.person)?)?;
    let message = NewMessage {
        kind: KIND,
        destination: "bpm-adapter",
        ordering_key: Some(format!("order-{}", order.id)),
        idempotency_key: format!("dispatch-{}-{}", order.id, order.attempt),
        payload: from_json(&payload)?,
    };
    let outbox_id = enqueue(conn, &message, now)?;
    repo::insert(conn, order.id, order.attempt, &choice.person, &outbox_id, now)?;
    order.assignee = Some(choice.person);
    Ok(choice.warning)
}

fn dispatch_of(order: &Order, person: &Person) -> Result<Dispatch, ServiceError> {
    let (Some(enterprise), Some(product)) = (&order.enterprise, &order.product) else {
        return Err(ServiceError::of(&codes::PRODUCT_GONE));
    };
    Ok(Dispatch {
        order_id: order.id,
        order_code: order.code.clone(),
        enum_type: order.kind.code().to_owned(),
        requirement: order.requirement.map_or("", Requirement::code).to_owned(),
        enterprise_id: enterprise.id.clone(),
        corp_name: enterprise.name.clone(),
        product_id: product.id.clone(),
        product: product.name.clone(),
        domains: order.domains.iter().map(|domain| domain.domain.clone()).collect(),
        assignee: Assignee {
            id: person.id.clone(),
            name: person.name.clone(),
            mobile: person.mobile.clone(),
            role: person.role.unwrap_or(Role::PlatformAdmin),
        },
        attempt: order.attempt,
    })
}

/// Carries a dispatch to bpm-adapter.
pub fn deliver<'a>(bpm: &'a ServiceClient, message: &'a Message) -> BoxFuture<'a, Delivery> {
    Box::pin(async move {
        match bpm.post("/internal/dispatches", Some(&message.idempotency_key), &message.payload).await {
            Ok(answer) => Delivery::Delivered(answer),
            Err(CallError::Unavailable(why)) => Delivery::Failed(why),
            Err(CallError::Refused(problem)) => {
                Delivery::Refused { code: problem.code, detail: problem.detail.unwrap_or(problem.title) }
            }
        }
    })
}

/// What a delivery means here: the task's ids are learnt, or the dispatch is dead until it is replayed or recalled.
pub fn settle(conn: &mut Connection, message: &Message, delivery: &Delivery, fate: Fate) -> Result<(), StoreError> {
    let dispatch: Dispatch = from_json(&message.payload.to_string())?;
    let (order, attempt) = (dispatch.order_id, dispatch.attempt);
    match (delivery, fate) {
        (Delivery::Delivered(answer), _) => match serde_json::from_value::<Dispatched>(answer.clone()) {
            Ok(taken) => repo::learn(conn, order, attempt, &taken.task_id, Some(&taken.bill_no)),
            Err(error) => {
                tracing::error!(%error, %order, attempt, "the dispatch was taken, but its answer names no task");
                Ok(())
            }
        },
        (_, Fate::Dead | Fate::Refused) => mark_dead(conn, order, attempt, message.created_at),
        (_, Fate::Done | Fate::Retry { .. }) => Ok(()),
    }
}

fn mark_dead(conn: &mut Connection, order: OrderId, attempt: i32, at: DateTime<Utc>) -> Result<(), StoreError> {
    let queued = repo::find(conn, order, attempt)?.is_some_and(|record| record.state == task_state::QUEUED);
    if queued { repo::set_state(conn, order, attempt, task_state::DEAD_LETTER, at) } else { Ok(()) }
}
