//! One change at a time of a record: whoever comes second sees what the first one did, and is told about that instead of
//! about a race. To be taken in the order certification, member, entity, type, so that two changes never wait for one another.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use shared_model::server::database::Connection;

use super::name::ResourceName;

/// Holds the record until the transaction ends. SQLite has one writer anyway.
pub fn lock(conn: &mut Connection, name: ResourceName, id: i64) -> QueryResult<()> {
    match conn {
        Connection::Sqlite(_) => Ok(()),
        Connection::Postgres(conn) => {
            sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(key(name, id)).execute(conn)?;
            Ok(())
        }
    }
}

/// The resource above the id: no record is ever numbered that high.
const fn key(name: ResourceName, id: i64) -> i64 {
    ((name as i64 + 1) << 56) ^ id
}
