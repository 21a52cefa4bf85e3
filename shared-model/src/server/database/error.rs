//! What a database may answer instead of a result.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};

/// A query that failed, or a database that cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("query failed: {0}")]
    Query(#[from] DieselError),
    #[error("database unavailable: {0}")]
    Unavailable(String),
}

impl StoreError {
    /// The unique columns that a write ran into, as `table.column[,column]`, the same on both databases.
    pub fn unique_violation(&self) -> Option<String> {
        match self {
            Self::Query(error) => unique_violation(error),
            Self::Unavailable(_) => None,
        }
    }
}

/// See [`StoreError::unique_violation`].
pub fn unique_violation(error: &DieselError) -> Option<String> {
    let DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error else { return None };
    sqlite_columns(information.message()).or_else(|| postgres_columns(information.as_ref()))
}

/// `UNIQUE constraint failed: table.a, table.b`
fn sqlite_columns(message: &str) -> Option<String> {
    let columns = message.strip_prefix("UNIQUE constraint failed: ")?;
    let mut parts = columns.split(", ");
    let first = parts.next()?;
    let rest = parts.map(|part| part.rsplit('.').next().unwrap_or(part));
    Some(std::iter::once(first).chain(rest).collect::<Vec<_>>().join(","))
}

/// The table, and of `Key (a, b)=(1, 2) already exists.` the columns.
fn postgres_columns(information: &(dyn DatabaseErrorInformation + Send + Sync)) -> Option<String> {
    let details = information.details()?;
    let columns = details.strip_prefix("Key (")?.split_once(")=(")?.0;
    Some(format!("{}.{}", information.table_name()?, columns.replace(", ", ",")))
}

#[cfg(test)]
mod tests {
    use super::sqlite_columns;

    #[test]
    fn the_columns_of_a_unique_index_are_named_once_with_their_table() {
        assert_eq!(sqlite_columns("UNIQUE constraint failed: a.x").as_deref(), Some("a.x"));
        assert_eq!(sqlite_columns("UNIQUE constraint failed: a.x, a.y").as_deref(), Some("a.x,y"));
        assert_eq!(sqlite_columns("CHECK constraint failed: a"), None);
    }
}
