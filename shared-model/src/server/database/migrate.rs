//! Migrations, a folder per database, forward only.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Connection, StoreError};

/// The migrations of one owner for both databases.
pub struct Migrations {
    pub sqlite: EmbeddedMigrations,
    pub postgres: EmbeddedMigrations,
}

/// The tables every service has: outbox, idempotency keys, staff.
pub const SHARED_MIGRATIONS: Migrations =
    Migrations { sqlite: embed_migrations!("migrations/sqlite"), postgres: embed_migrations!("migrations/postgres") };

/// Applies what is pending, and names what it applied.
///
/// On PostgreSQL an advisory lock keeps replicas that start together from migrating at once.
pub(super) fn run(conn: &mut Connection, owners: &[&Migrations]) -> Result<Vec<String>, StoreError> {
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Unavailable(format!("migration: {error}"));
    let mut applied = Vec::new();
    for owner in owners {
        let versions = match conn {
            Connection::Sqlite(conn) => conn
                .run_pending_migrations(copy(&owner.sqlite))
                .map(|versions| versions.iter().map(ToString::to_string).collect::<Vec<_>>())
                .map_err(failed)?,
            Connection::Postgres(conn) => {
                use diesel::connection::SimpleConnection;
                conn.batch_execute("SELECT pg_advisory_lock(7044100)")?;
                let versions = conn
                    .run_pending_migrations(copy(&owner.postgres))
                    .map(|versions| versions.iter().map(ToString::to_string).collect::<Vec<_>>())
                    .map_err(failed);
                conn.batch_execute("SELECT pg_advisory_unlock(7044100)")?;
                versions?
            }
        };
        applied.extend(versions);
    }
    Ok(applied)
}

/// The harness wants the source by value.
fn copy(migrations: &EmbeddedMigrations) -> Borrowed<'_> {
    Borrowed(migrations)
}

struct Borrowed<'a>(&'a EmbeddedMigrations);

impl<DB: diesel::backend::Backend> diesel::migration::MigrationSource<DB> for Borrowed<'_> {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn diesel::migration::Migration<DB>>>> {
        self.0.migrations()
    }
}
