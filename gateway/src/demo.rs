//! Lays accounts before anything is served: the demo people of a local stack.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use shared_model::account::Account;
use shared_model::problem::Problem;
use shared_model::role::Role;
use shared_model::server::database::Database;

use crate::error::ServiceError;
use crate::identity::account::repo::{self, NewAccount};
use crate::identity::account::rules::{self, SaveAccount};
use crate::identity::password::Hasher;

/// Somebody to be laid.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    pub username: String,
    pub name: String,
    pub role: Role,
    pub province: Option<i32>,
    pub company: String,
    pub mobile: String,
    pub email: String,
}

/// Makes those accounts that are not there yet, all with one password, and answers all of them in the order given,
/// with their ids. The password is hashed once: demo accounts share a salt until somebody changes a password.
pub async fn lay_accounts(
    db: &Database,
    accounts: &[DemoAccount],
    password: &SecretString,
    now: DateTime<Utc>,
) -> Result<Vec<Account>, ServiceError> {
    let hash = Hasher::new(1)?.hash(password.clone()).await?;
    let mut new = Vec::new();
    for account in accounts {
        new.push(checked(account, &hash)?);
    }
    db.write(move |conn| {
        let mut laid = Vec::new();
        for account in &new {
            let row = match repo::find_by_username(conn, &account.account.username)? {
                Some(row) => row,
                None => repo::insert(conn, account, now)?,
            };
            laid.push(row.public());
        }
        Ok(laid)
    })
    .await
}

fn checked(account: &DemoAccount, hash: &str) -> Result<NewAccount, ServiceError> {
    let body = SaveAccount {
        username: Some(account.username.clone()),
        name: Some(account.name.clone()),
        mobile: Some(account.mobile.clone()),
        email: Some(account.email.clone()),
        company: Some(account.company.clone()),
        province: account.province,
        roles: Some(vec![account.role.code().to_owned()]),
        ..SaveAccount::default()
    };
    let account = rules::check(&body).map_err(Problem::of_faults)?;
    Ok(NewAccount { account, enabled: true, must_change_password: false, password_hash: Some(hash.to_owned()) })
}
