//! Opens connections by URL, and keeps the real error when one can't be opened.

use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, Pool, R2D2Connection};
use diesel::{Connection as _, PgConnection, SqliteConnection};

use super::{Backend, Connection, StoreError, contention};
use crate::server::settings::DatabaseSettings;

/// Opens connections to one database.
#[derive(Clone, Debug)]
pub(super) struct Opener {
    backend: Backend,
    /// A path for SQLite, the URL for PostgreSQL.
    target: String,
    read_only: bool,
}

impl Opener {
    /// `sqlite:PATH`, or `postgres://` / `postgresql://`.
    pub(super) fn from_url(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self { backend: Backend::Postgres, target: url.to_owned(), read_only: false });
        }
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
        let path = path
            .filter(|path| !path.is_empty() && *path != ":memory:")
            .ok_or_else(|| StoreError::Unavailable("database.url must be sqlite:FILE or postgres://...".to_owned()))?;
        if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| StoreError::Unavailable(format!("{}: {error}", folder.display())))?;
        }
        Ok(Self { backend: Backend::Sqlite, target: path.to_owned(), read_only: false })
    }

    pub(super) fn backend(&self) -> Backend {
        self.backend
    }

    /// For SQLite, whose pool only reads; PostgreSQL's pool serves both.
    pub(super) fn read_only(&self) -> Self {
        Self { read_only: self.backend == Backend::Sqlite, ..self.clone() }
    }

    pub(super) fn open(&self) -> Result<Connection, StoreError> {
        let unavailable = |error: diesel::ConnectionError| StoreError::Unavailable(error.to_string());
        match self.backend {
            Backend::Postgres => {
                let mut conn = PgConnection::establish(&self.target).map_err(unavailable)?;
                conn.batch_execute("SET TIME ZONE 'UTC'; SET lock_timeout = '10s'")?;
                contention::watch(&mut conn);
                Ok(Connection::Postgres(conn))
            }
            Backend::Sqlite => {
                let mut conn = SqliteConnection::establish(&self.target).map_err(unavailable)?;
                conn.batch_execute(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA cache_size = -4000;",
                )?;
                if self.read_only {
                    conn.batch_execute("PRAGMA query_only = ON")?;
                }
                Ok(Connection::Sqlite(conn))
            }
        }
    }
}

impl ManageConnection for Opener {
    type Connection = Connection;
    type Error = StoreError;

    fn connect(&self) -> Result<Connection, StoreError> {
        self.open()
    }

    fn is_valid(&self, conn: &mut Connection) -> Result<(), StoreError> {
        conn.ping().map_err(StoreError::from)
    }

    fn has_broken(&self, conn: &mut Connection) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// Connections open when first wanted; a broken one is replaced, so no check on every use.
pub(super) fn build(opener: Opener, settings: &DatabaseSettings) -> Result<Pool<Opener>, StoreError> {
    let pool = Pool::builder()
        .max_size(settings.pool_size.max(1))
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(5))
        .build_unchecked(opener);
    Ok(pool)
}
