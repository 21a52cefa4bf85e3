//! The worker's step: makes the reminders whose day has come. Takes no input and is safe to repeat.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use shared_model::server::database::{Connection, Database};

use super::repo;
use crate::certification::period::{REMINDER_DAYS, due_reminder};
use crate::error::ServiceError;

/// Makes what is due. Returns how many reminders were made.
pub async fn remind(db: &Database, now: DateTime<Utc>) -> Result<usize, ServiceError> {
    // Most of the time nothing is due: look before taking the writer's time.
    if db.read(move |conn| due(conn, now)).await?.is_empty() {
        return Ok(0);
    }
    db.write(move |conn| {
        let mut made = 0;
        for (row, days) in due(conn, now)? {
            made += repo::insert(conn, &row, days, now.naive_utc())?;
        }
        Ok(made)
    })
    .await
}

fn due(
    conn: &mut Connection,
    now: DateTime<Utc>,
) -> Result<Vec<(crate::certification::CertificationRow, i32)>, ServiceError> {
    let furthest = REMINDER_DAYS.into_iter().max().unwrap_or_default();
    let ending = repo::list_ending(conn, furthest, now.naive_utc())?;
    let made: HashSet<(i64, i32)> =
        repo::list_made(conn, ending.iter().map(|row| row.id).collect())?.into_iter().collect();
    let wanted = ending.into_iter().filter_map(|row| {
        let days = due_reminder(row.completed_at?, row.valid_until?, now.naive_utc())?;
        (!made.contains(&(row.id, days))).then_some((row, days))
    });
    Ok(wanted.collect())
}
