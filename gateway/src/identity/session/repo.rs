//! The `refresh_token` table. Tokens are kept as SHA-256 hashes: whoever reads the table can use none of them.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shared_model::server::database::Connection;
use shared_model::server::secrets;

use crate::schema::refresh_token;

/// Looks like nothing, means nothing: 256 random bits.
pub fn new_token() -> std::io::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(secrets::random::<32>()?))
}

/// What the table keeps of a token.
pub fn hash_of(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

/// A token to be kept.
pub struct NewRefreshToken<'a> {
    pub token: &'a str,
    pub family: &'a str,
    pub account_id: &'a str,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

pub fn insert(conn: &mut Connection, new: &NewRefreshToken<'_>) -> QueryResult<()> {
    diesel::insert_into(refresh_token::table)
        .values((
            refresh_token::token_hash.eq(hash_of(new.token)),
            refresh_token::family.eq(new.family),
            refresh_token::account_id.eq(new.account_id),
            refresh_token::issued_at.eq(new.issued_at.naive_utc()),
            refresh_token::expires_at.eq(new.expires_at.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// What became of the attempt to spend a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spent {
    /// Exactly one attempt gets this.
    Now { family: String, account_id: String },
    /// It was spent before: its family must go.
    Before { family: String, account_id: String },
    /// Unknown, expired or revoked.
    Worthless,
}

/// Spends a token. The guarded update settles the race of two attempts: one row for one of them.
pub fn spend(conn: &mut Connection, token: &str, now: DateTime<Utc>) -> QueryResult<Spent> {
    let hash = hash_of(token);
    let live = refresh_token::table
        .filter(refresh_token::token_hash.eq(&hash))
        .filter(refresh_token::spent_at.is_null())
        .filter(refresh_token::revoked_at.is_null())
        .filter(refresh_token::expires_at.gt(now.naive_utc()));
    let spent: Option<(String, String)> = diesel::update(live)
        .set(refresh_token::spent_at.eq(Some(now.naive_utc())))
        .returning((refresh_token::family, refresh_token::account_id))
        .get_result(conn)
        .optional()?;
    if let Some((family, account_id)) = spent {
        return Ok(Spent::Now { family, account_id });
    }
    let before: Option<(String, String)> = refresh_token::table
        .filter(refresh_token::token_hash.eq(&hash))
        .filter(refresh_token::spent_at.is_not_null())
        .select((refresh_token::family, refresh_token::account_id))
        .first(conn)
        .optional()?;
    Ok(before.map_or(Spent::Worthless, |(family, account_id)| Spent::Before { family, account_id }))
}

/// Ends a session: no token of its family is exchanged any more.
pub fn revoke_family(conn: &mut Connection, family: &str, now: DateTime<Utc>) -> QueryResult<()> {
    let living =
        refresh_token::table.filter(refresh_token::family.eq(family)).filter(refresh_token::revoked_at.is_null());
    diesel::update(living).set(refresh_token::revoked_at.eq(Some(now.naive_utc()))).execute(conn)?;
    Ok(())
}

/// Ends the session that a token belongs to, spent or not.
pub fn revoke_by_token(conn: &mut Connection, token: &str, now: DateTime<Utc>) -> QueryResult<()> {
    let family: Option<String> = refresh_token::table
        .filter(refresh_token::token_hash.eq(hash_of(token)))
        .select(refresh_token::family)
        .first(conn)
        .optional()?;
    family.map_or(Ok(()), |family| revoke_family(conn, &family, now))
}

/// Ends every session of an account.
pub fn revoke_account(conn: &mut Connection, account_id: &str, now: DateTime<Utc>) -> QueryResult<()> {
    let living = refresh_token::table
        .filter(refresh_token::account_id.eq(account_id))
        .filter(refresh_token::revoked_at.is_null());
    diesel::update(living).set(refresh_token::revoked_at.eq(Some(now.naive_utc()))).execute(conn)?;
    Ok(())
}

/// Forgets tokens that expired: they are refused anyway.
pub fn prune(conn: &mut Connection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(refresh_token::table.filter(refresh_token::expires_at.le(now.naive_utc()))).execute(conn)
}
