//! What the six resources share: eight operations, each written once. A resource says what its records look like, who may
//! see and change them, and what stands against creating, changing, deleting or approving one.

pub mod actor;
pub mod audit;
pub mod delete;
pub mod delete_all;
pub mod document;
pub mod filter;
pub mod fixed;
pub mod form;
pub mod list;
pub mod lock;
pub mod name;
pub mod save;
pub mod search;
pub mod show;
pub mod table;
pub mod tally;

pub use actor::{Actor, shown};
pub use filter::{ListFilter, ListQuery, SortKey};
pub use form::Form;
pub use lock::lock;
pub use name::ResourceName;

use serde_json::Value;
use shared_model::page::Page;
use shared_model::server::database::Connection;

use crate::error::ServiceError;
use crate::review::verdict::Verdict;

/// Which records a list is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    All,
    /// The caller's own.
    Mine,
}

/// A living record as one actor meets it.
#[derive(Clone, Debug)]
pub struct Found {
    pub id: i64,
    pub version: i64,
    /// As the actor may see it.
    pub view: Value,
    /// All of it, for the audit log.
    pub full: Value,
    /// False: to this actor the record does not exist.
    pub visible: bool,
    /// Whether the actor sees the record itself, or only what everybody may see of it.
    pub whole: bool,
    /// Whether `PUT` may change it: reference data whoever holds the permission, the rest its owner.
    pub editable: bool,
    /// Whether it is the actor's own, for `DELETE …/mine/{id}`.
    pub own: bool,
    /// Whether a review is awaited.
    pub awaits_audit: bool,
}

/// A resource, as the eight operations see it. Every function runs inside the operation's transaction.
pub trait Resource: Sync {
    fn name(&self) -> ResourceName;

    /// The fields a `PUT` may set.
    fn writable(&self) -> &'static [&'static str];

    /// The fields a record has that nobody sets by hand.
    fn maintained(&self) -> &'static [&'static str];

    /// What a record made by this actor will say in its maintained fields.
    fn newborn(&self, actor: &Actor) -> Value;

    fn page(
        &self,
        conn: &mut Connection,
        actor: &Actor,
        reach: Reach,
        filter: &ListFilter,
    ) -> Result<Page<Value>, ServiceError>;

    fn find(&self, conn: &mut Connection, actor: &Actor, id: i64) -> Result<Option<Found>, ServiceError>;

    /// Makes a record of a body whose fixed fields were checked. Returns its id.
    fn create(&self, conn: &mut Connection, actor: &Actor, form: Form) -> Result<i64, ServiceError>;

    /// Replaces what may be set of a record that the actor may change.
    fn update(&self, conn: &mut Connection, actor: &Actor, id: i64, form: Form) -> Result<(), ServiceError>;

    /// Gives a verdict on a record nobody else has claimed.
    fn audit(&self, conn: &mut Connection, actor: &Actor, id: i64, verdict: &Verdict) -> Result<(), ServiceError>;

    /// What stands against its owner deleting this record, beside what refers to it.
    fn check_owner_may_delete(&self, conn: &mut Connection, actor: &Actor, id: i64) -> Result<(), ServiceError>;

    /// Whether living records refer to this one, or (None) to any.
    fn is_referred_to(&self, conn: &mut Connection, id: Option<i64>) -> Result<bool, ServiceError>;

    /// Marks one record as deleted, or (None) all. Returns their ids.
    fn mark_deleted(&self, conn: &mut Connection, actor: &Actor, id: Option<i64>) -> Result<Vec<i64>, ServiceError>;
}
