//! The one writer of a SQLite database: it takes the writes that wait, runs each in a savepoint, commits once for all
//! of them, and only then answers. So an acknowledged write is on disk (`synchronous=FULL`) at a fraction of the cost.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::Connection as _;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use tokio::sync::{mpsc, oneshot};
use tracing::Span;

use super::{Connection, StoreError};

/// How many waiting writes one commit takes at most.
const GROUP: usize = 64;
/// How many writes may wait before callers are held back.
const QUEUE: usize = 1024;

/// A write that waits: run in a savepoint, then told how the commit went.
trait Write: Send {
    /// True when it wants its changes kept.
    fn run(&mut self, conn: &mut Connection) -> bool;
    fn answer(self: Box<Self>, committed: Result<(), String>);
}

struct Pending<F, T, E> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
    span: Span,
}

/// Why a savepoint was rolled back.
pub(super) enum Undone<E> {
    Work(E),
    Store(StoreError),
}

impl<E> From<diesel::result::Error> for Undone<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl<E: From<StoreError>> Undone<E> {
    pub(super) fn into_error(self) -> E {
        match self {
            Self::Work(error) => error,
            Self::Store(error) => error.into(),
        }
    }
}

/// Runs one unit of work in a transaction (a savepoint, inside another); a panic rolls it back and becomes an error.
pub(super) fn in_transaction<T, E>(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, Undone<E>> {
    conn.transaction(|conn| match catch_unwind(AssertUnwindSafe(|| work(conn))) {
        Ok(result) => result.map_err(Undone::Work),
        Err(_) => Err(Undone::Store(StoreError::Unavailable("the write panicked".into()))),
    })
}

/// Runs reads in one snapshot of the database.
pub(super) fn in_snapshot<T, E>(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, Undone<E>> {
    match conn {
        Connection::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN")?,
        Connection::Postgres(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        }
    }
    let result = catch_unwind(AssertUnwindSafe(|| work(conn)));
    let ended = match conn {
        Connection::Sqlite(conn) => AnsiTransactionManager::rollback_transaction(conn),
        Connection::Postgres(conn) => AnsiTransactionManager::rollback_transaction(conn),
    };
    match result {
        Ok(Ok(value)) => ended.map(|()| value).map_err(Undone::from),
        Ok(Err(error)) => Err(Undone::Work(error)),
        Err(_) => Err(Undone::Store(StoreError::Unavailable("the read panicked".into()))),
    }
}

impl<F, T, E> Write for Pending<F, T, E>
where
    F: FnOnce(&mut Connection) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, conn: &mut Connection) -> bool {
        let Some(work) = self.work.take() else { return false };
        let result = self.span.in_scope(|| in_transaction(conn, work).map_err(Undone::into_error));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), String>) {
        let result = match (self.result, committed) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(_)) | None, Err(why)) => Err(StoreError::Unavailable(why).into()),
            (None, Ok(())) => Err(StoreError::Unavailable("the write was not run".into()).into()),
        };
        // A caller that went away needs no answer; its write stands.
        drop(self.answer.send(result));
    }
}

/// Hands writes to the writer's thread.
#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Box<dyn Write>>);

impl Writer {
    /// `open` makes a fresh connection, now and again whenever the old one broke.
    pub(super) fn start(
        open: impl Fn() -> Result<Connection, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let mut conn = Some(open()?);
        let (sender, mut receiver) = mpsc::channel::<Box<dyn Write>>(QUEUE);
        let run = move || {
            while let Some(first) = receiver.blocking_recv() {
                let mut group = vec![first];
                while group.len() < GROUP
                    && let Ok(next) = receiver.try_recv()
                {
                    group.push(next);
                }
                if conn.is_none() {
                    conn =
                        open().inspect_err(|error| tracing::error!(%error, "the writer cannot open its database")).ok();
                }
                match &mut conn {
                    Some(open) => {
                        if !run_group(open, group) {
                            conn = None;
                        }
                    }
                    None => answer_all(group, &Err("the database cannot be opened".to_owned())),
                }
            }
        };
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(run)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self(sender))
    }

    pub(super) async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let pending = Pending { work: Some(work), result: None, answer, span: Span::current() };
        let gone = || StoreError::Unavailable("the writer has stopped".into());
        self.0.send(Box::new(pending)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

/// One commit for a group. False when the connection must not be used again.
fn run_group(conn: &mut Connection, mut group: Vec<Box<dyn Write>>) -> bool {
    if let Err(error) = begin(conn) {
        tracing::error!(%error, "the writer cannot begin a transaction");
        answer_all(group, &Err(error.to_string()));
        return false;
    }
    for index in 0..group.len() {
        let kept = group.get_mut(index).is_none_or(|write| write.run(conn));
        // A disk error may end the whole transaction under a savepoint: nothing may run after it unprotected.
        if !kept && transaction_was_lost(conn) {
            answer_all(group, &Err("the transaction was lost".to_owned()));
            return false;
        }
    }
    match commit(conn) {
        Ok(()) => {
            answer_all(group, &Ok(()));
            true
        }
        Err(error) => {
            tracing::error!(%error, "the writer cannot commit");
            answer_all(group, &Err(error.to_string()));
            false
        }
    }
}

fn answer_all(group: Vec<Box<dyn Write>>, committed: &Result<(), String>) {
    for write in group {
        write.answer(committed.clone());
    }
}

fn begin(conn: &mut Connection) -> Result<(), diesel::result::Error> {
    match conn {
        Connection::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        Connection::Postgres(conn) => AnsiTransactionManager::begin_transaction(conn),
    }
}

fn commit(conn: &mut Connection) -> Result<(), diesel::result::Error> {
    match conn {
        Connection::Sqlite(conn) => AnsiTransactionManager::commit_transaction(conn),
        Connection::Postgres(conn) => AnsiTransactionManager::commit_transaction(conn),
    }
}

/// Inside a transaction another `BEGIN` is refused; that it is not says the transaction is gone.
fn transaction_was_lost(conn: &mut Connection) -> bool {
    match conn {
        Connection::Sqlite(conn) => conn.batch_execute("BEGIN").is_ok(),
        Connection::Postgres(_) => false,
    }
}
