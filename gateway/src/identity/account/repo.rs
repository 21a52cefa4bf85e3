//! The `account` table.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use shared_model::account::Account;
use shared_model::ids::UserId;
use shared_model::page::PageRequest;
use shared_model::role::Role;
use shared_model::server::database::{Connection, JsonText};

use super::rules::{Checked, username_key};
use crate::schema::account;

/// Account numbers start after this one, so that ids have six digits and sort as they were given.
const FIRST_NUMBER: i64 = 100_000;

/// An account as it is kept.
#[derive(Clone, Debug, Queryable)]
pub struct AccountRow {
    pub number: i64,
    pub id: String,
    pub username: String,
    pub username_key: String,
    pub name: String,
    pub mobile: String,
    pub email: String,
    pub company: String,
    pub province: Option<i32>,
    /// Role codes.
    pub roles: JsonText<Vec<String>>,
    pub enabled: bool,
    pub must_change_password: bool,
    pub password_hash: Option<String>,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub version: i64,
}

impl AccountRow {
    pub fn user_id(&self) -> UserId {
        UserId(self.id.clone())
    }

    /// A role that this version does not know grants nothing.
    pub fn roles(&self) -> Vec<Role> {
        self.roles.0.iter().filter_map(|code| Role::from_code(code)).collect()
    }

    /// As the services know it.
    pub fn public(&self) -> Account {
        Account {
            id: self.user_id(),
            username: self.username.clone(),
            name: self.name.clone(),
            mobile: self.mobile.clone(),
            email: self.email.clone(),
            company: self.company.clone(),
            province: self.province,
            roles: self.roles(),
            enabled: self.enabled,
        }
    }
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub account: Checked,
    pub enabled: bool,
    pub must_change_password: bool,
    /// PHC string; without it nobody can log in until a password is set.
    pub password_hash: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = account, treat_none_as_default_value = false)]
struct InsertedAccount {
    id: String,
    username: String,
    username_key: String,
    name: String,
    mobile: String,
    email: String,
    company: String,
    province: Option<i32>,
    roles: String,
    enabled: bool,
    must_change_password: bool,
    password_hash: Option<String>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i64,
}

fn role_codes(roles: &[Role]) -> String {
    let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    serde_json::json!(codes).to_string()
}

/// Makes the account; its id follows the order in which accounts were made. A taken name is a unique violation.
pub fn insert(conn: &mut Connection, new: &NewAccount, now: DateTime<Utc>) -> QueryResult<AccountRow> {
    let row = InsertedAccount {
        // Until the database has numbered it.
        id: uuid::Uuid::new_v4().to_string(),
        username: new.account.username.clone(),
        username_key: username_key(&new.account.username),
        name: new.account.name.clone(),
        mobile: new.account.mobile.clone(),
        email: new.account.email.clone(),
        company: new.account.company.clone(),
        province: new.account.province,
        roles: role_codes(&new.account.roles),
        enabled: new.enabled,
        must_change_password: new.must_change_password,
        password_hash: new.password_hash.clone(),
        created_at: now.naive_utc(),
        updated_at: now.naive_utc(),
        version: 1,
    };
    let number: i64 = diesel::insert_into(account::table).values(row).returning(account::number).get_result(conn)?;
    let id = (FIRST_NUMBER + number).to_string();
    diesel::update(account::table.filter(account::number.eq(number)))
        .set(account::id.eq(id))
        .returning(account::all_columns)
        .get_result(conn)
}

/// Replaces what is editable, if the version is still `version`. False when it is not.
pub fn update(
    conn: &mut Connection,
    id: &str,
    version: i64,
    new: &Checked,
    enabled: bool,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let changed = diesel::update(account::table.filter(account::id.eq(id)).filter(account::version.eq(version)))
        .set((
            account::username.eq(&new.username),
            account::username_key.eq(username_key(&new.username)),
            account::name.eq(&new.name),
            account::mobile.eq(&new.mobile),
            account::email.eq(&new.email),
            account::company.eq(&new.company),
            account::province.eq(new.province),
            account::roles.eq(role_codes(&new.roles)),
            account::enabled.eq(enabled),
            account::updated_at.eq(now.naive_utc()),
            account::version.eq(version + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Sets the password. A person who set it themselves need not change it again.
pub fn set_password(conn: &mut Connection, id: &str, hash: &str, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(account::table.filter(account::id.eq(id)))
        .set((
            account::password_hash.eq(Some(hash)),
            account::must_change_password.eq(false),
            account::updated_at.eq(now.naive_utc()),
            account::version.eq(account::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Disables the account; true when it was enabled.
pub fn disable(conn: &mut Connection, id: &str, now: DateTime<Utc>) -> QueryResult<bool> {
    let changed = diesel::update(account::table.filter(account::id.eq(id)).filter(account::enabled.eq(true)))
        .set((
            account::enabled.eq(false),
            account::updated_at.eq(now.naive_utc()),
            account::version.eq(account::version + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

pub fn find(conn: &mut Connection, id: &str) -> QueryResult<Option<AccountRow>> {
    account::table.filter(account::id.eq(id)).first(conn).optional()
}

pub fn find_by_username(conn: &mut Connection, username: &str) -> QueryResult<Option<AccountRow>> {
    account::table.filter(account::username_key.eq(username_key(username))).first(conn).optional()
}

/// Everybody, in the order of their ids.
pub fn list_all(conn: &mut Connection) -> QueryResult<Vec<AccountRow>> {
    account::table.order(account::number).load(conn)
}

pub fn count(conn: &mut Connection) -> QueryResult<i64> {
    account::table.count().get_result(conn)
}

/// Whether another enabled account holds the role.
pub fn another_holds(conn: &mut Connection, role: Role, besides: &str) -> QueryResult<bool> {
    let pattern = format!("%\"{}\"%", role.code());
    let others: i64 = account::table
        .filter(account::enabled.eq(true))
        .filter(account::id.ne(besides))
        .filter(account::roles.like(pattern))
        .count()
        .get_result(conn)?;
    Ok(others > 0)
}

/// What a list of accounts is narrowed by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub role: Option<Role>,
    pub province: Option<i32>,
    /// Part of the user name, name, company, mobile or mail address.
    pub keyword: Option<String>,
}

/// One page in the order of ids, and how many there are in all.
pub fn list(conn: &mut Connection, filter: &Filter, page: PageRequest) -> QueryResult<(Vec<AccountRow>, i64)> {
    let rows = narrowed(filter).order(account::number).limit(page.size).offset(page.offset()).load(conn)?;
    let total = narrowed(filter).count().get_result(conn)?;
    Ok((rows, total))
}

type Boxed<'a> = account::BoxedQuery<'a, <Connection as diesel::Connection>::Backend>;

fn narrowed(filter: &Filter) -> Boxed<'static> {
    let mut query = account::table.into_boxed();
    if let Some(role) = filter.role {
        query = query.filter(account::roles.like(format!("%\"{}\"%", role.code())));
    }
    if let Some(province) = filter.province {
        query = query.filter(account::province.eq(province));
    }
    if let Some(keyword) = &filter.keyword {
        let pattern = containing(keyword);
        query = query.filter(
            account::username_key
                .like(pattern.to_lowercase())
                .escape('!')
                .or(account::name.like(pattern.clone()).escape('!'))
                .or(account::company.like(pattern.clone()).escape('!'))
                .or(account::mobile.like(pattern.clone()).escape('!'))
                .or(account::email.like(pattern).escape('!')),
        );
    }
    query
}

/// A LIKE pattern in which the keyword stands for itself.
fn containing(keyword: &str) -> String {
    let literal = keyword.trim().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{literal}%")
}
