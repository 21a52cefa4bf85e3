//! Whose tokens count no more, or only for changing a password, though they are signed and not expired. Known to every
//! request without a query: set at once by the replica that changed an account, read again every second by the others.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use diesel::prelude::*;
use shared_model::ids::UserId;
use shared_model::server::database::{Connection, Database};

use crate::error::ServiceError;
use crate::schema::account;

/// The exceptions among accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exceptions {
    pub disabled: HashSet<UserId>,
    pub must_change_password: HashSet<UserId>,
}

/// The exceptions as last read. Cheap to clone.
#[derive(Clone)]
pub struct Standing {
    exceptions: Arc<RwLock<Arc<Exceptions>>>,
    /// Moves on with every change: tokens verified before are looked at again.
    generation: Arc<AtomicU64>,
}

impl Standing {
    pub fn new(generation: Arc<AtomicU64>) -> Self {
        Self { exceptions: Arc::default(), generation }
    }

    pub fn current(&self) -> Arc<Exceptions> {
        match self.exceptions.read() {
            Ok(exceptions) => exceptions.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// Reads the exceptions again; true when they differ.
    pub async fn reload(&self, db: &Database) -> Result<bool, ServiceError> {
        let fresh = db.read(|conn| Ok::<_, ServiceError>(load(conn)?)).await?;
        if fresh == *self.current() {
            return Ok(false);
        }
        match self.exceptions.write() {
            Ok(mut exceptions) => *exceptions = Arc::new(fresh),
            Err(poisoned) => *poisoned.into_inner() = Arc::new(fresh),
        }
        self.generation.fetch_add(1, Ordering::SeqCst);
        Ok(true)
    }
}

fn load(conn: &mut Connection) -> QueryResult<Exceptions> {
    let rows: Vec<(String, bool)> = account::table
        .filter(account::enabled.eq(false).or(account::must_change_password.eq(true)))
        .select((account::id, account::enabled))
        .load(conn)?;
    let (enabled, disabled): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, enabled)| *enabled);
    let ids = |rows: Vec<(String, bool)>| rows.into_iter().map(|(id, _)| UserId(id)).collect();
    Ok(Exceptions { disabled: ids(disabled), must_change_password: ids(enabled) })
}
