//! Carries the outbox: events to the order service, tasks to the engine.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use shared_model::server::client::{CallError, ServiceClient};
use shared_model::server::clock::Clock;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::outbox::{Deliver, Delivery, Fate, Message};

use super::apply;
use super::send::{Letter, ORDER_SERVICE};
use crate::breaker::Breakers;
use crate::dispatch::{afterthought, hand_over};
use crate::driver::{Driver, Handover, Notice, Survivor, Withdrawal};

/// Delivers and writes down what came of it.
pub struct Courier {
    pub order_service: Arc<ServiceClient>,
    pub driver: Arc<dyn Driver>,
    pub clock: Clock,
    pub breakers: Breakers,
}

impl Courier {
    async fn to_order_service(&self, message: &Message) -> Delivery {
        let letter: Letter = match serde_json::from_value(message.payload.clone()) {
            Ok(letter) => letter,
            Err(error) => return Delivery::Failed(format!("the message cannot be read: {error}")),
        };
        let key = Some(message.idempotency_key.as_str());
        let answer = if message.kind.starts_with("billing.") {
            self.order_service.put(&letter.path, key, &letter.body).await
        } else {
            self.order_service.post(&letter.path, key, &letter.body).await
        };
        match answer {
            Ok(value) => Delivery::Delivered(value),
            // A service token that is refused is a fault of the installation, not an answer about the order.
            Err(CallError::Refused(problem)) if problem.code.starts_with("auth.") => {
                Delivery::Failed(format!("{} {}", problem.status, problem.code))
            }
            // With its status, because one code may have two.
            Err(CallError::Refused(problem)) => Delivery::Refused {
                code: format!("{} {}", problem.status, problem.code),
                detail: problem.detail.clone().unwrap_or_else(|| problem.title.clone()),
            },
            Err(CallError::Unavailable(why)) => Delivery::Failed(why),
        }
    }

    async fn to_engine(&self, message: &Message) -> Delivery {
        let unreadable = |error: serde_json::Error| Delivery::Failed(format!("the message cannot be read: {error}"));
        let payload = message.payload.clone();
        match message.kind.as_str() {
            hand_over::NOTICE => match serde_json::from_value::<Notice>(payload) {
                Ok(notice) => self.driver.tell(&notice).await,
                Err(error) => unreadable(error),
            },
            afterthought::TAKE_BACK => match serde_json::from_value::<Withdrawal>(payload) {
                Ok(withdrawal) => self.driver.take_back(&withdrawal).await,
                Err(error) => unreadable(error),
            },
            afterthought::SINGLE_OUT => match serde_json::from_value::<Survivor>(payload) {
                Ok(survivor) => self.driver.single_out(&survivor).await,
                Err(error) => unreadable(error),
            },
            _ => match serde_json::from_value::<Handover>(payload) {
                Ok(handover) => self.driver.hand_over(&handover).await,
                Err(error) => unreadable(error),
            },
        }
    }
}

impl Deliver for Courier {
    fn deliver<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Delivery> {
        Box::pin(async move {
            let delivery = if message.destination == ORDER_SERVICE {
                self.to_order_service(message).await
            } else {
                self.to_engine(message).await
            };
            self.breakers.learn(&message.destination, &delivery);
            delivery
        })
    }

    fn shut(&self) -> Vec<String> {
        self.breakers.list_open()
    }

    fn one_by_one(&self) -> bool {
        self.breakers.any_awaits_probe()
    }

    fn claimed(&self, message: &Message) {
        self.breakers.note_sending(&message.destination);
    }

    fn settle(
        &self,
        conn: &mut Connection,
        message: &Message,
        delivery: &Delivery,
        fate: Fate,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        if message.destination == ORDER_SERVICE {
            apply::settle_event(conn, message, delivery, fate, now)?;
        } else {
            hand_over::settle(conn, message, delivery, fate, self.driver.as_ref(), now)?;
        }
        Ok(())
    }
}

/// The word for a delivery in a task's list of deliveries, and its detail.
pub fn outcome_of(delivery: &Delivery, fate: Fate) -> (&'static str, String) {
    match (delivery, fate) {
        (Delivery::Delivered(_), _) => ("delivered", String::new()),
        (Delivery::Refused { code, detail }, _) => ("refused", format!("{code} {detail}")),
        (Delivery::Failed(why), Fate::Dead) => ("dead", why.clone()),
        (Delivery::Failed(why), Fate::Done | Fate::Refused | Fate::Retry { .. }) => ("failed", why.clone()),
    }
}
