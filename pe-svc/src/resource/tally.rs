//! How long a list is and where its n-th record stands, from the counts that the database keeps beside the records: a list
//! of 200,000 is no slower than one of 2,000.

use std::ops::RangeInclusive;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use shared_model::server::database::Connection;

use super::filter::{ListFilter, SortKey, TimeRange};
use super::{Actor, Reach, ResourceName};
use crate::schema::{owner_tally, record_tally};

/// Records are counted in blocks of 2^span neighbouring ids; of these spans from large to small,
const BLOCK_SPANS: [i32; 2] = [13, 8];
/// and all together.
const ALL: i32 = 62;
/// A page that begins before this many records is found by walking there.
const WALK: i64 = 256;

/// A list that is counted: a resource, or what of it is of one kind (type), in one state, one owner's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    resource: &'static str,
    kind: Option<i64>,
    state: Option<String>,
    owner: Option<String>,
}

impl Scope {
    /// None when the list is narrowed by more than is counted.
    pub fn of(name: ResourceName, filter: &ListFilter, actor: &Actor, reach: Reach) -> Option<Self> {
        let times = [filter.created, filter.updated, filter.applied, filter.completed, filter.valid_until];
        let narrowed = filter.keyword.is_some()
            || filter.pe_id.is_some()
            || filter.u_id.is_some()
            || filter.expired.is_some()
            || times.iter().any(|range| *range != TimeRange::default());
        let owner = match (reach, filter.owner_id.as_deref()) {
            (Reach::All, owner) => owner,
            (Reach::Mine, None) => Some(actor.id()),
            (Reach::Mine, Some(owner)) if actor.is(owner) => Some(owner),
            (Reach::Mine, Some(_)) => return None,
        };
        let state = filter.audit_status.clone().or_else(|| filter.status.clone());
        let scope = Self { resource: name.segment(), kind: filter.type_id, state, owner: owner.map(str::to_owned) };
        (!narrowed).then_some(scope)
    }

    /// What of a resource is in one state.
    pub fn in_state(name: ResourceName, state: &str) -> Self {
        Self { resource: name.segment(), kind: None, state: Some(state.to_owned()), owner: None }
    }
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Ids from here on in the list's direction, this one included. None: from the end.
    pub id: Option<i64>,
    /// So many records are stepped over from there.
    pub skip: i64,
}

/// How many living records the list has.
pub fn total(conn: &mut Connection, scope: &Scope) -> QueryResult<i64> {
    let Some(owner) = &scope.owner else {
        let all = blocks(conn, scope, ALL, 0..=0, true)?;
        return Ok(all.iter().map(|(_, living)| living).sum());
    };
    let mut query = owner_tally::table
        .filter(owner_tally::resource.eq(scope.resource))
        .filter(owner_tally::owner_id.eq(owner))
        .select(owner_tally::living)
        .into_boxed();
    if let Some(kind) = scope.kind {
        query = query.filter(owner_tally::kind_id.eq(kind));
    }
    if let Some(state) = &scope.state {
        query = query.filter(owner_tally::state.eq(state));
    }
    Ok(query.load::<i64>(conn)?.into_iter().sum())
}

/// Where the page of a list begins. Only a list by id, of everybody's, has its blocks counted.
pub fn start(conn: &mut Connection, scope: Option<&Scope>, filter: &ListFilter) -> QueryResult<Start> {
    let offset = filter.page.offset();
    let walked = Start { id: None, skip: offset };
    match scope {
        Some(scope) if offset >= WALK && filter.sort == SortKey::Id && scope.owner.is_none() => {
            Ok(seek(conn, scope, offset, filter.descending)?.unwrap_or(walked))
        }
        None | Some(_) => Ok(walked),
    }
}

/// None when the list ends before.
fn seek(conn: &mut Connection, scope: &Scope, offset: i64, descending: bool) -> QueryResult<Option<Start>> {
    let (mut skip, mut within, mut above) = (offset, 0..=i64::MAX, ALL);
    for span in BLOCK_SPANS {
        let counted = blocks(conn, scope, span, narrowed(&within, above, span), descending)?;
        let Some(block) = step_over(&counted, &mut skip) else { return Ok(None) };
        (within, above) = (block..=block, span);
    }
    let ids = narrowed(&within, above, 0);
    Ok(Some(Start { id: Some(if descending { *ids.end() } else { *ids.start() }), skip }))
}

/// The block that the record after `skip` others is in; `skip` is what is left within it.
fn step_over(counted: &[(i64, i64)], skip: &mut i64) -> Option<i64> {
    for (block, living) in counted {
        if *skip < *living {
            return Some(*block);
        }
        *skip -= living;
    }
    None
}

/// The smaller blocks that larger ones are made of.
fn narrowed(blocks: &RangeInclusive<i64>, span: i32, smaller: i32) -> RangeInclusive<i64> {
    if span == ALL {
        return blocks.clone();
    }
    let shift = span - smaller;
    (*blocks.start() << shift)..=(((*blocks.end() + 1) << shift) - 1)
}

/// How many living records are in each of these blocks, in the list's order.
fn blocks(
    conn: &mut Connection,
    scope: &Scope,
    span: i32,
    among: RangeInclusive<i64>,
    descending: bool,
) -> QueryResult<Vec<(i64, i64)>> {
    let mut query = record_tally::table
        .group_by(record_tally::block)
        .select((record_tally::block, sql::<BigInt>("CAST(SUM(living) AS BIGINT)")))
        .filter(record_tally::resource.eq(scope.resource))
        .filter(record_tally::span.eq(span))
        .filter(record_tally::block.between(*among.start(), *among.end()))
        .into_boxed();
    if let Some(kind) = scope.kind {
        query = query.filter(record_tally::kind_id.eq(kind));
    }
    if let Some(state) = &scope.state {
        query = query.filter(record_tally::state.eq(state));
    }
    if descending {
        query.order(record_tally::block.desc()).load(conn)
    } else {
        query.order(record_tally::block.asc()).load(conn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_made_of_all_the_smaller_blocks_within_it() {
        assert_eq!(narrowed(&(3..=3), 13, 8), 96..=127);
        assert_eq!(narrowed(&(1..=1), 8, 0), 256..=511);
        assert_eq!(narrowed(&(0..=i64::MAX), ALL, 13), 0..=i64::MAX);
    }

    #[test]
    fn the_nth_record_is_in_the_first_block_that_reaches_it() {
        let counted = [(9, 3), (8, 0), (4, 5)];
        for (offset, block, left) in [(0, 9, 0), (2, 9, 2), (3, 4, 0), (7, 4, 4)] {
            let mut skip = offset;
            assert_eq!((step_over(&counted, &mut skip), skip), (Some(block), left));
        }
        assert_eq!(step_over(&counted, &mut 8), None);
    }
}
