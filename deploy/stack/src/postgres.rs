//! Makes the four databases on a PostgreSQL server when they are missing.

use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types};
use shared_model::server::database::StoreError;

use crate::arguments::OneService;
use crate::error::StackError;
use crate::layout::Layout;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = sql_types::Text)]
    datname: String,
}

/// Does nothing on SQLite. Blocks.
pub fn create_missing_databases(layout: &Layout) -> Result<(), StackError> {
    let Some(url) = layout.maintenance_url() else { return Ok(()) };
    let mut server = PgConnection::establish(&url).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let present = existing(&mut server)?;
    for service in OneService::ALL {
        let name = layout.database_name(service);
        if present.contains(&name) {
            continue;
        }
        let made = sql_query(format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).execute(&mut server);
        // Another stack that starts at the same moment may have made it: then it is there.
        if let Err(error) = made
            && !existing(&mut server)?.contains(&name)
        {
            return Err(error.into());
        }
    }
    Ok(())
}

fn existing(server: &mut PgConnection) -> Result<Vec<String>, StackError> {
    let names: Vec<Name> = sql_query("SELECT datname::text AS datname FROM pg_database").load(server)?;
    Ok(names.into_iter().map(|name| name.datname).collect())
}
