//! The table of public entities.

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use shared_model::server::database::{Connection, JsonText};

use super::place;
use super::rules::EntityContent;
use crate::resource::search::searchable;
use crate::resource::tally::Scope;
use crate::resource::{Actor, ListFilter, Reach, ResourceName};
use crate::review::verdict::AuditStatus;
use crate::schema::{certification, pe_member, public_entity};

crate::audited_row! {
    /// A public entity as it is stored.
    pub struct EntityRow {
        pub logo_url: Option<String>,
        pub type_id: i64,
        pub name: String,
        pub name_key: String,
        pub short_name: Option<String>,
        pub registration_number: String,
        pub license_photos: JsonText<Vec<String>>,
        pub admin_name: String,
        pub admin_mobile: String,
        pub owner_id: String,
        pub search_text: String,
    }
}

crate::audited_queries!(public_entity, EntityRow, name_key, search_text);

impl EntityRow {
    pub fn content(&self) -> EntityContent {
        EntityContent {
            logo_url: self.logo_url.clone(),
            type_id: self.type_id,
            name: self.name.clone(),
            short_name: self.short_name.clone(),
            registration_number: self.registration_number.clone(),
            license_photos: self.license_photos.0.clone(),
            admin_name: self.admin_name.clone(),
            admin_mobile: self.admin_mobile.clone(),
        }
    }
}

pub fn page(
    conn: &mut Connection,
    actor: &Actor,
    reach: Reach,
    filter: &ListFilter,
) -> QueryResult<(Vec<EntityRow>, i64)> {
    let scope = Scope::of(ResourceName::PublicEntities, filter, actor, reach);
    let named = place::narrow(conn, filter)?;
    let filter = &named.filter;
    page_of(conn, filter, scope, || {
        let mut query = living(filter);
        if let Some(ids) = named.ids.clone() {
            query = query.filter(public_entity::id.eq_any(ids));
        }
        if let Some(type_id) = filter.type_id {
            query = query.filter(public_entity::type_id.eq(type_id));
        }
        if let Some(owner) = filter.owner_id.clone() {
            query = query.filter(public_entity::owner_id.eq(owner));
        }
        match reach {
            Reach::All => query,
            Reach::Mine => query.filter(public_entity::owner_id.eq(actor.id().to_owned())),
        }
    })
}

/// The entities of these ids, for naming them.
pub fn list_by_ids(conn: &mut Connection, ids: Vec<i64>) -> QueryResult<Vec<EntityRow>> {
    public_entity::table.filter(public_entity::id.eq_any(ids)).load(conn)
}

/// Which of name and number another entity of the type holds: living, not rejected, and not this one.
pub fn held_by_others(conn: &mut Connection, content: &EntityContent, own_id: i64) -> QueryResult<(bool, bool)> {
    let others = || {
        public_entity::table
            .filter(public_entity::deleted_at.is_null())
            // As the unique indexes say it: a value bound later could not be answered from them.
            .filter(sql::<Bool>("audit_status <> 'rejected'"))
            .filter(public_entity::type_id.eq(content.type_id))
            .filter(public_entity::id.ne(own_id))
    };
    let name = exists(others().filter(public_entity::name_key.eq(content.name_key())));
    let number = exists(others().filter(public_entity::registration_number.eq(&content.registration_number)));
    Ok((diesel::select(name).get_result(conn)?, diesel::select(number).get_result(conn)?))
}

/// A new entity is pending and its registrant's own. source: rules 1 and 5.
pub fn insert(conn: &mut Connection, content: &EntityContent, actor: &Actor) -> QueryResult<i64> {
    let now = actor.stored_now();
    diesel::insert_into(public_entity::table)
        .values((
            columns(content),
            public_entity::owner_id.eq(actor.id()),
            public_entity::audit_status.eq(AuditStatus::Pending.code()),
            public_entity::created_by.eq(actor.id()),
            public_entity::created_at.eq(now),
            public_entity::updated_at.eq(now),
            public_entity::version.eq(1_i64),
        ))
        .returning(public_entity::id)
        .get_result(conn)
}

/// Replaces the content of the version that was read.
pub fn replace(
    conn: &mut Connection,
    row: &EntityRow,
    content: &EntityContent,
    status: AuditStatus,
    actor: &Actor,
) -> QueryResult<usize> {
    let read = public_entity::table.find(row.id).filter(public_entity::version.eq(row.version));
    diesel::update(read)
        .set((
            columns(content),
            public_entity::audit_status.eq(status.code()),
            public_entity::updated_at.eq(actor.stored_now()),
            public_entity::version.eq(row.version + 1),
        ))
        .execute(conn)
}

type Columns = (
    diesel::dsl::Eq<public_entity::logo_url, Option<String>>,
    diesel::dsl::Eq<public_entity::type_id, i64>,
    diesel::dsl::Eq<public_entity::name, String>,
    diesel::dsl::Eq<public_entity::name_key, String>,
    diesel::dsl::Eq<public_entity::short_name, Option<String>>,
    diesel::dsl::Eq<public_entity::registration_number, String>,
    diesel::dsl::Eq<public_entity::license_photos, String>,
    diesel::dsl::Eq<public_entity::admin_name, String>,
    diesel::dsl::Eq<public_entity::admin_mobile, String>,
    diesel::dsl::Eq<public_entity::search_text, String>,
);

fn columns(content: &EntityContent) -> Columns {
    let short = content.short_name.as_deref().unwrap_or_default();
    (
        public_entity::logo_url.eq(content.logo_url.clone()),
        public_entity::type_id.eq(content.type_id),
        public_entity::name.eq(content.name.clone()),
        public_entity::name_key.eq(content.name_key()),
        public_entity::short_name.eq(content.short_name.clone()),
        public_entity::registration_number.eq(content.registration_number.clone()),
        public_entity::license_photos.eq(serde_json::json!(content.license_photos).to_string()),
        public_entity::admin_name.eq(content.admin_name.clone()),
        public_entity::admin_mobile.eq(content.admin_mobile.clone()),
        public_entity::search_text.eq(searchable([content.name.as_str(), short, &content.registration_number])),
    )
}

/// Whether living members or certifications belong to this entity, or (None) to any.
pub fn is_used(conn: &mut Connection, id: Option<i64>) -> QueryResult<bool> {
    let mut members = pe_member::table.filter(pe_member::deleted_at.is_null()).into_boxed();
    let mut certifications = certification::table.filter(certification::deleted_at.is_null()).into_boxed();
    if let Some(id) = id {
        members = members.filter(pe_member::pe_id.eq(id));
        certifications = certifications.filter(certification::pe_id.eq(id));
    }
    let member: Option<i64> = members.select(pe_member::id).limit(1).first(conn).optional()?;
    let certified: Option<i64> = certifications.select(certification::id).limit(1).first(conn).optional()?;
    Ok(member.is_some() || certified.is_some())
}
