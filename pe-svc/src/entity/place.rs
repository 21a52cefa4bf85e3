//! Entities by a keyword: looked up among the places where reading a name or number may begin, which the database keeps
//! beside the entities. So a keyword costs what it finds, however many entities there are.

use diesel::prelude::*;
use shared_model::server::database::Connection;

use crate::resource::ListFilter;
use crate::resource::search::Keyword;
use crate::schema::public_entity_place;

/// A keyword that occurs in more places is looked for in the texts, newest first: that finds a page of it soon.
const MANY: i64 = 2000;

/// A filter whose keyword may have been looked up.
pub struct Named {
    /// The entities that may be meant, deleted ones among them. None: the filter says it all.
    pub ids: Option<Vec<i64>>,
    /// What is left to be asked of them.
    pub filter: ListFilter,
}

/// Looks the keyword up.
pub fn narrow(conn: &mut Connection, filter: &ListFilter) -> QueryResult<Named> {
    let mut named = Named { ids: None, filter: filter.clone() };
    if let Some(keyword) = &filter.keyword {
        named.ids = find(conn, keyword)?;
        if named.ids.is_some() && keyword.whole {
            named.filter.keyword = None;
        }
    }
    Ok(named)
}

/// The entities in whose name or number the keyword's beginning occurs. None: very many.
fn find(conn: &mut Connection, keyword: &Keyword) -> QueryResult<Option<Vec<i64>>> {
    let mut query = public_entity_place::table.filter(public_entity_place::place.ge(&keyword.from)).into_boxed();
    if let Some(before) = &keyword.before {
        query = query.filter(public_entity_place::place.lt(before));
    }
    let mut ids: Vec<i64> = query.select(public_entity_place::entity_id).limit(MANY + 1).load(conn)?;
    if ids.len() > usize::try_from(MANY).unwrap_or(usize::MAX) {
        return Ok(None);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(ids))
}
