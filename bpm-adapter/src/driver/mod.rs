//! The edge to whatever runs the work: one BPM engine behind one trait.

pub mod embedded;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use shared_model::bpm::Dispatch;
use shared_model::ids::TaskId;
use shared_model::server::outbox::Delivery;

/// A task as an engine is handed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handover {
    pub task_id: TaskId,
    pub bill_no: String,
    pub dispatch: Dispatch,
}

/// How tasks reach an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handing {
    /// The assignee's desk in the console is the engine: the task is there as soon as it is stored, and the desk calls
    /// report on it.
    AtTheDesk,
    /// By [`Driver::hand_over`], through the outbox; the engine reports by call-backs.
    ByDelivery,
}

/// One BPM engine.
pub trait Driver: Send + Sync + 'static {
    /// Kept with each task: a task stays with the engine it was handed to.
    fn name(&self) -> &'static str;

    fn handing(&self) -> Handing;

    /// Hands a task over; at least once, so the engine must tell repetitions by the task's id. Network is allowed here.
    fn hand_over<'a>(&'a self, handover: &'a Handover) -> BoxFuture<'a, Delivery>;
}
