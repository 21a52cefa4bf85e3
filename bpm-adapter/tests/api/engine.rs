//! An engine outside that takes tasks or doesn't.

use std::sync::{Arc, Mutex};

use bpm_adapter::driver::{Driver, Handing, Handover};
use futures_util::future::{BoxFuture, ready};
use serde_json::Value;
use shared_model::server::outbox::Delivery;

/// What the engine does with the next task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Takes,
    Refuses,
    IsDown,
}

/// The scripted engine.
#[derive(Clone)]
pub struct OutsideEngine {
    mood: Arc<Mutex<Engine>>,
    taken: Arc<Mutex<Vec<Handover>>>,
}

impl OutsideEngine {
    pub fn new(mood: Engine) -> Self {
        Self { mood: Arc::new(Mutex::new(mood)), taken: Arc::default() }
    }

    pub fn is(&self, mood: Engine) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn taken(&self) -> Vec<Handover> {
        self.taken.lock().unwrap().clone()
    }
}

impl Driver for OutsideEngine {
    fn name(&self) -> &'static str {
        "outside"
    }

    fn handing(&self) -> Handing {
        Handing::ByDelivery
    }

    fn hand_over<'a>(&'a self, handover: &'a Handover) -> BoxFuture<'a, Delivery> {
        let delivery = match *self.mood.lock().unwrap() {
            Engine::Takes => {
                self.taken.lock().unwrap().push(handover.clone());
                Delivery::Delivered(Value::Null)
            }
            Engine::Refuses => Delivery::Refused { code: "engine.no".into(), detail: "不收".into() },
            Engine::IsDown => Delivery::Failed("refuses the connection".into()),
        };
        Box::pin(ready(delivery))
    }
}
