//! The table of entity types.

use diesel::prelude::*;
use shared_model::server::database::Connection;

use crate::registration_number::RegistrationNumberKind;
use crate::resource::{Actor, ListFilter, Reach};
use crate::schema::{entity_type, public_entity};

crate::audited_row! {
    /// An entity type as it is stored.
    pub struct EntityTypeRow {
        pub code: String,
        pub name: String,
        pub registration_number_kind: String,
    }
}

crate::audited_queries!(entity_type, EntityTypeRow, name, name);

impl EntityTypeRow {
    pub fn kind(&self) -> RegistrationNumberKind {
        RegistrationNumberKind::from_code(&self.registration_number_kind).unwrap_or(RegistrationNumberKind::Free)
    }
}

/// What a caller says of an entity type.
#[derive(Clone, Debug)]
pub struct EntityTypeContent {
    pub code: String,
    pub name: String,
    pub kind: RegistrationNumberKind,
}

pub fn page(
    conn: &mut Connection,
    actor: &Actor,
    reach: Reach,
    filter: &ListFilter,
) -> QueryResult<(Vec<EntityTypeRow>, i64)> {
    page_of(conn, filter, None, || match reach {
        Reach::All => living(filter),
        Reach::Mine => living(filter).filter(entity_type::created_by.eq(actor.id().to_owned())),
    })
}

pub fn insert(conn: &mut Connection, content: &EntityTypeContent, creator: &str, actor: &Actor) -> QueryResult<i64> {
    let now = actor.stored_now();
    diesel::insert_into(entity_type::table)
        .values((
            entity_type::code.eq(&content.code),
            entity_type::name.eq(&content.name),
            entity_type::registration_number_kind.eq(content.kind.code()),
            entity_type::audit_status.eq("pending"),
            entity_type::created_by.eq(creator),
            entity_type::created_at.eq(now),
            entity_type::updated_at.eq(now),
            entity_type::version.eq(1_i64),
        ))
        .returning(entity_type::id)
        .get_result(conn)
}

/// Replaces the content of the version that was read.
pub fn replace(
    conn: &mut Connection,
    row: &EntityTypeRow,
    content: &EntityTypeContent,
    audit_status: &str,
    actor: &Actor,
) -> QueryResult<usize> {
    diesel::update(entity_type::table.find(row.id).filter(entity_type::version.eq(row.version)))
        .set((
            entity_type::code.eq(&content.code),
            entity_type::name.eq(&content.name),
            entity_type::registration_number_kind.eq(content.kind.code()),
            entity_type::audit_status.eq(audit_status),
            entity_type::updated_at.eq(actor.stored_now()),
            entity_type::version.eq(row.version + 1),
        ))
        .execute(conn)
}

/// Whether living entities are of this type, or (None) of any.
pub fn is_used(conn: &mut Connection, id: Option<i64>) -> QueryResult<bool> {
    let entities = public_entity::table.filter(public_entity::deleted_at.is_null());
    match id {
        Some(id) => {
            diesel::select(diesel::dsl::exists(entities.filter(public_entity::type_id.eq(id)))).get_result(conn)
        }
        None => diesel::select(diesel::dsl::exists(entities)).get_result(conn),
    }
}
