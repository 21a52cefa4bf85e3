//! A database of its own for each test: a SQLite file in a folder that goes with it, or a PostgreSQL database
//! that is dropped with it. The same suite runs on both: `#[case::sqlite(TestDatabase::Sqlite)]`,
//! `#[case::postgres(TestDatabase::Postgres)]`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types};
use shared_model::server::database::{Database, Migrations};
use shared_model::server::settings::DatabaseSettings;
use tempfile::TempDir;

/// The environment variable with the URL of a PostgreSQL server where databases may be made.
pub const POSTGRES_VARIABLE: &str = "FRONT_DESK_TEST_POSTGRES";

/// Connections of one test: a few, so that many tests fit into one server.
const POOL_SIZE: u32 = 4;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestDatabase {
    Sqlite,
    /// Fails, never skips, when [`POSTGRES_VARIABLE`] is not set.
    Postgres,
}

impl TestDatabase {
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// An empty database: the service's own start brings the schema.
    pub fn create(self) -> OwnDatabase {
        match self {
            Self::Sqlite => OwnDatabase::sqlite(),
            Self::Postgres => OwnDatabase::postgres("template0"),
        }
    }

    /// A database with these migrations, connected. On PostgreSQL they run once per build of the test program
    /// and are copied from then on.
    pub fn migrated(self, migrations: &[&Migrations]) -> (OwnDatabase, Database) {
        let own = match self {
            Self::Sqlite => OwnDatabase::sqlite(),
            Self::Postgres => OwnDatabase::postgres(&template(migrations)),
        };
        let database = own.connect();
        if self == Self::Sqlite {
            database.migrate(migrations).expect("the migrations run");
        }
        (own, database)
    }
}

/// A test's own database and folder; both go when it is dropped.
#[derive(Debug)]
pub struct OwnDatabase {
    url: String,
    folder: TempDir,
    postgres_name: Option<String>,
}

impl OwnDatabase {
    fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self { url, folder, postgres_name: None }
    }

    fn postgres(template: &str) -> Self {
        let server = server_url();
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        create_database(&mut administrator(&server), &name, template);
        let folder = tempfile::tempdir().expect("a folder for the test");
        Self { url: url_of(&server, &name), folder, postgres_name: Some(name) }
    }

    /// `sqlite:FILE` or `postgres://...`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder of the test's own, for attachments, mails and keys.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn settings(&self) -> DatabaseSettings {
        DatabaseSettings { url: self.url.clone(), pool_size: POOL_SIZE }
    }

    /// A handle beside the service's own, to look at what was written.
    pub fn connect(&self) -> Database {
        Database::connect(&self.settings()).expect("the test's database opens")
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        if let Some(name) = &self.postgres_name {
            let mut connection = administrator(&server_url());
            let dropped = sql_query(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).execute(&mut connection);
            if let Err(error) = dropped {
                eprintln!("the test database {name} stays behind: {error}");
            }
        }
    }
}

fn server_url() -> String {
    std::env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| {
        panic!(
            "PostgreSQL 用例需要环境变量 {POSTGRES_VARIABLE}；deploy/test 会自行启动一个。\n\
             PostgreSQL cases need {POSTGRES_VARIABLE}, the URL of a server where databases may be made; \
             deploy/test starts one."
        )
    })
}

/// The same server, another database: `postgres://user@host:port/NAME?options`.
fn url_of(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, None), |(url, options)| (url, Some(options)));
    let base = match address.match_indices('/').nth(2) {
        Some((slash, _)) => address.get(..slash).unwrap_or(address),
        None => address,
    };
    options.map_or_else(|| format!("{base}/{name}"), |options| format!("{base}/{name}?{options}"))
}

fn administrator(server: &str) -> PgConnection {
    PgConnection::establish(server).unwrap_or_else(|error| panic!("{POSTGRES_VARIABLE}={server}: {error}"))
}

fn create_database(connection: &mut PgConnection, name: &str, template: &str) {
    sql_query(format!("CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'"))
        .execute(connection)
        .unwrap_or_else(|error| panic!("the test database {name} cannot be made: {error}"));
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = sql_types::Bool)]
    found: bool,
}

/// The migrated template of this build of the test program: whoever comes first makes it, under a lock.
fn template(migrations: &[&Migrations]) -> String {
    let server = server_url();
    let stamp = stamp_of(migrations);
    let name = format!("template_{stamp:016x}");
    let mut connection = administrator(&server);
    let lock = i64::from_ne_bytes(stamp.to_ne_bytes());
    sql_query(format!("SELECT pg_advisory_lock({lock})")).execute(&mut connection).expect("the template's lock");
    let query = format!("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{name}') AS found");
    let found: Found = sql_query(query).get_result(&mut connection).expect("the list of databases");
    if !found.found {
        // Made under another name and renamed when whole: a test killed in the middle leaves no half template.
        let draft = format!("draft_{}", uuid::Uuid::new_v4().simple());
        create_database(&mut connection, &draft, "template0");
        let settings = DatabaseSettings { url: url_of(&server, &draft), pool_size: 1 };
        let database = Database::connect(&settings).expect("the template opens");
        database.migrate(migrations).expect("the migrations run");
        drop(database);
        close_connections(&mut connection, &draft);
        sql_query(format!("ALTER DATABASE {draft} RENAME TO {name}")).execute(&mut connection).expect("the template");
    }
    sql_query(format!("SELECT pg_advisory_unlock({lock})")).execute(&mut connection).expect("the template's lock");
    name
}

/// Nobody may be connected to a database that is renamed or copied.
fn close_connections(connection: &mut PgConnection, database: &str) {
    let query = format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{database}'");
    sql_query(query).execute(connection).expect("the template's connections close");
}

/// Changes with every build of the test program, and with the set of migrations.
fn stamp_of(migrations: &[&Migrations]) -> u64 {
    let mut hasher = DefaultHasher::new();
    let program = std::env::current_exe().expect("the path of the test program");
    let built = program.metadata().and_then(|data| data.modified()).expect("when the test program was built");
    (program, built).hash(&mut hasher);
    for set in migrations {
        let steps = MigrationSource::<Pg>::migrations(&set.postgres).expect("the list of migrations");
        steps.iter().for_each(|step| step.name().to_string().hash(&mut hasher));
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_the_server_keeps_its_address_and_options() {
        assert_eq!(url_of("postgres://u@127.0.0.1:5432/postgres", "a"), "postgres://u@127.0.0.1:5432/a");
        assert_eq!(url_of("postgres://u@h", "a"), "postgres://u@h/a");
        assert_eq!(url_of("postgres://u@h/x?sslmode=disable", "a"), "postgres://u@h/a?sslmode=disable");
    }
}
