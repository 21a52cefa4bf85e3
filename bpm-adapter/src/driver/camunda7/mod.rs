//! Camunda 7, or Operaton: tasks are instances of one process, which asks for stages, rollbacks and closes to be told
//! by external tasks.
//!
//! ```text
//!  task ──> start (business key = order id) ──> people work there
//!                                                  │ external task: stage, rollback, close
//!  order service <── event <── worker: fetchAndLock ┘
//!        └── yes: complete ── no: bpmnError (back to the people) ── away: extendLock, later failure
//! ```
//!
//! The engine does not tell repetitions of a start apart. So instances are looked for before a start and after it, the
//! one of the lowest id stays and is written down with the task; what comes to be after that is deleted: when it
//! reports ([`standing`]), or when it is looked for once more after a while.

mod process;
mod rest;
mod standing;
mod variable;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use uuid::Uuid;

use shared_model::ids::{OrderId, TaskId};
use shared_model::server::outbound::OutboundClient;
use shared_model::server::outbox::Delivery;
use shared_model::server::settings::SettingsError;

use super::{Driver, Handing, Handover, Notice, Survivor, Withdrawal};
use crate::app::Parts;
use crate::settings::{Camunda7Settings, Settings, seconds};
use rest::{Fault, Rest};

/// Kept with the tasks it runs.
pub const NAME: &str = "camunda7";
/// The instance, in the answer to a start.
const INSTANCE: &str = "processInstanceId";

/// The engine behind `camunda7.url`.
pub struct Camunda7 {
    rest: Rest,
    late_start: Duration,
    /// Whether our process is known to be there. Held while it is being deployed, so that it is deployed once.
    deployed: Mutex<bool>,
    pace: Pace,
}

/// How external tasks are fetched.
#[derive(Clone, Debug)]
struct Pace {
    /// This process's name for its locks.
    worker_id: String,
    at_once: usize,
    lock: Duration,
    long_poll: Duration,
    /// How long the order service is waited for before an external task is put back, and for how long.
    patience: Duration,
    put_back: Duration,
}

impl Pace {
    fn of(settings: &Camunda7Settings) -> Self {
        Self {
            worker_id: format!("front-desk-{}", Uuid::now_v7()),
            at_once: settings.tasks_at_once.clamp(1, 100),
            lock: seconds(settings.lock_seconds).max(Duration::from_millis(300)),
            long_poll: seconds(settings.long_poll_seconds),
            patience: seconds(settings.patience_seconds),
            put_back: seconds(settings.put_back_seconds),
        }
    }
}

impl Camunda7 {
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let camunda = &settings.camunda7;
        let timeout = seconds(camunda.timeout_seconds);
        let client = OutboundClient::new(&camunda.url, &settings.outbound.private_hosts, timeout)
            .map_err(|error| SettingsError::Unusable(format!("camunda7.url {error}")))?;
        let rest = Rest::new(client, &camunda.username, camunda.password.clone());
        Ok(Self {
            rest,
            late_start: seconds(camunda.late_start_seconds),
            deployed: Mutex::new(false),
            pace: Pace::of(camunda),
        })
    }

    /// Brings the process to the engine, which keeps the newest it already has when nothing changed.
    async fn ensure_deployed(&self) -> Result<(), Fault> {
        let mut deployed = self.deployed.lock().await;
        if !*deployed {
            self.rest.deploy(process::FILE_NAME, process::BPMN).await?;
            tracing::info!(process = process::KEY, "the process is deployed");
            *deployed = true;
        }
        Ok(())
    }

    /// A task that runs already (its answer was lost) is not started again. When a start before this one has come to
    /// be meanwhile, one of the two stays.
    async fn start(&self, handover: &Handover) -> Result<Value, Fault> {
        self.ensure_deployed().await?;
        let (order, task) = (handover.dispatch.order_id.to_string(), handover.task_id.as_str());
        let mut running = self.rest.list_instances(process::KEY, &order, task).await?;
        if running.is_empty() {
            let started = self.start_new(&order, handover).await?;
            running = self.rest.list_instances(process::KEY, &order, task).await?;
            if running.is_empty() {
                running.push(started);
            }
        }
        let own = running.first().cloned();
        self.delete_but(own.as_deref(), running).await?;
        Ok(json!({ INSTANCE: own }))
    }

    async fn start_new(&self, order: &str, handover: &Handover) -> Result<String, Fault> {
        let started = self.rest.start(process::KEY, order, variable::of_handover(handover)).await;
        match started {
            Err(fault) if fault.is_missing() => {
                // Somebody has removed the process: the next try brings it again.
                *self.deployed.lock().await = false;
                Err(Fault::Away("the process was not deployed".to_owned()))
            }
            started => started,
        }
    }

    /// Leaves one of these instances, or none.
    async fn delete_but(&self, own: Option<&str>, running: Vec<String>) -> Result<(), Fault> {
        for instance in running.into_iter().filter(|instance| own != Some(instance)) {
            tracing::warn!(instance, "an instance is deleted: it is one too many, or its task was taken back");
            self.rest.delete_instance(&instance).await?;
        }
        Ok(())
    }

    /// [`Self::delete_but`] of everything that runs for a task.
    async fn leave(&self, own: Option<&str>, order: OrderId, task: &TaskId) -> Result<Value, Fault> {
        let running = self.rest.list_instances(process::KEY, &order.to_string(), task.as_str()).await?;
        self.delete_but(own, running).await.map(|()| Value::Null)
    }

    /// While the work waits at an external task nobody listens for the message: it is told again a little later.
    async fn correlate(&self, notice: &Notice) -> Result<Value, Fault> {
        let (order, task) = (notice.order_id.to_string(), notice.task_id.as_str());
        let told =
            self.rest.correlate(process::REASSIGNED, &order, task, variable::of_assignee(&notice.assignee)).await;
        match told {
            Err(Fault::Refused { status: 400, message }) => {
                if self.rest.list_instances(process::KEY, &order, task).await?.is_empty() {
                    return Err(Fault::Refused { status: 400, message });
                }
                Err(Fault::Away(format!("nobody listens at the moment: {message}")))
            }
            told => told.map(|()| Value::Null),
        }
    }
}

fn delivery_of(outcome: Result<Value, Fault>) -> Delivery {
    match outcome {
        Ok(answer) => Delivery::Delivered(answer),
        Err(Fault::Refused { status, message }) => {
            Delivery::Refused { code: format!("engine.{status}"), detail: message }
        }
        Err(Fault::Away(why)) => Delivery::Failed(format!("engine: {why}")),
    }
}

impl Driver for Camunda7 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn handing(&self) -> Handing {
        Handing::ByDelivery
    }

    fn hand_over<'a>(&'a self, handover: &'a Handover) -> BoxFuture<'a, Delivery> {
        Box::pin(async move { delivery_of(self.start(handover).await) })
    }

    fn tell<'a>(&'a self, notice: &'a Notice) -> BoxFuture<'a, Delivery> {
        Box::pin(async move { delivery_of(self.correlate(notice).await) })
    }

    fn take_back<'a>(&'a self, withdrawal: &'a Withdrawal) -> BoxFuture<'a, Delivery> {
        Box::pin(async move { delivery_of(self.leave(None, withdrawal.order_id, &withdrawal.task_id).await) })
    }

    fn engine_ref(&self, answer: &Value) -> Option<String> {
        answer.get(INSTANCE).and_then(Value::as_str).map(str::to_owned)
    }

    fn afterthought(&self) -> Option<Duration> {
        Some(self.late_start)
    }

    fn single_out<'a>(&'a self, survivor: &'a Survivor) -> BoxFuture<'a, Delivery> {
        Box::pin(async move {
            delivery_of(self.leave(Some(&survivor.engine_ref), survivor.order_id, &survivor.task_id).await)
        })
    }

    fn watch(self: Arc<Self>, parts: web::Data<Parts>) -> Option<JoinHandle<()>> {
        Some(tokio::spawn(worker::run(self, parts)))
    }
}
