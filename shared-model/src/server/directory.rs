//! The staff directory: the gateway's accounts as this service knows them, for routing work to people and for refusing
//! the tokens of accounts that were disabled.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, RwLock};

use actix_web::{HttpResponse, web};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use tokio::sync::Notify;

use super::body::Json;
use super::database::{Connection, Database, StoreError};
use crate::account::{Account, Directory};
use crate::ids::UserId;
use crate::problem::Problem;
use crate::role::Role;

diesel::table! {
    staff (id) {
        id -> Text,
        username -> Text,
        name -> Text,
        mobile -> Text,
        email -> Text,
        company -> Text,
        province -> Nullable<Integer>,
        roles -> Text,
        enabled -> Bool,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    staff_sync (id) {
        id -> Integer,
        taken_at -> Timestamp,
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset, PartialEq)]
#[diesel(table_name = staff, treat_none_as_null = true)]
struct StaffRow {
    id: String,
    username: String,
    name: String,
    mobile: String,
    email: String,
    company: String,
    province: Option<i32>,
    roles: String,
    enabled: bool,
}

impl From<&Account> for StaffRow {
    fn from(account: &Account) -> Self {
        let roles: Vec<_> = account.roles.iter().map(|role| role.code()).collect();
        Self {
            id: account.id.0.clone(),
            username: account.username.clone(),
            name: account.name.clone(),
            mobile: account.mobile.clone(),
            email: account.email.clone(),
            company: account.company.clone(),
            province: account.province,
            roles: format!(",{},", roles.join(",")),
            enabled: account.enabled,
        }
    }
}

impl From<StaffRow> for Account {
    fn from(row: StaffRow) -> Self {
        Self {
            id: UserId(row.id),
            username: row.username,
            name: row.name,
            mobile: row.mobile,
            email: row.email,
            company: row.company,
            province: row.province,
            roles: row.roles.split(',').filter_map(Role::from_code).collect(),
            enabled: row.enabled,
        }
    }
}

/// One person, enabled or not.
pub fn find(conn: &mut Connection, id: &UserId) -> QueryResult<Option<Account>> {
    let row = staff::table.find(id.as_str()).select(StaffRow::as_select()).first(conn).optional()?;
    Ok(row.map(Account::from))
}

/// One enabled person by mobile number; None when there is none or more than one.
pub fn find_by_mobile(conn: &mut Connection, mobile: &str) -> QueryResult<Option<Account>> {
    let mut rows: Vec<StaffRow> = staff::table
        .filter(staff::mobile.eq(mobile))
        .filter(staff::enabled.eq(true))
        .limit(2)
        .select(StaffRow::as_select())
        .load(conn)?;
    Ok(if rows.len() == 1 { rows.pop().map(Account::from) } else { None })
}

/// The enabled people of a role, by id.
pub fn list_by_role(conn: &mut Connection, role: Role) -> QueryResult<Vec<Account>> {
    list_by_roles(conn, &[role])
}

/// The enabled people who have any of these roles, by id. All of them as one directory has them: of two queries, the
/// second could see a later one.
pub fn list_by_roles(conn: &mut Connection, roles: &[Role]) -> QueryResult<Vec<Account>> {
    let Some((first, others)) = roles.split_first() else { return Ok(Vec::new()) };
    let held = |role: &Role| format!("%,{},%", role.code());
    let mut query = staff::table.filter(staff::roles.like(held(first))).into_boxed();
    for role in others {
        query = query.or_filter(staff::roles.like(held(role)));
    }
    let rows: Vec<StaffRow> =
        query.filter(staff::enabled.eq(true)).order(staff::id).select(StaffRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// Everybody, by id.
pub fn all(conn: &mut Connection) -> QueryResult<Vec<Account>> {
    let rows: Vec<StaffRow> = staff::table.order(staff::id).select(StaffRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// The ids of those whose tokens are refused.
pub fn disabled(conn: &mut Connection) -> QueryResult<HashSet<UserId>> {
    let ids: Vec<String> = staff::table.filter(staff::enabled.eq(false)).select(staff::id).load(conn)?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Whether a directory was ever received.
pub fn received(conn: &mut Connection) -> QueryResult<bool> {
    Ok(staff_sync::table.count().get_result::<i64>(conn)? > 0)
}

/// Makes the table what the directory says; an account it does not name is disabled. False when it is older than the last.
pub fn apply(conn: &mut Connection, directory: &Directory) -> QueryResult<bool> {
    let taken_at = directory.taken_at.naive_utc();
    let last: Option<NaiveDateTime> = staff_sync::table.find(1).select(staff_sync::taken_at).first(conn).optional()?;
    match last {
        Some(last) if last > taken_at => return Ok(false),
        Some(_) => diesel::update(staff_sync::table.find(1)).set(staff_sync::taken_at.eq(taken_at)).execute(conn)?,
        None => diesel::insert_into(staff_sync::table)
            .values((staff_sync::id.eq(1), staff_sync::taken_at.eq(taken_at)))
            .execute(conn)?,
    };
    let rows: Vec<StaffRow> = staff::table.select(StaffRow::as_select()).load(conn)?;
    let mut known: HashMap<String, StaffRow> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    for account in &directory.accounts {
        let row = StaffRow::from(account);
        match known.remove(&row.id) {
            Some(before) if before == row => {}
            Some(_) => {
                diesel::update(staff::table.find(&row.id)).set((&row, staff::updated_at.eq(taken_at))).execute(conn)?;
            }
            None => {
                diesel::insert_into(staff::table).values((&row, staff::updated_at.eq(taken_at))).execute(conn)?;
            }
        }
    }
    let gone: Vec<String> = known.into_values().filter(|row| row.enabled).map(|row| row.id).collect();
    if !gone.is_empty() {
        diesel::update(staff::table.filter(staff::id.eq_any(gone)))
            .set((staff::enabled.eq(false), staff::updated_at.eq(taken_at)))
            .execute(conn)?;
    }
    Ok(true)
}

/// A service's copy of the directory. Cheap to clone.
#[derive(Clone)]
pub struct StaffDirectory {
    db: Database,
    disabled: Arc<RwLock<HashSet<UserId>>>,
    changed: Arc<Notify>,
}

impl StaffDirectory {
    pub fn new(db: Database) -> Self {
        Self { db, disabled: Arc::default(), changed: Arc::default() }
    }

    /// Takes a pushed directory in.
    pub async fn put(&self, directory: Directory) -> Result<(), StoreError> {
        let newer = self.db.write(move |conn| apply(conn, &directory).map_err(StoreError::from)).await?;
        if newer {
            self.refresh().await?;
            self.changed.notify_waiters();
        }
        Ok(())
    }

    /// Reads again who is disabled: after a push, and every other second where another replica may have taken the push.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let now = self.db.read(|conn| disabled(conn).map_err(StoreError::from)).await?;
        match self.disabled.write() {
            Ok(mut disabled) => *disabled = now,
            Err(poisoned) => *poisoned.into_inner() = now,
        }
        Ok(())
    }

    pub fn is_disabled(&self, id: &UserId) -> bool {
        match self.disabled.read() {
            Ok(disabled) => disabled.contains(id),
            Err(poisoned) => poisoned.into_inner().contains(id),
        }
    }

    /// Whether a directory was ever received, for readiness.
    pub async fn received(&self) -> Result<(), String> {
        match self.db.read(|conn| received(conn).map_err(StoreError::from)).await {
            Ok(true) => Ok(()),
            Ok(false) => Err("not received yet".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Completes when a newer directory has been taken in. Register before looking at what it may change.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Keeps [`Self::is_disabled`] current; runs until dropped.
    pub async fn keep_fresh(self) {
        loop {
            if let Err(error) = self.refresh().await {
                tracing::warn!(%error, "the staff directory cannot be read");
            }
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        }
    }
}

/// `PUT /internal/accounts`
pub async fn put_directory(
    staff: web::Data<StaffDirectory>,
    Json(directory): Json<Directory>,
) -> Result<HttpResponse, Problem> {
    staff.put(directory).await?;
    Ok(HttpResponse::NoContent().finish())
}
