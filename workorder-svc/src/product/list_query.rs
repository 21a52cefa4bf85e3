//! Enterprises to pick from, in SQL.

use diesel::prelude::*;
use shared_model::ids::{EnterpriseId, UserId};
use shared_model::server::database::{Connection, StoreError};

use crate::order::list_query::pattern;
use crate::order::model::Enterprise;
use crate::schema::{enterprise, enterprise_manager};

/// As many as somebody picks from; more want a longer keyword.
const MOST: i64 = 50;

/// By name, those whose name or id has the keyword; only those assigned to a person where one is given.
pub fn list_enterprises(
    conn: &mut Connection,
    keyword: &str,
    assigned_to: Option<&UserId>,
) -> Result<Vec<Enterprise>, StoreError> {
    if keyword.chars().any(char::is_control) {
        return Ok(Vec::new());
    }
    let mut query = enterprise::table.into_boxed();
    if !keyword.is_empty() {
        let part = pattern(keyword);
        query =
            query.filter(enterprise::name.like(part.clone()).escape('\\').or(enterprise::id.like(part).escape('\\')));
    }
    if let Some(person) = assigned_to {
        let assigned = enterprise_manager::table
            .filter(enterprise_manager::user_id.eq(person.0.clone()))
            .select(enterprise_manager::enterprise_id);
        query = query.filter(enterprise::id.eq_any(assigned));
    }
    let rows: Vec<(String, String)> = query
        .order((enterprise::name, enterprise::id))
        .limit(MOST)
        .select((enterprise::id, enterprise::name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, name)| Enterprise { id: EnterpriseId(id), name }).collect())
}
