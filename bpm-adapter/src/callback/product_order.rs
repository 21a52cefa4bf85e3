//! `POST /bpm/callbacks/product-orders`: billing tells of a product subscription; the order service hears it once.

use actix_web::web;
use chrono::{DateTime, Utc};

use shared_model::bpm::ProductOrder;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body;
use shared_model::server::database::Connection;
use shared_model::text::Text;

use super::request::{Callback, CallbackAnswer};
use super::task_event::{ID_LIMIT, answer_of, check_ids};
use crate::app::Parts;
use crate::error::ServiceError;
use crate::event::model::{EventBody, EventRow, EventState};
use crate::event::send::{self, BILLING, Origin};
use crate::event::{accept, outcome, repo};
use crate::task::rules::{Layout, check_text};

/// The longest name, in characters.
const NAME_LIMIT: usize = 200;

/// 计费：产品订购变化。 Billing reports a product order.
#[utoipa::path(
    post,
    path = "/bpm/callbacks/product-orders",
    tag = "回调 Call-backs",
    params(
        ("webhook-id" = String, Header),
        ("webhook-timestamp" = String, Header),
        ("webhook-signature" = String, Header, description = "v1,<base64 HMAC-SHA256 of id.timestamp.body>")
    ),
    request_body = ProductOrder,
    responses(
        (status = 200, body = CallbackAnswer),
        (status = 202, body = CallbackAnswer, description = "已受理 taken in"),
        (status = 401, description = "callback.signature_invalid"),
        (status = 409, description = "the order service's refusal"),
        (status = 422, description = "field.invalid; idempotency.mismatch: the webhook-id or eventId was another subscription's")
    )
)]
pub async fn receive_product_order(parts: web::Data<Parts>, callback: Callback) -> Result<Answer, Problem> {
    callback.check(&parts.billing_keyring, &parts).await?;
    let order: ProductOrder = body::parse(&callback.body)?;
    check_order(&order, &callback.webhook_id).map_err(Problem::of_faults)?;
    let now = parts.clock.now();
    let webhook_id = callback.webhook_id.clone();
    let event_row = match store(&parts, &order, &webhook_id, now).await {
        // Its twin was stored at the very same moment: now it is known.
        Err(ServiceError::Store(error)) if error.unique_violation().is_some() => {
            store(&parts, &order, &webhook_id, now).await?
        }
        stored => stored?,
    };
    parts.outbox.nudge();
    let event = outcome::wait(&parts.db, &event_row, parts.patience()).await?;
    answer_of(&event)
}

async fn store(
    parts: &Parts,
    order: &ProductOrder,
    webhook_id: &str,
    now: DateTime<Utc>,
) -> Result<String, ServiceError> {
    let (order, webhook_id) = (order.clone(), webhook_id.to_owned());
    parts.db.write(move |conn| take_in(conn, order, webhook_id, now)).await
}

/// The ids must be there; what they mean is the order service's to say.
fn check_order(order: &ProductOrder, webhook_id: &str) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    check_ids(&order.event_id, Some(webhook_id), &mut faults);
    for (pointer, id) in [("/enterpriseId", order.enterprise_id.as_str()), ("/productId", order.product_id.as_str())] {
        if id.trim().is_empty() {
            faults.push(Fault::new(pointer, &codes::FIELD_INVALID, Text::fixed("此项必填", "this must not be empty")));
        }
        check_text(pointer, id, Layout::OneLine, ID_LIMIT, &mut faults);
    }
    for (pointer, name) in [
        ("/enterpriseName", &order.enterprise_name),
        ("/productName", &order.product_name),
        ("/chargeMode", &order.charge_mode),
    ] {
        check_text(pointer, name, Layout::OneLine, NAME_LIMIT, &mut faults);
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Stores it once by its event id and puts it on its way. One that was refused may be said again: it had no effect.
fn take_in(
    conn: &mut Connection,
    order: ProductOrder,
    webhook_id: String,
    now: DateTime<Utc>,
) -> Result<String, ServiceError> {
    let subscription = subscription_of(&order);
    let body = EventBody::ProductOrder(order);
    let known = match repo::find_by_source(conn, BILLING, body.event_id())? {
        Some(known) => Some(known),
        None => repo::find_of_billing(conn, &webhook_id)?,
    };
    if let Some(known) = &known
        && !is_of(known, &subscription)?
    {
        return Err(accept::mismatch().into());
    }
    let id = match known {
        Some(EventRow { id, state: EventState::Refused, .. }) => {
            repo::apply_said_again(conn, &id, &body.to_json()?.to_string(), now.naive_utc())?;
            id
        }
        Some(EventRow { id, .. }) => return Ok(id),
        None => {
            let origin = Origin { webhook_id: Some(webhook_id), ticket: None };
            send::store(conn, BILLING, None, &body, EventState::Pending, &origin, now)?
        }
    };
    let row = send::get(conn, &id)?;
    send::tell_of_product(conn, &row, subscription, now)?;
    Ok(id)
}

/// What is told strictly in order.
fn subscription_of(order: &ProductOrder) -> String {
    format!("{BILLING}:{}:{}", order.enterprise_id, order.product_id)
}

fn is_of(known: &EventRow, subscription: &str) -> Result<bool, ServiceError> {
    Ok(matches!(known.parsed()?, EventBody::ProductOrder(order) if subscription_of(&order) == subscription))
}
