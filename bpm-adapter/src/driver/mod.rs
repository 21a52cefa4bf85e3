//! The edge to whatever runs the work: one BPM engine behind one trait, chosen by `driver.kind`.

pub mod camunda7;
pub mod embedded;
pub mod webhook;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, ready};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::task::JoinHandle;

use shared_model::bpm::{Assignee, Dispatch};
use shared_model::ids::{OrderId, TaskId};
use shared_model::server::outbox::Delivery;
use shared_model::server::settings::SettingsError;

use crate::app::Parts;
use crate::callback::keyring::Keyring;
use crate::settings::{DriverKind, Settings};

/// A task as an engine is handed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handover {
    pub task_id: TaskId,
    pub bill_no: String,
    pub dispatch: Dispatch,
    /// When the dispatch was taken in.
    #[serde(default)]
    pub dispatched_at: DateTime<Utc>,
}

/// News of a task for the engine that runs it: it has gone to another person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// The same in every repetition.
    pub event_id: String,
    pub task_id: TaskId,
    pub order_id: OrderId,
    pub assignee: Assignee,
    pub comment: String,
    pub occurred_at: DateTime<Utc>,
}

/// The order has taken a task back: whatever of it is at the engine, known to us or not, ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Withdrawal {
    /// The same in every repetition.
    pub event_id: String,
    pub task_id: TaskId,
    pub order_id: OrderId,
    pub reason: String,
    pub occurred_at: DateTime<Utc>,
}

/// A task that the engine was handed more than once, and what of it is to stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Survivor {
    pub task_id: TaskId,
    pub order_id: OrderId,
    pub engine_ref: String,
}

/// How tasks reach an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handing {
    /// The assignee's desk in the console is the engine: the task is there as soon as it is stored, and the desk calls
    /// report on it.
    AtTheDesk,
    /// By [`Driver::hand_over`], through the outbox; the engine reports by call-backs, or is asked by
    /// [`Driver::watch`].
    ByDelivery,
}

/// One BPM engine.
pub trait Driver: Send + Sync + 'static {
    /// Kept with each task: which engine has it.
    fn name(&self) -> &'static str;

    fn handing(&self) -> Handing;

    /// Hands a task over; at least once, so the engine must tell repetitions by the task's id. Network is allowed here.
    fn hand_over<'a>(&'a self, handover: &'a Handover) -> BoxFuture<'a, Delivery>;

    /// Tells the engine news of a task it has; at least once. The desk needs no telling.
    fn tell<'a>(&'a self, notice: &'a Notice) -> BoxFuture<'a, Delivery> {
        let _ = notice;
        Box::pin(ready(Delivery::Delivered(Value::Null)))
    }

    /// Takes a task back from the engine, which may never have had it; at least once. From the desk it is gone as soon
    /// as that is stored.
    fn take_back<'a>(&'a self, withdrawal: &'a Withdrawal) -> BoxFuture<'a, Delivery> {
        let _ = withdrawal;
        Box::pin(ready(Delivery::Delivered(Value::Null)))
    }

    /// What the engine calls a task, from its answer to [`Driver::hand_over`].
    fn engine_ref(&self, answer: &Value) -> Option<String> {
        let _ = answer;
        None
    }

    /// How long after it was given up a call may still have its effect, of an engine that does not tell repetitions by
    /// itself. After that time it is looked at once more.
    fn afterthought(&self) -> Option<Duration> {
        None
    }

    /// Ends whatever stands for a task beside the one thing that is to stay.
    fn single_out<'a>(&'a self, survivor: &'a Survivor) -> BoxFuture<'a, Delivery> {
        let _ = survivor;
        Box::pin(ready(Delivery::Delivered(Value::Null)))
    }

    /// Starts asking the engine for what happened to its tasks, where it does not report by itself.
    fn watch(self: Arc<Self>, parts: web::Data<Parts>) -> Option<JoinHandle<()>> {
        let _ = parts;
        None
    }
}

/// The engine that the settings name. `keyring` is what its call-backs are signed with.
pub fn build(settings: &Settings, keyring: &Keyring) -> Result<Arc<dyn Driver>, SettingsError> {
    Ok(match settings.driver.kind {
        DriverKind::Embedded => Arc::new(embedded::Embedded),
        DriverKind::Camunda7 => Arc::new(camunda7::Camunda7::new(settings)?),
        DriverKind::Webhook => Arc::new(webhook::Webhook::new(settings, keyring)?),
    })
}
