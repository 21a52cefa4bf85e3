//! The table of certifications. A change is written over the version and status that were read, or not at all.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_model::server::database::Connection;

use super::period;
use super::state::{CertificationStatus, Standing};
use crate::entity::place::{self, Named};
use crate::resource::table::Backend;
use crate::resource::tally::{self, Scope};
use crate::resource::{Actor, ListFilter, Reach, ResourceName, SortKey};
use crate::schema::{certification, public_entity};

/// A certification as it is stored.
#[derive(Clone, Debug, Queryable, AsChangeset)]
#[diesel(table_name = certification, treat_none_as_null = true)]
pub struct CertificationRow {
    pub id: i64,
    pub pe_id: i64,
    pub type_id: i64,
    pub status: String,
    pub owner_id: String,
    pub applicant_id: String,
    pub note: Option<String>,
    pub validity_days: i32,
    pub review_window_days: i32,
    pub applied_at: Option<NaiveDateTime>,
    pub submitted_at: Option<NaiveDateTime>,
    pub review_until: Option<NaiveDateTime>,
    pub completed_at: Option<NaiveDateTime>,
    pub valid_until: Option<NaiveDateTime>,
    pub revoked_at: Option<NaiveDateTime>,
    pub superseded_at: Option<NaiveDateTime>,
    pub renews_id: Option<i64>,
    pub badge_id: Option<String>,
    pub created_by: String,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub version: i64,
    pub deleted_at: Option<NaiveDateTime>,
}

impl CertificationRow {
    pub fn status(&self) -> CertificationStatus {
        CertificationStatus::from_code(&self.status).unwrap_or(CertificationStatus::Draft)
    }

    pub fn is_expired(&self, now: NaiveDateTime) -> bool {
        period::is_expired(self.status(), self.review_until, self.valid_until, now)
    }

    pub fn standing(&self, now: NaiveDateTime) -> Standing {
        Standing { status: self.status(), expired: self.is_expired(now), revoked: self.revoked_at.is_some() }
    }
}

/// A certification to be opened.
pub struct NewCertification {
    pub pe_id: i64,
    pub type_id: i64,
    pub note: Option<String>,
    pub validity_days: i32,
    pub review_window_days: i32,
    pub renews_id: Option<i64>,
}

/// The living certification of that id.
pub fn find(conn: &mut Connection, id: i64) -> QueryResult<Option<CertificationRow>> {
    certification::table.find(id).filter(certification::deleted_at.is_null()).first(conn).optional()
}

pub fn find_by_badge(conn: &mut Connection, badge_id: &str) -> QueryResult<Option<CertificationRow>> {
    certification::table
        .filter(certification::badge_id.eq(badge_id))
        .filter(certification::deleted_at.is_null())
        .first(conn)
        .optional()
}

/// What stands in the way of another certification of the entity and type: one that is open, or holds. One that was
/// revoked or superseded does not.
pub fn find_holding(
    conn: &mut Connection,
    pe_id: i64,
    type_id: i64,
    own_id: i64,
) -> QueryResult<Option<CertificationRow>> {
    certification::table
        .filter(certification::deleted_at.is_null())
        .filter(certification::pe_id.eq(pe_id))
        .filter(certification::type_id.eq(type_id))
        .filter(certification::id.ne(own_id))
        .filter(certification::revoked_at.is_null())
        .filter(certification::superseded_at.is_null())
        .order(certification::id.desc())
        .first(conn)
        .optional()
}

/// The open renewal of a certification, if there is one.
pub fn find_renewal(conn: &mut Connection, id: i64) -> QueryResult<Option<i64>> {
    certification::table
        .filter(certification::renews_id.eq(id))
        .filter(certification::deleted_at.is_null())
        .order(certification::id.desc())
        .select(certification::id)
        .first(conn)
        .optional()
}

pub fn insert(conn: &mut Connection, new: &NewCertification, actor: &Actor) -> QueryResult<i64> {
    let now = actor.stored_now();
    diesel::insert_into(certification::table)
        .values((
            certification::pe_id.eq(new.pe_id),
            certification::type_id.eq(new.type_id),
            certification::status.eq(CertificationStatus::Draft.code()),
            certification::owner_id.eq(actor.id()),
            certification::applicant_id.eq(actor.id()),
            certification::note.eq(new.note.as_deref()),
            certification::validity_days.eq(new.validity_days),
            certification::review_window_days.eq(new.review_window_days),
            certification::renews_id.eq(new.renews_id),
            certification::created_by.eq(actor.id()),
            certification::created_at.eq(now),
            certification::updated_at.eq(now),
            certification::version.eq(1_i64),
        ))
        .returning(certification::id)
        .get_result(conn)
}

/// Writes what a certification became over what it was. False: it is no longer what it was.
pub fn apply_transition(
    conn: &mut Connection,
    before: &CertificationRow,
    mut after: CertificationRow,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    after.version = before.version + 1;
    after.updated_at = now;
    let legal = certification::table
        .find(before.id)
        .filter(certification::status.eq(&before.status))
        .filter(certification::version.eq(before.version))
        .filter(certification::deleted_at.is_null());
    Ok(diesel::update(legal).set(&after).execute(conn)? == 1)
}

/// Marks what a passed renewal takes the place of.
pub fn mark_superseded(conn: &mut Connection, id: i64, now: NaiveDateTime) -> QueryResult<usize> {
    diesel::update(certification::table.find(id).filter(certification::superseded_at.is_null()))
        .set((
            certification::superseded_at.eq(Some(now)),
            certification::updated_at.eq(now),
            certification::version.eq(certification::version + 1),
        ))
        .execute(conn)
}

/// Marks one living certification as deleted, or all of them. Returns their ids.
pub fn mark_deleted(conn: &mut Connection, id: Option<i64>, now: NaiveDateTime) -> QueryResult<Vec<i64>> {
    let stamp = (
        certification::deleted_at.eq(Some(now)),
        certification::updated_at.eq(now),
        certification::version.eq(certification::version + 1),
    );
    match id {
        Some(id) => diesel::update(certification::table.find(id).filter(certification::deleted_at.is_null()))
            .set(stamp)
            .returning(certification::id)
            .get_results(conn),
        None => diesel::update(certification::table.filter(certification::deleted_at.is_null()))
            .set(stamp)
            .returning(certification::id)
            .get_results(conn),
    }
}

type Query = certification::BoxedQuery<'static, Backend>;

pub fn page(
    conn: &mut Connection,
    actor: &Actor,
    reach: Reach,
    filter: &ListFilter,
) -> QueryResult<(Vec<CertificationRow>, i64)> {
    let scope = Scope::of(ResourceName::PeAuthentications, filter, actor, reach);
    let named = place::narrow(conn, filter)?;
    let total = match &scope {
        Some(scope) => tally::total(conn, scope)?,
        None => narrowed(actor, reach, &named).count().get_result(conn)?,
    };
    let start = tally::start(conn, scope.as_ref(), filter)?;
    let mut query = narrowed(actor, reach, &named);
    if let Some(id) = start.id {
        query = if filter.descending {
            query.filter(certification::id.le(id))
        } else {
            query.filter(certification::id.ge(id))
        };
    }
    let rows = sorted(query, filter).limit(filter.page.size).offset(start.skip).load(conn)?;
    Ok((rows, total))
}

fn narrowed(actor: &Actor, reach: Reach, named: &Named) -> Query {
    let filter = &named.filter;
    let mut query = certification::table.filter(certification::deleted_at.is_null()).into_boxed();
    if let Some(ids) = named.ids.clone() {
        query = query.filter(certification::pe_id.eq_any(ids));
    }
    if let Some(keyword) = filter.keyword.clone() {
        let named = public_entity::table
            .filter(public_entity::deleted_at.is_null())
            .filter(public_entity::search_text.like(keyword.pattern).escape('\\'))
            .select(public_entity::id);
        query = query.filter(certification::pe_id.eq_any(named));
    }
    if let Some(type_id) = filter.type_id {
        query = query.filter(certification::type_id.eq(type_id));
    }
    if let Some(pe_id) = filter.pe_id {
        query = query.filter(certification::pe_id.eq(pe_id));
    }
    if let Some(owner) = filter.owner_id.clone() {
        query = query.filter(certification::owner_id.eq(owner));
    }
    if let Some(status) = filter.status.clone() {
        query = query.filter(certification::status.eq(status));
    }
    if let Some(expired) = filter.expired {
        query = by_expiry(query, expired, actor.stored_now());
    }
    if reach == Reach::Mine {
        query = query.filter(certification::owner_id.eq(actor.id().to_owned()));
    }
    by_time(query, filter)
}

/// The same question as [`period::is_expired`], put to the table.
fn by_expiry(query: Query, expired: bool, now: NaiveDateTime) -> Query {
    let passed = CertificationStatus::Passed.code();
    if expired {
        let unpassed = certification::status.ne(passed).and(certification::review_until.lt(now));
        query.filter(unpassed.or(certification::status.eq(passed).and(certification::valid_until.lt(now))))
    } else {
        let in_review = certification::review_until.is_null().or(certification::review_until.ge(now));
        let valid = certification::valid_until.is_null().or(certification::valid_until.ge(now));
        query.filter(certification::status.ne(passed).and(in_review).or(certification::status.eq(passed).and(valid)))
    }
}

fn by_time(mut query: Query, filter: &ListFilter) -> Query {
    if let Some(from) = filter.created.from {
        query = query.filter(certification::created_at.ge(from));
    }
    if let Some(before) = filter.created.before {
        query = query.filter(certification::created_at.lt(before));
    }
    if let Some(from) = filter.updated.from {
        query = query.filter(certification::updated_at.ge(from));
    }
    if let Some(before) = filter.updated.before {
        query = query.filter(certification::updated_at.lt(before));
    }
    if let Some(from) = filter.applied.from {
        query = query.filter(certification::applied_at.ge(from));
    }
    if let Some(before) = filter.applied.before {
        query = query.filter(certification::applied_at.lt(before));
    }
    if let Some(from) = filter.completed.from {
        query = query.filter(certification::completed_at.ge(from));
    }
    if let Some(before) = filter.completed.before {
        query = query.filter(certification::completed_at.lt(before));
    }
    if let Some(from) = filter.valid_until.from {
        query = query.filter(certification::valid_until.ge(from));
    }
    if let Some(before) = filter.valid_until.before {
        query = query.filter(certification::valid_until.lt(before));
    }
    query
}

fn sorted(query: Query, filter: &ListFilter) -> Query {
    use crate::schema::certification::dsl;
    match (filter.sort, filter.descending) {
        (SortKey::CreatedAt, false) => query.order((dsl::created_at.asc(), dsl::id.asc())),
        (SortKey::CreatedAt, true) => query.order((dsl::created_at.desc(), dsl::id.desc())),
        (SortKey::UpdatedAt, false) => query.order((dsl::updated_at.asc(), dsl::id.asc())),
        (SortKey::UpdatedAt, true) => query.order((dsl::updated_at.desc(), dsl::id.desc())),
        (SortKey::AppliedAt, false) => query.order((dsl::applied_at.asc(), dsl::id.asc())),
        (SortKey::AppliedAt, true) => query.order((dsl::applied_at.desc(), dsl::id.desc())),
        (SortKey::CompletedAt, false) => query.order((dsl::completed_at.asc(), dsl::id.asc())),
        (SortKey::CompletedAt, true) => query.order((dsl::completed_at.desc(), dsl::id.desc())),
        (SortKey::ValidUntil, false) => query.order((dsl::valid_until.asc(), dsl::id.asc())),
        (SortKey::ValidUntil, true) => query.order((dsl::valid_until.desc(), dsl::id.desc())),
        (SortKey::Id | SortKey::Name, false) => query.order(dsl::id.asc()),
        (SortKey::Id | SortKey::Name, true) => query.order(dsl::id.desc()),
    }
}
