//! JSON kept in a text column: read with its row, so that a value nobody can read fails the query instead of passing
//! for an empty one.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::sql_types::Text;
use serde::de::DeserializeOwned;

/// A value that its column holds as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromSqlRow)]
pub struct JsonText<T>(pub T);

impl<T, DB> FromSql<Text, DB> for JsonText<T>
where
    T: DeserializeOwned,
    DB: diesel::backend::Backend,
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = String::from_sql(bytes)?;
        Ok(Self(serde_json::from_str(&text).map_err(|error| format!("not the JSON of its column: {error}"))?))
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    use diesel::sqlite::SqliteConnection;

    use super::*;

    fn read(kept: &str) -> QueryResult<JsonText<Vec<String>>> {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute(&format!("CREATE TABLE t (list TEXT NOT NULL); INSERT INTO t VALUES ('{kept}');")).unwrap();
        diesel::table! { t (list) { list -> Text, } }
        t::table.select(t::list).first(&mut conn)
    }

    #[test]
    fn what_is_no_json_of_the_kind_fails_the_query() {
        assert_eq!(read(r#"["a","b"]"#).unwrap().0, ["a", "b"]);
        assert_eq!(read("[]").unwrap().0, [""; 0]);
        for corrupt in ["", "[1]", r#"["a""#, "null"] {
            let error = read(corrupt).unwrap_err();
            assert!(matches!(error, diesel::result::Error::DeserializationError(_)), "{corrupt}: {error}");
        }
    }
}
