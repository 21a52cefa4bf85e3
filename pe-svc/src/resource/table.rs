//! What the tables of audited records have in common: the columns of the audit and of the record's own life, the guarded
//! updates on them, and how their lists are narrowed and sorted.

use chrono::NaiveDateTime;
use serde::Serialize;
use shared_model::server::database::Connection;
use utoipa::ToSchema;

use super::actor::Actor;
use crate::review::verdict::AuditStatus;

/// The backend type that queries over both databases are boxed for.
pub type Backend = <Connection as diesel::Connection>::Backend;

/// What an audit leaves on a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditView {
    pub audit_status: AuditStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_remark: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audited_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audited_at: Option<String>,
}

/// What every record carries.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordView {
    pub created_by: String,
    pub created_at: String,
    pub updated_at: String,
    /// Counts the changes; also the `ETag`.
    pub version: i64,
}

/// An audit as it is written to the record.
pub struct AuditStamp<'a> {
    pub status: AuditStatus,
    pub remark: Option<&'a str>,
    pub by: &'a str,
    pub at: NaiveDateTime,
}

impl<'a> AuditStamp<'a> {
    pub fn new(status: AuditStatus, remark: Option<&'a str>, actor: &'a Actor) -> Self {
        Self { status, remark, by: actor.id(), at: actor.stored_now() }
    }
}

/// Fields every audited record carries and nobody sets by hand.
pub const MAINTAINED: &[&str] =
    &["createdBy", "createdAt", "updatedAt", "auditStatus", "auditRemark", "auditedBy", "auditedAt"];

/// The same, of records that belong to somebody.
pub const OWNED: &[&str] =
    &["ownerId", "createdBy", "createdAt", "updatedAt", "auditStatus", "auditRemark", "auditedBy", "auditedAt"];

/// A row of an audited table: its own columns, then those all of them have, in the order of the table.
#[macro_export]
macro_rules! audited_row {
    ($(#[$doc:meta])* pub struct $name:ident { $(pub $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, diesel::Queryable)]
        pub struct $name {
            pub id: i64,
            $(pub $field: $kind,)*
            pub audit_status: String,
            pub audit_remark: Option<String>,
            pub audited_by: Option<String>,
            pub audited_at: Option<chrono::NaiveDateTime>,
            pub created_by: String,
            pub created_at: chrono::NaiveDateTime,
            pub updated_at: chrono::NaiveDateTime,
            pub version: i64,
            pub deleted_at: Option<chrono::NaiveDateTime>,
        }

        impl $name {
            pub fn audit_status(&self) -> $crate::review::verdict::AuditStatus {
                $crate::review::verdict::AuditStatus::from_stored(&self.audit_status)
            }

            pub fn audit_view(&self, zone: chrono_tz::Tz) -> $crate::resource::table::AuditView {
                $crate::resource::table::AuditView {
                    audit_status: self.audit_status(),
                    audit_remark: self.audit_remark.clone(),
                    audited_by: self.audited_by.clone(),
                    audited_at: self.audited_at.map(|at| $crate::resource::shown(at, zone)),
                }
            }

            pub fn record_view(&self, zone: chrono_tz::Tz) -> $crate::resource::table::RecordView {
                $crate::resource::table::RecordView {
                    created_by: self.created_by.clone(),
                    created_at: $crate::resource::shown(self.created_at, zone),
                    updated_at: $crate::resource::shown(self.updated_at, zone),
                    version: self.version,
                }
            }
        }
    };
}

/// The queries every audited table has. `$row` is its row, `$name` the column its lists are sorted by name with,
/// `$search` the column a keyword is looked for in.
#[macro_export]
macro_rules! audited_queries {
    ($table:ident, $row:ident, $name:ident, $search:ident) => {
        /// The living record of that id.
        pub fn find(
            conn: &mut shared_model::server::database::Connection,
            id: i64,
        ) -> diesel::QueryResult<Option<$row>> {
            use diesel::prelude::*;
            $table::table.find(id).filter($table::deleted_at.is_null()).first(conn).optional()
        }

        /// Living records with what every list is narrowed by.
        fn living(
            filter: &$crate::resource::ListFilter,
        ) -> $table::BoxedQuery<'static, $crate::resource::table::Backend> {
            use diesel::prelude::*;
            let mut query = $table::table.filter($table::deleted_at.is_null()).into_boxed();
            if let Some(keyword) = filter.keyword.clone() {
                query = query.filter($table::$search.like(keyword.pattern).escape('\\'));
            }
            if let Some(status) = filter.audit_status.clone() {
                query = query.filter($table::audit_status.eq(status));
            }
            if let Some(from) = filter.created.from {
                query = query.filter($table::created_at.ge(from));
            }
            if let Some(before) = filter.created.before {
                query = query.filter($table::created_at.lt(before));
            }
            if let Some(from) = filter.updated.from {
                query = query.filter($table::updated_at.ge(from));
            }
            if let Some(before) = filter.updated.before {
                query = query.filter($table::updated_at.lt(before));
            }
            query
        }

        /// One page of a narrowed list, and how long the list is: from the tallies where `scope` is counted there.
        fn page_of<'a>(
            conn: &mut shared_model::server::database::Connection,
            filter: &$crate::resource::ListFilter,
            scope: Option<$crate::resource::tally::Scope>,
            narrowed: impl Fn() -> $table::BoxedQuery<'a, $crate::resource::table::Backend>,
        ) -> diesel::QueryResult<(Vec<$row>, i64)> {
            use diesel::prelude::*;
            use $crate::resource::{SortKey, tally};
            let total = match &scope {
                Some(scope) => tally::total(conn, scope)?,
                None => narrowed().count().get_result(conn)?,
            };
            let start = tally::start(conn, scope.as_ref(), filter)?;
            let mut query = narrowed();
            if let Some(id) = start.id {
                query =
                    if filter.descending { query.filter($table::id.le(id)) } else { query.filter($table::id.ge(id)) };
            }
            let query = match (filter.sort, filter.descending) {
                (SortKey::Name, false) => query.order(($table::$name.asc(), $table::id.asc())),
                (SortKey::Name, true) => query.order(($table::$name.desc(), $table::id.desc())),
                (SortKey::CreatedAt, false) => query.order(($table::created_at.asc(), $table::id.asc())),
                (SortKey::CreatedAt, true) => query.order(($table::created_at.desc(), $table::id.desc())),
                (SortKey::UpdatedAt, false) => query.order(($table::updated_at.asc(), $table::id.asc())),
                (SortKey::UpdatedAt, true) => query.order(($table::updated_at.desc(), $table::id.desc())),
                (SortKey::Id | SortKey::AppliedAt | SortKey::CompletedAt | SortKey::ValidUntil, false) => {
                    query.order($table::id.asc())
                }
                (SortKey::Id | SortKey::AppliedAt | SortKey::CompletedAt | SortKey::ValidUntil, true) => {
                    query.order($table::id.desc())
                }
            };
            let rows = query.limit(filter.page.size).offset(start.skip).load(conn)?;
            Ok((rows, total))
        }

        /// Marks one living record as deleted, or all of them. Returns their ids.
        pub fn mark_deleted(
            conn: &mut shared_model::server::database::Connection,
            id: Option<i64>,
            now: chrono::NaiveDateTime,
        ) -> diesel::QueryResult<Vec<i64>> {
            use diesel::prelude::*;
            let stamp =
                ($table::deleted_at.eq(Some(now)), $table::updated_at.eq(now), $table::version.eq($table::version + 1));
            match id {
                Some(id) => diesel::update($table::table.find(id).filter($table::deleted_at.is_null()))
                    .set(stamp)
                    .returning($table::id)
                    .get_results(conn),
                None => diesel::update($table::table.filter($table::deleted_at.is_null()))
                    .set(stamp)
                    .returning($table::id)
                    .get_results(conn),
            }
        }

        /// Writes a verdict over the version that was judged. False: the record is another by now.
        pub fn apply_verdict(
            conn: &mut shared_model::server::database::Connection,
            row: &$row,
            stamp: &$crate::resource::table::AuditStamp<'_>,
        ) -> diesel::QueryResult<bool> {
            use diesel::prelude::*;
            let judged =
                $table::table.find(row.id).filter($table::version.eq(row.version)).filter($table::deleted_at.is_null());
            let changed = diesel::update(judged)
                .set((
                    $table::audit_status.eq(stamp.status.code()),
                    $table::audit_remark.eq(stamp.remark),
                    $table::audited_by.eq(Some(stamp.by)),
                    $table::audited_at.eq(Some(stamp.at)),
                    $table::updated_at.eq(stamp.at),
                    $table::version.eq(row.version + 1),
                ))
                .execute(conn)?;
            Ok(changed == 1)
        }
    };
}
