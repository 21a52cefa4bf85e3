//! Statements that are prepared once for a connection and then run again and again. Preparing costs more than running
//! for most statements of a desk, and the query builder keeps only those whose text it can prove to be constant: no
//! update, no list of values.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::query_dsl::methods::LoadQuery;

use super::Connection;

/// A statement that is kept prepared under its text.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<Q> {
    statement: Q,
    keep: bool,
}

/// Keeps a statement prepared. Each text is kept as long as its connection, so there must be few of them.
pub trait Prepare: Sized {
    /// For statements whose text is the same at every run, or one of a few.
    fn prepared(self) -> Prepared<Self> {
        Prepared { statement: self, keep: true }
    }

    /// For statements with a list of `values`, whose text has as many forms as there are lengths: kept when short.
    fn prepared_for(self, values: usize) -> Prepared<Self> {
        /// Lists of a request made by hand.
        const FEW: usize = 8;
        Prepared { statement: self, keep: values <= FEW }
    }
}

impl<Q: QueryId> Prepare for Q {}

/// Inserts a slice of rows (not empty) by one statement, and counts the inserted; the statement for a single row stays
/// prepared. `insert_rows!(conn, table, &rows, on_conflict_do_nothing)` where a row that is there already is no error.
#[macro_export]
macro_rules! insert_rows {
    ($conn:expr, $table:expr, $rows:expr $(, $conflict:ident)?) => {
        match $rows {
            [row] => $crate::on_both!($conn, |c| diesel::insert_into($table).values(row)$(.$conflict())?.execute(c)),
            rows => $crate::on_both!($conn, |c| diesel::insert_into($table).values(rows)$(.$conflict())?.execute(c)),
        }
    };
}

impl<Q, DB> QueryFragment<DB> for Prepared<Q>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, backend: &DB) -> QueryResult<bool> {
        if self.keep { Ok(true) } else { self.statement.is_safe_to_cache_prepared(backend) }
    }
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Conn> RunQueryDsl<Conn> for Prepared<Q> {}

impl<Q> Prepared<Q> {
    /// Runs a change that returns a number of each row, and counts the rows. `execute` would hand the connection a
    /// reference, which does not know that the statement is to be kept.
    pub fn run<'query>(self, conn: &mut Connection) -> QueryResult<usize>
    where
        Self: LoadQuery<'query, Connection, i64>,
    {
        Ok(self.load::<i64>(conn)?.len())
    }
}
