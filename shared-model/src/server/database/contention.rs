//! Transactions that PostgreSQL gave up because they stood in each other's way (a deadlock, a serialization failure)
//! are done again: nothing of them is left, and whoever was in the way has gone on.

use std::cell::Cell;
use std::time::Duration;

use diesel::connection::InstrumentationEvent;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::{Connection as _, PgConnection};

use super::Connection;
use super::writer::{Undone, in_transaction};

/// How often one write is tried in all.
const TRIES: u32 = 5;
/// The first pause; each is twice the one before, half of it by chance.
const PAUSE: Duration = Duration::from_millis(10);

thread_local! {
    /// Whether a query on this thread was given up since the flag was cleared. A unit of work stays on its thread, and
    /// its error has passed through the service's own types by the time it arrives here.
    static GIVEN_UP: Cell<bool> = const { Cell::new(false) };
}

/// Makes a connection notice queries that are given up.
pub(super) fn watch(conn: &mut PgConnection) {
    conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::FinishQuery { error: Some(error), .. } = event
            && is_contention(error)
        {
            GIVEN_UP.set(true);
        }
    });
}

/// PostgreSQL's 40001 and 40P01. The latter has no kind of its own here, only its words, in the server's language.
fn is_contention(error: &DieselError) -> bool {
    let DieselError::DatabaseError(kind, information) = error else { return false };
    let says = |word: &str| information.message().contains(word);
    matches!(kind, DatabaseErrorKind::SerializationFailure) || says("deadlock detected") || says("死锁")
}

/// [`in_transaction`], done again (at most [`TRIES`] times in all) while the database gives it up.
pub(super) fn in_repeated_transaction<T, E>(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, E> + Clone,
) -> Result<T, Undone<E>> {
    for tried in 1..TRIES {
        GIVEN_UP.set(false);
        let ended = in_transaction(conn, work.clone());
        if ended.is_ok() || !GIVEN_UP.get() {
            return ended;
        }
        tracing::info!(tried, "a write was given up by the database; it is done again");
        metrics::counter!("database_writes_repeated_total").increment(1);
        std::thread::sleep(pause(tried, rand::random()));
    }
    in_transaction(conn, work)
}

/// `chance` in 0..1 takes off up to half.
fn pause(tried: u32, chance: f64) -> Duration {
    (PAUSE * 2_u32.pow(tried.min(10))).mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_differ_by_chance() {
        assert_eq!([1, 2, 3].map(|tried| pause(tried, 0.0).as_millis()), [20, 40, 80]);
        assert_eq!(pause(1, 1.0).as_millis(), 10);
    }

    #[test]
    fn a_deadlock_and_a_serialization_failure_are_told_from_other_errors() {
        let error = |kind, message: &str| DieselError::DatabaseError(kind, Box::new(message.to_owned()));
        assert!(is_contention(&error(DatabaseErrorKind::SerializationFailure, "could not serialize access")));
        assert!(is_contention(&error(DatabaseErrorKind::Unknown, "deadlock detected")));
        assert!(!is_contention(&error(DatabaseErrorKind::UniqueViolation, "duplicate key value")));
        assert!(!is_contention(&DieselError::NotFound));
    }
}
