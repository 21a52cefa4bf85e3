//! One connection type over both databases. In a module of its own, because the derive is sensitive to its company.

/// PostgreSQL or SQLite, chosen by URL when the program starts.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Postgres(diesel::PgConnection),
    Sqlite(diesel::SqliteConnection),
}
