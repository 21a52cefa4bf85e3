//! The table of replies: only ever appended.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_model::page::PageRequest;
use shared_model::server::database::Connection;

use crate::resource::Actor;
use crate::schema::certification_reply;

/// A reply as it is stored.
#[derive(Clone, Debug, Queryable)]
pub struct ReplyRow {
    pub id: i64,
    pub certification_id: i64,
    pub content: String,
    pub replied_at: NaiveDateTime,
    pub replier_id: String,
    pub replier_name: String,
}

pub fn insert(conn: &mut Connection, certification: i64, content: &str, actor: &Actor) -> QueryResult<i64> {
    diesel::insert_into(certification_reply::table)
        .values((
            certification_reply::certification_id.eq(certification),
            certification_reply::content.eq(content),
            certification_reply::replied_at.eq(actor.stored_now()),
            certification_reply::replier_id.eq(actor.id()),
            certification_reply::replier_name.eq(actor.name()),
        ))
        .returning(certification_reply::id)
        .get_result(conn)
}

pub fn find(conn: &mut Connection, id: i64) -> QueryResult<Option<ReplyRow>> {
    certification_reply::table.find(id).first(conn).optional()
}

/// The conversations of several certifications, oldest first.
pub fn list(conn: &mut Connection, certifications: Vec<i64>) -> QueryResult<Vec<ReplyRow>> {
    certification_reply::table
        .filter(certification_reply::certification_id.eq_any(certifications))
        .order(certification_reply::id)
        .load(conn)
}

/// One page of a conversation, oldest first, and how long it is.
pub fn page(conn: &mut Connection, certification: i64, page: PageRequest) -> QueryResult<(Vec<ReplyRow>, i64)> {
    let thread = certification_reply::table.filter(certification_reply::certification_id.eq(certification));
    let total = thread.count().get_result(conn)?;
    let rows = thread.order(certification_reply::id).limit(page.size).offset(page.offset()).load(conn)?;
    Ok((rows, total))
}
