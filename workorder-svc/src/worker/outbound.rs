//! Carries the messages of the outbox to where they belong: dispatches to bpm-adapter, letters to people, words to
//! robots, events to those who subscribed to them.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use shared_model::server::client::ServiceClient;
use shared_model::server::clock::Clock;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::outbox::{Deliver, Delivery, Fate, Message};

use crate::bpm::{dispatch, verdict};
use crate::desk::Policy;
use crate::mail::letter::Letter;
use crate::mail::transport::{MailError, MailTransport};
use crate::notice::dead_letter;
use crate::notice::robot::{self, crew::Crew};
use crate::service_order::hub::courier;

pub struct Outbound {
    pub policy: Arc<Policy>,
    pub clock: Clock,
    pub bpm: Arc<ServiceClient>,
    pub mail: Box<dyn MailTransport>,
    pub robots: Crew,
    pub hub: courier::Courier,
}

impl Deliver for Outbound {
    fn deliver<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Delivery> {
        match message.kind.as_str() {
            dispatch::KIND => dispatch::deliver(&self.bpm, message),
            verdict::MAIL => Box::pin(self.send(message)),
            robot::KIND => Box::pin(self.robots.deliver(message)),
            courier::KIND => self.hub.deliver(message),
            kind => {
                let why = format!("no way out for messages of kind {kind}");
                Box::pin(async move { Delivery::Failed(why) })
            }
        }
    }

    fn shut(&self) -> Vec<String> {
        self.robots.shut()
    }

    fn one_by_one(&self) -> bool {
        self.robots.one_by_one()
    }

    fn claimed(&self, message: &Message) {
        self.robots.claimed(message);
    }

    fn settle(
        &self,
        conn: &mut Connection,
        message: &Message,
        delivery: &Delivery,
        fate: Fate,
    ) -> Result<(), StoreError> {
        if message.kind != dispatch::KIND {
            return Ok(());
        }
        dispatch::settle(conn, message, delivery, fate)?;
        match fate {
            Fate::Dead | Fate::Refused => dead_letter::tell(conn, &self.policy, message, delivery, self.clock.now()),
            Fate::Done | Fate::Retry { .. } => Ok(()),
        }
    }
}

impl Outbound {
    async fn send(&self, message: &Message) -> Delivery {
        let letter: Letter = match serde_json::from_value(message.payload.clone()) {
            Ok(letter) => letter,
            Err(error) => return Delivery::Refused { code: "mail.malformed".to_owned(), detail: error.to_string() },
        };
        match self.mail.send(&message.idempotency_key, &letter).await {
            Ok(()) => Delivery::Delivered(serde_json::Value::Null),
            Err(MailError::Unsendable(why)) => Delivery::Refused { code: "mail.unsendable".to_owned(), detail: why },
            Err(MailError::Failed(why)) => Delivery::Failed(why),
        }
    }
}
