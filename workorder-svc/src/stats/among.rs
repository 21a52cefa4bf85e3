//! `column IN (query)` for a query with conditions that are known at run time only: diesel's own `eq_any` cannot hold one
//! on two databases at once.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Bool;

use crate::order::list_query::Backend;

/// Rows whose column is among what the query gives.
#[derive(Clone, Copy, Debug)]
pub struct Among<C, Q> {
    column: C,
    query: Q,
    scans: bool,
}

pub fn among<C, Q>(column: C, query: Q) -> Among<C, Q> {
    Among { column, query, scans: false }
}

impl<C, Q> Among<C, Q> {
    /// The query gives so many that going through all rows is quicker than looking each of them up by the column's
    /// index: SQLite takes the index unless it cannot. For columns of numbers.
    pub fn scanning(self, scans: bool) -> Self {
        Self { scans, ..self }
    }
}

impl<C, Q> Expression for Among<C, Q> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<T>, Q, T> AppearsOnTable<T> for Among<C, Q> {}

impl<C: SelectableExpression<T>, Q, T> SelectableExpression<T> for Among<C, Q> {}

impl<C, Q> ValidGrouping<()> for Among<C, Q> {
    type IsAggregate = is_aggregate::No;
}

impl<C, Q> QueryId for Among<C, Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, Q> QueryFragment<Backend> for Among<C, Q>
where
    C: QueryFragment<Backend>,
    Q: QueryFragment<Backend>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        if self.scans {
            pass.push_sql("+");
        }
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(" IN (");
        self.query.walk_ast(pass.reborrow())?;
        pass.push_sql(")");
        Ok(())
    }
}
