//! One code base on SQLite and PostgreSQL, chosen by URL at start.
//!
//! SQLite: one writer that commits in groups, a pool of readers. PostgreSQL: a pool. Either way a read sees one
//! snapshot, a write is one transaction, and no query runs on an async thread.

mod connection;
mod contention;
mod error;
mod json;
mod migrate;
mod pool;
mod prepared;
mod writer;

pub use connection::AnyConnection as Connection;
pub use error::{StoreError, unique_violation};
pub use json::JsonText;
pub use migrate::{Migrations, SHARED_MIGRATIONS};
pub use prepared::{Prepare, Prepared};

pub use crate::{insert_rows, on_both};

use std::sync::Arc;

use diesel::r2d2::Pool;
use tracing::Span;

use self::contention::in_repeated_transaction;
use self::pool::Opener;
use self::writer::{Undone, Writer, in_snapshot};
use super::settings::DatabaseSettings;

/// Binds the inner connection where a query cannot be built for both backends at once
/// (batch inserts, `on_conflict`): `on_both!(conn, |c| diesel::insert_into(..).execute(c))`.
#[macro_export]
macro_rules! on_both {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::server::database::Connection::Postgres($inner) => $body,
            $crate::server::database::Connection::Sqlite($inner) => $body,
        }
    };
}

/// Which database serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A service's database. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    backend: Backend,
    readers: Pool<Opener>,
    writer: Option<Writer>,
    opener: Arc<Opener>,
}

impl Database {
    /// Opens the database; on SQLite the file and its folder are made when missing.
    pub fn connect(settings: &DatabaseSettings) -> Result<Self, StoreError> {
        let opener = Opener::from_url(&settings.url)?;
        let backend = opener.backend();
        let writer = match backend {
            Backend::Sqlite => {
                let opener = opener.clone();
                Some(Writer::start(move || opener.open())?)
            }
            Backend::Postgres => None,
        };
        let readers = pool::build(opener.read_only(), settings)?;
        Ok(Self { backend, readers, writer, opener: Arc::new(opener) })
    }

    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Brings the schema up to date and names what was applied. Blocks: called before serving.
    pub fn migrate(&self, owners: &[&Migrations]) -> Result<Vec<String>, StoreError> {
        migrate::run(&mut self.opener.open()?, owners)
    }

    /// A fresh connection of its own, for offline tools. Blocks.
    pub fn connection(&self) -> Result<Connection, StoreError> {
        self.opener.open()
    }

    /// Reads in one snapshot.
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.blocking(move |conn| in_snapshot(conn, work)).await
    }

    /// Writes in one transaction: an error undoes everything. When it returns Ok the change is durable.
    ///
    /// `work` can be cloned because PostgreSQL may give a transaction up for another's sake: then it is done again.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Clone + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.writer {
            Some(writer) => writer.write(work).await,
            None => self.blocking(move |conn| in_repeated_transaction(conn, work)).await,
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        use diesel::connection::SimpleConnection;
        self.read(|conn| conn.batch_execute("SELECT 1").map_err(StoreError::from)).await
    }

    async fn blocking<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Undone<E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (pool, span) = (self.readers.clone(), Span::current());
        let run = move || {
            span.in_scope(|| {
                let mut conn = pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))?;
                work(&mut conn).map_err(Undone::into_error)
            })
        };
        tokio::task::spawn_blocking(run)
            .await
            .map_err(|error| StoreError::Unavailable(format!("the query was abandoned: {error}")))?
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("backend", &self.backend).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
