//! Tells the subscribers: one message of the outbox for each, in the transaction of the change.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use shared_model::local_time::with_offset;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::outbox::{self, NewMessage};
use shared_model::text::Language;
use uuid::Uuid;

use crate::desk::Policy;
use crate::order::model::Order;
use crate::service_order::face::Reader;
use crate::service_order::hub::event_filter::EventFilter;
use crate::service_order::hub::{courier, repo as subscriptions};
use crate::service_order::repo;
use crate::service_order::state::ServiceOrderState;

/// What happened to a service order. source: TMF641 v4.1, "Notifications"
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Created,
    AttributeValueChanged,
    StateChanged,
    /// It waits for its creator.
    InformationRequired,
    Deleted,
}

impl Event {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "ServiceOrderCreateEvent",
            Self::AttributeValueChanged => "ServiceOrderAttributeValueChangeEvent",
            Self::StateChanged => "ServiceOrderStateChangeEvent",
            Self::InformationRequired => "ServiceOrderInformationRequiredEvent",
            Self::Deleted => "ServiceOrderDeleteEvent",
        }
    }
}

/// Tells of an order as it stands now, its rows being written.
pub fn tell(
    conn: &mut Connection,
    event: Event,
    order: &Order,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let subscribers = subscriptions::list(conn)?;
    if subscribers.is_empty() {
        return Ok(());
    }
    let reader = Reader { language: Language::Chinese, zone: policy.zone };
    let resource = repo::faced(conn, order.clone())?.resource(reader);
    send(conn, &subscribers, event.code(), "serviceOrder", &resource, (reader, now))
}

/// Tells of a move from one state to another, if a service order shows it.
pub fn tell_of_move(
    conn: &mut Connection,
    before: &Order,
    after: &Order,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (from, to) = (ServiceOrderState::of(before.state), ServiceOrderState::of(after.state));
    if from == to {
        return Ok(());
    }
    tell(conn, Event::StateChanged, after, policy, now)?;
    if to == ServiceOrderState::Pending {
        tell(conn, Event::InformationRequired, after, policy, now)?;
    }
    Ok(())
}

/// Writes the event for every subscriber that wants it.
pub fn send(
    conn: &mut Connection,
    subscribers: &[subscriptions::Subscription],
    event_type: &str,
    name: &str,
    resource: &Map<String, Value>,
    (reader, now): (Reader, DateTime<Utc>),
) -> Result<(), StoreError> {
    let payload = json!({ name: resource });
    let event_id = Uuid::now_v7().to_string();
    let at = with_offset(now, reader.zone);
    for subscriber in subscribers {
        // A query was read before it was kept.
        let wanted = EventFilter::parse(subscriber.query.as_deref()).unwrap_or_default();
        if !wanted.lets_through(event_type, &payload) {
            continue;
        }
        let message = NewMessage {
            kind: courier::KIND,
            destination: courier::DESTINATION,
            ordering_key: Some(format!("hub-{}", subscriber.id)),
            idempotency_key: format!("{event_id}-{}", subscriber.id),
            payload: json!({
                "subscription": subscriber.id,
                "event": {
                    "eventId": event_id, "eventTime": at, "eventType": event_type, "timeOcurred": at,
                    "correlationId": resource.get("id"), "domain": "serviceOrdering", "event": payload
                }
            }),
        };
        outbox::enqueue(conn, &message, now)?;
    }
    Ok(())
}
