//! The audit log 操作日志: every change, audit and refusal of permission; append-only, a hash chain.
//! source: public entity rule 12.

pub mod chain;
pub mod list;
pub mod refusal;
mod repo;

pub use repo::{AlteredLine, append, first_altered};

use serde_json::Value;

use crate::resource::{Actor, ResourceName};

/// What was done, before it has its place in the chain.
#[derive(Clone, Debug)]
pub struct Entry {
    pub actor_id: String,
    pub actor_name: String,
    pub action: Action,
    /// A resource's segment, or the room that was changed: `files`, `setup`.
    pub resource: &'static str,
    pub record_id: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// The words of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Update,
    Delete,
    DeleteAll,
    Audit,
    Submit,
    Renew,
    Reply,
    Claim,
    Release,
    Upload,
    Setup,
    Refused,
}

impl Action {
    pub const ALL: [Self; 13] = [
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::DeleteAll,
        Self::Audit,
        Self::Submit,
        Self::Renew,
        Self::Reply,
        Self::Claim,
        Self::Release,
        Self::Upload,
        Self::Setup,
        Self::Refused,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::DeleteAll => "deleteAll",
            Self::Audit => "audit",
            Self::Submit => "submit",
            Self::Renew => "renew",
            Self::Reply => "reply",
            Self::Claim => "claim",
            Self::Release => "release",
            Self::Upload => "upload",
            Self::Setup => "setup",
            Self::Refused => "refused",
        }
    }
}

impl Entry {
    /// A change of one record.
    pub fn of(actor: &Actor, action: Action, resource: ResourceName, id: i64) -> Self {
        Self {
            actor_id: actor.id().to_owned(),
            actor_name: actor.name().to_owned(),
            action,
            resource: resource.segment(),
            record_id: Some(id.to_string()),
            before: None,
            after: None,
        }
    }

    pub fn before(mut self, value: Value) -> Self {
        self.before = Some(value);
        self
    }

    pub fn after(mut self, value: Value) -> Self {
        self.after = Some(value);
        self
    }
}
