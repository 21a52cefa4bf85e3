//! `Idempotency-Key`: the same key, caller and request gets the first answer again. The answer is kept in the transaction
//! of the change itself, so neither can exist without the other, whatever dies when.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;

use super::answer::Answer;
use super::caller::{Caller, ServiceCaller};
use super::database::{Connection, StoreError};
use crate::on_both;
use crate::problem::{Problem, codes};
use crate::text::Text;

/// How long answers are kept.
const KEPT: Duration = Duration::hours(24);
const KEY_LENGTH: usize = 255;

diesel::table! {
    idempotency_key (caller, key) {
        caller -> Text,
        key -> Text,
        fingerprint -> Text,
        status -> Nullable<Integer>,
        answer -> Nullable<Text>,
        etag -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

/// A request under a key: who sent it, and what exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub caller: String,
    pub key: String,
    pub fingerprint: String,
}

/// The key before the body was read. An extractor for uploads.
#[derive(Clone, Debug)]
pub struct TicketHead(Option<Head>);

#[derive(Clone, Debug)]
struct Head {
    caller: String,
    key: String,
    target: String,
}

impl TicketHead {
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let Some(key) = request.headers().get("idempotency-key") else { return Ok(Self(None)) };
        let key = key.to_str().map(str::trim).unwrap_or_default();
        if key.is_empty() || key.len() > KEY_LENGTH {
            return Err(Problem::new(&codes::IDEMPOTENCY_KEY_INVALID)
                .detail(Text::fixed("1 到 255 个可见字符", "1 to 255 visible characters")));
        }
        let extensions = request.extensions();
        let caller = match (extensions.get::<Caller>(), extensions.get::<ServiceCaller>()) {
            (Some(user), _) => format!("user:{}", user.id()),
            (None, Some(service)) => format!("service:{}", service.name),
            (None, None) => return Ok(Self(None)),
        };
        let target = format!("{} {}", request.method(), request.uri());
        Ok(Self(Some(Head { caller, key: key.to_owned(), target })))
    }

    /// The ticket of a request with that content.
    pub fn ticket(self, content: &[u8]) -> Option<Ticket> {
        let Head { caller, key, target } = self.0?;
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(target.as_bytes());
        hash.update(&[0]);
        hash.update(content);
        Some(Ticket { caller, key, fingerprint: STANDARD_NO_PAD.encode(hash.finish()) })
    }
}

impl FromRequest for TicketHead {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

#[derive(Queryable)]
struct Kept {
    fingerprint: String,
    status: Option<i32>,
    answer: Option<String>,
    etag: Option<String>,
    created_at: chrono::NaiveDateTime,
}

/// Runs `work` once per ticket, inside the caller's transaction: either the kept answer is given again, or the work is done
/// and its answer kept with it. Without a ticket the work just runs. A failed work keeps nothing.
///
/// Errors: `idempotency.mismatch` when the key was used for another request, `idempotency.in_flight` when one still runs.
pub fn once<E>(
    conn: &mut Connection,
    ticket: Option<&Ticket>,
    now: DateTime<Utc>,
    work: impl FnOnce(&mut Connection) -> Result<Answer, E>,
) -> Result<Answer, E>
where
    E: From<Problem> + From<StoreError>,
{
    let Some(ticket) = ticket else { return work(conn) };
    if let Some(kept) = take(conn, ticket, now).map_err(StoreError::from)? {
        return replay(ticket, kept).map_err(E::from);
    }
    let answer = work(conn)?;
    keep(conn, ticket, &answer).map_err(StoreError::from)?;
    Ok(answer)
}

/// Takes the key, or gives what is kept under it. Another transaction that holds the key is waited for.
fn take(conn: &mut Connection, ticket: &Ticket, now: DateTime<Utc>) -> QueryResult<Option<Kept>> {
    use self::idempotency_key::dsl;
    let row = (
        dsl::caller.eq(&ticket.caller),
        dsl::key.eq(&ticket.key),
        dsl::fingerprint.eq(&ticket.fingerprint),
        dsl::created_at.eq(now.naive_utc()),
    );
    let taken = on_both!(conn, |c| {
        diesel::insert_into(dsl::idempotency_key).values(row).on_conflict_do_nothing().execute(c)
    })?;
    if taken == 1 {
        return Ok(None);
    }
    let kept: Kept = dsl::idempotency_key
        .find((&ticket.caller, &ticket.key))
        .select((dsl::fingerprint, dsl::status, dsl::answer, dsl::etag, dsl::created_at))
        .first(conn)?;
    if kept.created_at + KEPT > now.naive_utc() {
        return Ok(Some(kept));
    }
    // Past its day the key is free again.
    diesel::update(dsl::idempotency_key.find((&ticket.caller, &ticket.key)))
        .set((
            dsl::fingerprint.eq(&ticket.fingerprint),
            dsl::status.eq(None::<i32>),
            dsl::answer.eq(None::<String>),
            dsl::etag.eq(None::<String>),
            dsl::created_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(None)
}

/// Keeps the answer where none is kept yet. False: another was first.
fn keep(conn: &mut Connection, ticket: &Ticket, answer: &Answer) -> QueryResult<bool> {
    use self::idempotency_key::dsl;
    let body = answer.body.as_ref().map(ToString::to_string);
    let kept = diesel::update(dsl::idempotency_key.find((&ticket.caller, &ticket.key)).filter(dsl::status.is_null()))
        .set((
            dsl::status.eq(Some(i32::from(answer.status))),
            dsl::answer.eq(body),
            dsl::etag.eq(answer.version.map(|version| version.to_string())),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

fn replay(ticket: &Ticket, kept: Kept) -> Result<Answer, Problem> {
    if kept.fingerprint != ticket.fingerprint {
        return Err(Problem::new(&codes::IDEMPOTENCY_MISMATCH));
    }
    let Some(status) = kept.status.and_then(|status| u16::try_from(status).ok()) else {
        return Err(Problem::new(&codes::IDEMPOTENCY_IN_FLIGHT).retry_after(1));
    };
    let body = kept.answer.and_then(|text| serde_json::from_str(&text).ok());
    let version = kept.etag.and_then(|text| text.parse().ok());
    Ok(Answer { status, body, version, replayed: true })
}

/// Forgets answers past their day. Returns how many.
pub fn forget_old(conn: &mut Connection, now: DateTime<Utc>) -> QueryResult<usize> {
    use self::idempotency_key::dsl;
    diesel::delete(dsl::idempotency_key.filter(dsl::created_at.lt((now - KEPT).naive_utc()))).execute(conn)
}

/// For operations of two steps (store, then call another service): takes the key in the first step.
/// `None`: go on, and call [`complete`] in the second.
pub fn begin<E>(conn: &mut Connection, ticket: Option<&Ticket>, now: DateTime<Utc>) -> Result<Option<Answer>, E>
where
    E: From<Problem> + From<StoreError>,
{
    let Some(ticket) = ticket else { return Ok(None) };
    match take(conn, ticket, now).map_err(StoreError::from)? {
        Some(kept) => replay(ticket, kept).map(Some).map_err(E::from),
        None => Ok(None),
    }
}

/// See [`begin`]. False when another run under the same key has answered already: its answer is the one.
pub fn complete(conn: &mut Connection, ticket: Option<&Ticket>, answer: &Answer) -> QueryResult<bool> {
    match ticket {
        Some(ticket) => keep(conn, ticket, answer),
        None => Ok(true),
    }
}

/// Frees a key whose operation of two steps was refused in the second.
pub fn release(conn: &mut Connection, ticket: Option<&Ticket>) -> QueryResult<()> {
    use self::idempotency_key::dsl;
    if let Some(ticket) = ticket {
        diesel::delete(dsl::idempotency_key.find((&ticket.caller, &ticket.key))).execute(conn)?;
    }
    Ok(())
}
