//! The table of claims.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_model::server::database::Connection;

use super::claim::Claim;
use crate::resource::ResourceName;
use crate::schema::review_claim;

#[derive(Queryable)]
struct ClaimRow {
    claimed_by: String,
    claimed_by_name: String,
    claimed_at: NaiveDateTime,
    expires_at: NaiveDateTime,
}

impl From<ClaimRow> for Claim {
    fn from(row: ClaimRow) -> Self {
        let ClaimRow { claimed_by, claimed_by_name, claimed_at, expires_at } = row;
        Self { claimed_by, claimed_by_name, claimed_at, expires_at }
    }
}

pub fn find(conn: &mut Connection, resource: ResourceName, id: i64) -> QueryResult<Option<Claim>> {
    let row: Option<ClaimRow> = review_claim::table
        .find((resource.segment(), id))
        .select((
            review_claim::claimed_by,
            review_claim::claimed_by_name,
            review_claim::claimed_at,
            review_claim::expires_at,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(Claim::from))
}

/// The claims that hold now on any of these records.
pub fn list_holding(
    conn: &mut Connection,
    resource: ResourceName,
    ids: &[i64],
    now: NaiveDateTime,
) -> QueryResult<Vec<(i64, Claim)>> {
    let rows: Vec<(i64, ClaimRow)> = review_claim::table
        .filter(review_claim::resource.eq(resource.segment()))
        .filter(review_claim::record_id.eq_any(ids.to_vec()))
        .filter(review_claim::expires_at.gt(now))
        .select((
            review_claim::record_id,
            (
                review_claim::claimed_by,
                review_claim::claimed_by_name,
                review_claim::claimed_at,
                review_claim::expires_at,
            ),
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, row)| (id, row.into())).collect())
}

/// The records of a resource that somebody has claimed and the claim still holds.
pub fn list_claimed_by(
    conn: &mut Connection,
    resource: ResourceName,
    user_id: &str,
    now: NaiveDateTime,
) -> QueryResult<Vec<i64>> {
    review_claim::table
        .filter(review_claim::resource.eq(resource.segment()))
        .filter(review_claim::claimed_by.eq(user_id))
        .filter(review_claim::expires_at.gt(now))
        .select(review_claim::record_id)
        .load(conn)
}

/// Takes the claim when it is free, lapsed or the claimant's own. False: somebody else holds it. Two who take a free one
/// at once meet at the primary key.
pub fn take(conn: &mut Connection, resource: ResourceName, id: i64, claim: &Claim) -> QueryResult<bool> {
    let values = (
        review_claim::claimed_by.eq(&claim.claimed_by),
        review_claim::claimed_by_name.eq(&claim.claimed_by_name),
        review_claim::claimed_at.eq(claim.claimed_at),
        review_claim::expires_at.eq(claim.expires_at),
    );
    let free = review_claim::claimed_by.eq(&claim.claimed_by).or(review_claim::expires_at.le(claim.claimed_at));
    let taken =
        diesel::update(review_claim::table.find((resource.segment(), id)).filter(free)).set(values).execute(conn)?;
    if taken == 1 {
        return Ok(true);
    }
    if find(conn, resource, id)?.is_some() {
        return Ok(false);
    }
    diesel::insert_into(review_claim::table)
        .values((review_claim::resource.eq(resource.segment()), review_claim::record_id.eq(id), values))
        .execute(conn)?;
    Ok(true)
}

/// Ends a claim: it was released, or the record was decided.
pub fn drop_claim(conn: &mut Connection, resource: ResourceName, id: i64) -> QueryResult<usize> {
    diesel::delete(review_claim::table.find((resource.segment(), id))).execute(conn)
}
