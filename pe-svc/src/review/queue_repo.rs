//! What waits for a review, read across the resources.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_model::server::database::Connection;

use crate::certification::state::CertificationStatus;
use crate::resource::ResourceName;
use crate::resource::tally::{self, Scope};
use crate::review::verdict::AuditStatus;
use crate::schema::{certification, certification_status, certification_type, entity_type, pe_member, public_entity};

/// A record that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub resource: ResourceName,
    pub id: i64,
    pub title: String,
    /// Of certifications: the type. Of members: the entity.
    pub subtitle: Option<String>,
    pub since: NaiveDateTime,
    pub owner_id: String,
    pub version: i64,
}

type Row = (i64, String, NaiveDateTime, String, i64);

/// Which of the waiting records are wanted.
pub enum Wanted<'a> {
    /// So many of those that wait longest.
    Longest(i64),
    /// Of these those that still wait.
    Among(&'a [i64]),
}

impl Wanted<'_> {
    fn limit(&self) -> i64 {
        match self {
            Self::Longest(limit) => *limit,
            Self::Among(ids) => i64::try_from(ids.len()).unwrap_or(i64::MAX),
        }
    }

    fn among(&self) -> Option<Vec<i64>> {
        match self {
            Self::Longest(_) => None,
            Self::Among(ids) => Some(ids.to_vec()),
        }
    }
}

macro_rules! pending {
    ($conn:expr, $table:ident, $title:ident, $owner:ident, $wanted:expr) => {{
        let mut query = $table::table
            .filter($table::deleted_at.is_null())
            .filter($table::audit_status.eq(AuditStatus::Pending.code()))
            .into_boxed();
        if let Some(ids) = $wanted.among() {
            query = query.filter($table::id.eq_any(ids));
        }
        query
            .order(($table::updated_at, $table::id))
            .limit($wanted.limit())
            .select(($table::id, $table::$title, $table::updated_at, $table::$owner, $table::version))
            .load::<Row>($conn)
    }};
}

macro_rules! count_pending {
    ($conn:expr, $table:ident) => {
        $table::table
            .filter($table::deleted_at.is_null())
            .filter($table::audit_status.eq(AuditStatus::Pending.code()))
            .count()
            .get_result::<i64>($conn)
    };
}

/// The wanted ones of the records of a resource that wait, oldest first.
pub fn list(conn: &mut Connection, resource: ResourceName, wanted: &Wanted<'_>) -> QueryResult<Vec<Waiting>> {
    let rows: Vec<Row> = match resource {
        ResourceName::PeTypes => pending!(conn, entity_type, name, created_by, wanted)?,
        ResourceName::PublicEntities => pending!(conn, public_entity, name, owner_id, wanted)?,
        ResourceName::AuthenticationTypes => pending!(conn, certification_type, name, created_by, wanted)?,
        ResourceName::AuthenticationStatuses => pending!(conn, certification_status, name, created_by, wanted)?,
        ResourceName::PeMembers => return members(conn, wanted),
        ResourceName::PeAuthentications => return certifications(conn, wanted),
    };
    let waiting = |(id, title, since, owner_id, version)| Waiting {
        resource,
        id,
        title,
        subtitle: None,
        since,
        owner_id,
        version,
    };
    Ok(rows.into_iter().map(waiting).collect())
}

/// How many wait.
pub fn count(conn: &mut Connection, resource: ResourceName) -> QueryResult<i64> {
    let pending = AuditStatus::Pending.code();
    match resource {
        ResourceName::PeTypes => count_pending!(conn, entity_type),
        ResourceName::AuthenticationTypes => count_pending!(conn, certification_type),
        ResourceName::AuthenticationStatuses => count_pending!(conn, certification_status),
        ResourceName::PublicEntities | ResourceName::PeMembers => {
            tally::total(conn, &Scope::in_state(resource, pending))
        }
        ResourceName::PeAuthentications => {
            tally::total(conn, &Scope::in_state(resource, CertificationStatus::Submitted.code()))
        }
    }
}

fn members(conn: &mut Connection, wanted: &Wanted<'_>) -> QueryResult<Vec<Waiting>> {
    let mut query = pe_member::table
        .inner_join(public_entity::table.on(public_entity::id.eq(pe_member::pe_id)))
        .filter(pe_member::deleted_at.is_null())
        .filter(pe_member::audit_status.eq(AuditStatus::Pending.code()))
        .into_boxed();
    if let Some(ids) = wanted.among() {
        query = query.filter(pe_member::id.eq_any(ids));
    }
    let rows: Vec<(i64, String, String, NaiveDateTime, String, i64)> = query
        .order((pe_member::updated_at, pe_member::id))
        .limit(wanted.limit())
        .select((
            pe_member::id,
            pe_member::u_name,
            public_entity::name,
            pe_member::updated_at,
            pe_member::owner_id,
            pe_member::version,
        ))
        .load(conn)?;
    let waiting = |(id, title, entity, since, owner_id, version)| Waiting {
        resource: ResourceName::PeMembers,
        id,
        title,
        subtitle: Some(entity),
        since,
        owner_id,
        version,
    };
    Ok(rows.into_iter().map(waiting).collect())
}

fn certifications(conn: &mut Connection, wanted: &Wanted<'_>) -> QueryResult<Vec<Waiting>> {
    let mut query = certification::table
        .inner_join(public_entity::table.on(public_entity::id.eq(certification::pe_id)))
        .inner_join(certification_type::table.on(certification_type::id.eq(certification::type_id)))
        .filter(certification::deleted_at.is_null())
        .filter(certification::status.eq(CertificationStatus::Submitted.code()))
        .into_boxed();
    if let Some(ids) = wanted.among() {
        query = query.filter(certification::id.eq_any(ids));
    }
    let rows: Vec<(i64, String, String, Option<NaiveDateTime>, String, i64)> = query
        .order((certification::submitted_at, certification::id))
        .limit(wanted.limit())
        .select((
            certification::id,
            public_entity::name,
            certification_type::name,
            certification::submitted_at,
            certification::owner_id,
            certification::version,
        ))
        .load(conn)?;
    let waiting = |(id, title, kind, since, owner_id, version): (_, _, _, Option<NaiveDateTime>, _, _)| Waiting {
        resource: ResourceName::PeAuthentications,
        id,
        title,
        subtitle: Some(kind),
        since: since.unwrap_or_default(),
        owner_id,
        version,
    };
    Ok(rows.into_iter().map(waiting).collect())
}
