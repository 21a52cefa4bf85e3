//! `notice`: the inboxes.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::IntoBoxed;
use diesel::prelude::*;
use shared_model::ids::UserId;
use shared_model::local_time::from_stored;
use shared_model::page::PageRequest;
use shared_model::server::database::{Connection, StoreError, insert_rows, on_both};
use shared_model::text::Language;

use crate::notice::kind::NoticeKind;
use crate::notice::tell::Notice;
use crate::notice::view::KeptNotice;
use crate::order::row::{corrupt, from_json, to_json};
use crate::schema::{notice, notice_preference};

#[derive(Insertable)]
#[diesel(table_name = notice, treat_none_as_default_value = false)]
struct NewNotice<'a> {
    user_id: &'a str,
    kind: &'static str,
    order_id: Option<i64>,
    facts: &'a str,
    created_at: NaiveDateTime,
}

/// A row in the inbox of everybody it is for.
pub fn insert(conn: &mut Connection, told: &Notice, now: DateTime<Utc>) -> Result<(), StoreError> {
    let facts = to_json(&told.facts)?;
    let row = |user| NewNotice {
        user_id: user,
        kind: told.kind.code(),
        order_id: told.order.map(|order| order.0),
        facts: &facts,
        created_at: now.naive_utc(),
    };
    let rows: Vec<NewNotice<'_>> = told.to.iter().map(UserId::as_str).map(row).collect();
    if !rows.is_empty() {
        insert_rows!(conn, notice::table, rows.as_slice())?;
    }
    Ok(())
}

/// What a look into an inbox is narrowed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only unread ones, or only read ones.
    pub unread: Option<bool>,
    pub kind: Option<NoticeKind>,
    pub order: Option<i64>,
}

/// Which notices are marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    These(Vec<i64>),
    /// All up to this id.
    UpTo(i64),
}

type Backend = <Connection as diesel::Connection>::Backend;

fn narrowed<'a>(user: &UserId, wanted: Wanted) -> IntoBoxed<'a, notice::table, Backend> {
    let mut query = notice::table.into_boxed().filter(notice::user_id.eq(user.0.clone()));
    match wanted.unread {
        Some(true) => query = query.filter(notice::read_at.is_null()),
        Some(false) => query = query.filter(notice::read_at.is_not_null()),
        None => {}
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(notice::kind.eq(kind.code()));
    }
    if let Some(order) = wanted.order {
        query = query.filter(notice::order_id.eq(order));
    }
    query
}

/// One page of an inbox, the newest first, and how many there are.
pub fn list(
    conn: &mut Connection,
    user: &UserId,
    wanted: Wanted,
    page: PageRequest,
) -> Result<(Vec<KeptNotice>, i64), StoreError> {
    let total = narrowed(user, wanted).count().get_result(conn)?;
    let rows: Vec<NoticeRow> =
        narrowed(user, wanted).order(notice::id.desc()).offset(page.offset()).limit(page.size).load(conn)?;
    Ok((rows.into_iter().map(NoticeRow::into_kept).collect::<Result<_, _>>()?, total))
}

/// Notices of a person with an id above `after`, the oldest first.
pub fn list_after(conn: &mut Connection, user: &UserId, after: i64, limit: i64) -> Result<Vec<KeptNotice>, StoreError> {
    let rows: Vec<NoticeRow> = notice::table
        .filter(notice::user_id.eq(user.as_str()))
        .filter(notice::id.gt(after))
        .order(notice::id)
        .limit(limit)
        .load(conn)?;
    rows.into_iter().map(NoticeRow::into_kept).collect()
}

/// Ids of a person's notices above `after`.
pub fn list_ids_after(conn: &mut Connection, user: &UserId, after: i64) -> Result<Vec<i64>, StoreError> {
    let mine = notice::table.filter(notice::user_id.eq(user.as_str()));
    Ok(mine.filter(notice::id.gt(after)).select(notice::id).load(conn)?)
}

/// The newest id there is, of anybody; 0 when there is none.
pub fn newest(conn: &mut Connection) -> Result<i64, StoreError> {
    Ok(notice::table.select(diesel::dsl::max(notice::id)).first::<Option<i64>>(conn)?.unwrap_or(0))
}

/// Whose inbox got something with an id above `after`: `(id, person)`.
pub fn list_told_after(conn: &mut Connection, after: i64) -> Result<Vec<(i64, UserId)>, StoreError> {
    let rows: Vec<(i64, String)> =
        notice::table.filter(notice::id.gt(after)).select((notice::id, notice::user_id)).load(conn)?;
    Ok(rows.into_iter().map(|(id, user)| (id, UserId(user))).collect())
}

pub fn count_unread(conn: &mut Connection, user: &UserId) -> Result<i64, StoreError> {
    let unread = notice::table.filter(notice::user_id.eq(user.as_str())).filter(notice::read_at.is_null());
    Ok(unread.count().get_result(conn)?)
}

/// Marks notices of a person as read, and gives how many were not.
pub fn mark_read(conn: &mut Connection, user: &UserId, which: &Which, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let unread = notice::table.filter(notice::user_id.eq(user.as_str())).filter(notice::read_at.is_null());
    let read = notice::read_at.eq(Some(now.naive_utc()));
    Ok(match which {
        Which::These(ids) => diesel::update(unread.filter(notice::id.eq_any(ids))).set(read).execute(conn)?,
        Which::UpTo(id) => diesel::update(unread.filter(notice::id.le(*id))).set(read).execute(conn)?,
    })
}

/// Forgets notices from before `before`, a batch at a time. Gives how many.
pub fn forget(conn: &mut Connection, before: DateTime<Utc>, batch: i64) -> Result<usize, StoreError> {
    let old: Vec<i64> = notice::table
        .filter(notice::created_at.lt(before.naive_utc()))
        .order(notice::created_at)
        .limit(batch)
        .select(notice::id)
        .load(conn)?;
    Ok(diesel::delete(notice::table.filter(notice::id.eq_any(old))).execute(conn)?)
}

/// The language a person is written to in.
pub fn language_of(conn: &mut Connection, user: &UserId) -> Result<Language, StoreError> {
    let tag: Option<String> =
        notice_preference::table.find(user.as_str()).select(notice_preference::language).first(conn).optional()?;
    Ok(tag.map_or(Language::Chinese, |tag| Language::from_accept_language(Some(&tag))))
}

pub fn set_language(
    conn: &mut Connection,
    user: &UserId,
    language: Language,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (tag, at) = (language.tag(), now.naive_utc());
    on_both!(conn, |c| diesel::insert_into(notice_preference::table)
        .values((
            notice_preference::user_id.eq(user.as_str()),
            notice_preference::language.eq(tag),
            notice_preference::updated_at.eq(at),
        ))
        .on_conflict(notice_preference::user_id)
        .do_update()
        .set((notice_preference::language.eq(tag), notice_preference::updated_at.eq(at)))
        .execute(c))?;
    Ok(())
}

#[derive(Queryable)]
struct NoticeRow {
    id: i64,
    _user_id: String,
    kind: String,
    order_id: Option<i64>,
    facts: String,
    created_at: NaiveDateTime,
    read_at: Option<NaiveDateTime>,
}

impl NoticeRow {
    fn into_kept(self) -> Result<KeptNotice, StoreError> {
        Ok(KeptNotice {
            id: self.id,
            kind: NoticeKind::from_code(&self.kind).ok_or_else(|| corrupt("notice.kind", &self.kind))?,
            order: self.order_id,
            facts: from_json(&self.facts)?,
            created_at: from_stored(self.created_at),
            read_at: self.read_at.map(from_stored),
        })
    }
}
