//! The first account: without any, nobody could make one. Its password stands in a file of the keys folder until it is
//! changed, which it must be before anything else is done with it.

use std::path::Path;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use shared_model::role::Role;
use shared_model::server::database::{Connection, Database};
use shared_model::server::secrets;

use super::account::repo::{self, NewAccount};
use super::account::rules::Checked;
use super::password::{self, Hasher};
use crate::error::ServiceError;

const USERNAME: &str = "platform.admin";
/// The file with the one-time password, in the keys folder.
pub const PASSWORD_FILE: &str = "initial-admin";

/// Makes `platform.admin` when there is no account at all.
pub async fn initial_administrator(
    db: &Database,
    hasher: &Hasher,
    keys: &Path,
    now: DateTime<Utc>,
) -> Result<(), ServiceError> {
    if db.read(|conn| Ok::<_, ServiceError>(repo::count(conn)?)).await? > 0 {
        return Ok(());
    }
    // The file first: a password that is in no file would be of no use to anybody.
    let file = keys.join(PASSWORD_FILE);
    let bytes = secrets::read_or_create(&file, || Ok(password::one_time().into_bytes()))?;
    let password = SecretString::from(String::from_utf8_lossy(&bytes).trim().to_owned());
    let password_hash = Some(hasher.hash(password).await?);
    let new = NewAccount { account: administrator(), enabled: true, must_change_password: true, password_hash };
    if db.write(move |conn| make_unless_there(conn, &new, now)).await? {
        tracing::warn!(
            username = USERNAME,
            file = %file.display(),
            "made the first account; its one-time password is in the file and must be changed at first log-in"
        );
    }
    Ok(())
}

/// Of replicas that start together one makes the account.
fn make_unless_there(conn: &mut Connection, new: &NewAccount, now: DateTime<Utc>) -> Result<bool, ServiceError> {
    if repo::count(conn)? > 0 {
        return Ok(false);
    }
    repo::insert(conn, new, now)?;
    Ok(true)
}

fn administrator() -> Checked {
    Checked {
        username: USERNAME.to_owned(),
        name: "平台管理员".to_owned(),
        mobile: String::new(),
        email: String::new(),
        company: String::new(),
        province: None,
        roles: vec![Role::PlatformAdmin],
    }
}
