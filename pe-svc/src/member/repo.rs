//! The table of members.

use diesel::prelude::*;
use shared_model::server::database::Connection;

use crate::resource::search::searchable;
use crate::resource::tally::Scope;
use crate::resource::{Actor, ListFilter, Reach, ResourceName};
use crate::review::verdict::AuditStatus;
use crate::schema::pe_member;

crate::audited_row! {
    /// A member as it is stored.
    pub struct MemberRow {
        pub u_id: String,
        pub pe_id: i64,
        pub u_name: String,
        pub owner_id: String,
        pub search_text: String,
    }
}

crate::audited_queries!(pe_member, MemberRow, u_name, search_text);

/// What the owner of an entity says of a member of it.
#[derive(Clone, Debug)]
pub struct MemberContent {
    pub u_id: String,
    pub pe_id: i64,
    pub u_name: String,
}

/// Own members are those of one's entities; one's memberships can be read as well.
pub fn page(
    conn: &mut Connection,
    actor: &Actor,
    reach: Reach,
    filter: &ListFilter,
) -> QueryResult<(Vec<MemberRow>, i64)> {
    // One's own are a union, which is not counted; nor need it be, it is a person's.
    let scope = match reach {
        Reach::All => Scope::of(ResourceName::PeMembers, filter, actor, reach),
        Reach::Mine => None,
    };
    page_of(conn, filter, scope, || {
        let mut query = living(filter);
        if let Some(pe_id) = filter.pe_id {
            query = query.filter(pe_member::pe_id.eq(pe_id));
        }
        if let Some(u_id) = filter.u_id.clone() {
            query = query.filter(pe_member::u_id.eq(u_id));
        }
        if let Some(owner) = filter.owner_id.clone() {
            query = query.filter(pe_member::owner_id.eq(owner));
        }
        match reach {
            Reach::All => query,
            Reach::Mine => {
                let me = actor.id().to_owned();
                query.filter(pe_member::owner_id.eq(me.clone()).or(pe_member::u_id.eq(me)))
            }
        }
    })
}

/// Whether the person is a living member of the entity already, as another record than this one.
pub fn is_member(conn: &mut Connection, content: &MemberContent, own_id: i64) -> QueryResult<bool> {
    let same = pe_member::table
        .filter(pe_member::deleted_at.is_null())
        .filter(pe_member::pe_id.eq(content.pe_id))
        .filter(pe_member::u_id.eq(&content.u_id))
        .filter(pe_member::id.ne(own_id));
    diesel::select(diesel::dsl::exists(same)).get_result(conn)
}

pub fn insert(conn: &mut Connection, content: &MemberContent, actor: &Actor) -> QueryResult<i64> {
    let now = actor.stored_now();
    diesel::insert_into(pe_member::table)
        .values((
            pe_member::u_id.eq(&content.u_id),
            pe_member::pe_id.eq(content.pe_id),
            pe_member::u_name.eq(&content.u_name),
            pe_member::owner_id.eq(actor.id()),
            pe_member::search_text.eq(searchable([content.u_name.as_str()])),
            pe_member::audit_status.eq(AuditStatus::Pending.code()),
            pe_member::created_by.eq(actor.id()),
            pe_member::created_at.eq(now),
            pe_member::updated_at.eq(now),
            pe_member::version.eq(1_i64),
        ))
        .returning(pe_member::id)
        .get_result(conn)
}

/// Replaces the content of the version that was read.
pub fn replace(
    conn: &mut Connection,
    row: &MemberRow,
    content: &MemberContent,
    status: AuditStatus,
    actor: &Actor,
) -> QueryResult<usize> {
    diesel::update(pe_member::table.find(row.id).filter(pe_member::version.eq(row.version)))
        .set((
            pe_member::u_id.eq(&content.u_id),
            pe_member::pe_id.eq(content.pe_id),
            pe_member::u_name.eq(&content.u_name),
            pe_member::search_text.eq(searchable([content.u_name.as_str()])),
            pe_member::audit_status.eq(status.code()),
            pe_member::updated_at.eq(actor.stored_now()),
            pe_member::version.eq(row.version + 1),
        ))
        .execute(conn)
}
