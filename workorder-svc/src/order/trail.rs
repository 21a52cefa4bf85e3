//! The trail of an order: what happened to it and who did it, and its tasks at BPM.

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use shared_model::ids::{TaskId, UserId};
use shared_model::role::Role;
use utoipa::ToSchema;

use crate::order::model::Person;
use crate::order::state::OrderState;

/// One row of `domain_history`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    pub id: i64,
    pub time: DateTime<Utc>,
    /// An [`crate::order::state::OrderEvent`] code or one of [`history_event`].
    pub event: String,
    pub actor: Actor,
    /// Whose substitute the actor was.
    pub on_behalf_of: Option<Actor>,
    pub from: Option<OrderState>,
    pub to: OrderState,
    pub comment: Option<String>,
    pub icp_completed: bool,
    pub icp_success: bool,
}

/// Events of the history that are no transitions.
pub mod history_event {
    /// The second row of every submission: the check or the approval that is awaited.
    pub const PENDING: &str = "pending";
    /// Somebody added a comment.
    pub const COMMENTED: &str = "commented";
    /// The BPM task went to another person.
    pub const REASSIGNED: &str = "reassigned";
    /// PLATFORM_ADMIN gave the order of a creator who left to another manager.
    pub const CREATOR_CHANGED: &str = "creatorChanged";
}

/// Who did it: a person, or a system (then without a role).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Actor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

impl Actor {
    pub fn person(person: &Person) -> Self {
        Self { id: Some(person.id.clone()), name: person.name.clone(), role: person.role }
    }

    /// The ICP registry check.
    pub fn icp_check() -> Self {
        Self { id: None, name: "备案系统".to_owned(), role: None }
    }

    /// BPM, where it names nobody.
    pub fn bpm() -> Self {
        Self { id: None, name: "BPM接口".to_owned(), role: None }
    }

    /// Billing.
    pub fn billing() -> Self {
        Self { id: None, name: "BBOSS".to_owned(), role: None }
    }
}

/// A BPM task of an order as this side knows it, with its stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BpmTask {
    pub id: TaskId,
    pub attempt: i32,
    pub state: String,
    pub assignee: Person,
    pub stages: Vec<BpmStage>,
}

/// One stage feedback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BpmStage {
    pub stage: String,
    pub result: String,
    pub message: String,
    pub time: DateTime<FixedOffset>,
}
