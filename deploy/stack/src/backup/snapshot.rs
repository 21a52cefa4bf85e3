//! The moment of a backup: all writers held back, database files copied, everything else linked.

use std::fs;
use std::io;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, RunQueryDsl, SqliteConnection};

use crate::arguments::OneService;
use crate::error::StackError;
use crate::layout::Layout;
use crate::up;

/// What the name of a folder of copies begins with.
pub const STAGE: &str = ".backup-";

/// Copies the stack into `stage`, as of one moment.
pub fn take(layout: &Layout, stage: &Path) -> Result<(), StackError> {
    let files: Vec<_> = OneService::ALL.iter().filter_map(|service| layout.database_file(*service)).collect();
    if let Some(missing) = files.iter().find(|file| !file.exists()) {
        return Err(StackError::NoDatabase(missing.clone()));
    }
    let mut held = files.iter().map(|file| hold(file)).collect::<Result<Vec<_>, _>>()?;
    let unusable = |error| StackError::Folder { folder: layout.data.clone(), error };
    copy_all(&layout.data, stage).map_err(unusable)?;
    for conn in &mut held {
        conn.batch_execute("ROLLBACK")?;
    }
    drop(held);
    for file in files.iter().filter_map(|file| file.file_name()) {
        settle(&stage.join(file))?;
    }
    Ok(())
}

/// A connection that keeps writers out: with no writer there is nobody to move pages from the log into the file either.
fn hold(file: &Path) -> Result<SqliteConnection, StackError> {
    let unavailable = |error: diesel::ConnectionError| StackError::Service {
        service: "front-desk",
        why: format!("{}: {error}", file.display()),
    };
    let mut conn = SqliteConnection::establish(&file.display().to_string()).map_err(unavailable)?;
    conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA wal_autocheckpoint = 0; BEGIN IMMEDIATE")?;
    Ok(conn)
}

/// The log goes into the copy of its file, which is then looked at.
fn settle(copy: &Path) -> Result<(), StackError> {
    let broken = |why: String| StackError::Service { service: "front-desk", why: format!("{}: {why}", copy.display()) };
    let mut conn =
        SqliteConnection::establish(&copy.display().to_string()).map_err(|error| broken(error.to_string()))?;
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")?;
    let found: String = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>(
        "(SELECT quick_check FROM pragma_quick_check LIMIT 1)",
    ))
    .get_result(&mut conn)?;
    if found == "ok" { Ok(()) } else { Err(broken(found)) }
}

/// Databases and their logs are copied; files never change once written, so a link keeps them.
fn copy_all(data: &Path, stage: &Path) -> io::Result<()> {
    for entry in fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text.starts_with(STAGE) || text.ends_with(".pid") || text == up::LOCK || text.ends_with("-shm") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            link_tree(&entry.path(), &stage.join(&name))?;
        } else {
            fs::copy(entry.path(), stage.join(&name))?;
        }
    }
    Ok(())
}

fn link_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            link_tree(&entry.path(), &target)?;
        } else {
            match fs::hard_link(entry.path(), &target) {
                // Deleted since the folder was read: it was on its way out.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                linked => linked?,
            }
        }
    }
    Ok(())
}
