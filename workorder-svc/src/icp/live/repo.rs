//! `live_filing`, and the live domains that stand under each filing.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;
use shared_model::local_time::from_stored;
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::domain_name::parse::DomainName;
use crate::icp::live::rules::first_look;
use crate::order::model::Legality;
use crate::order::state::OrderState;
use crate::schema::{configure_list, live_filing, live_stream_domain_config, self_service_domain_config, work_order};

/// Rows of one query: well under the number of variables either database binds.
const CHUNK: usize = 500;

/// A filing that was taken to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveFiling {
    /// Registrable.
    pub domain: String,
    /// Silent looks in a row.
    pub tries: i32,
    pub lapsed: bool,
}

/// A filing that is gone, as an order's detail shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// The live domain.
    pub domain: String,
    pub since: DateTime<Utc>,
    pub reason: Option<String>,
}

/// The same on both tables of live domains.
macro_rules! each_live {
    (|$table:ident| $body:expr) => {{
        {
            use self_service_domain_config as $table;
            $body
        }
        {
            use live_stream_domain_config as $table;
            $body
        }
    }};
}

/// Whether something went live whose filing is not known yet. Cheap: no write.
pub fn any_new(conn: &mut Connection) -> Result<bool, StoreError> {
    each_live!(|live| {
        let new: Option<i64> =
            live::table.filter(live::registrable.is_null()).select(live::id).first(conn).optional()?;
        if new.is_some() {
            return Ok(true);
        }
    });
    Ok(false)
}

/// Finds the filings of what went live, a batch at a time, and says when each is looked at first.
pub fn take_in_new(conn: &mut Connection, interval: TimeDelta, now: DateTime<Utc>) -> Result<(), StoreError> {
    each_live!(|live| {
        let new: Vec<(i64, String)> = live::table
            .filter(live::registrable.is_null())
            .limit(CHUNK as i64)
            .select((live::id, live::domain))
            .load(conn)?;
        let mut by_filing: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (id, domain) in new {
            let registrable = DomainName::parse(&domain).map_or(domain, |name| name.registrable().to_owned());
            by_filing.entry(registrable).or_default().push(id);
        }
        for (registrable, ids) in by_filing {
            let rows = live::table.filter(live::id.eq_any(ids));
            diesel::update(rows).set(live::registrable.eq(Some(&registrable))).execute(conn)?;
            let at = first_look(&registrable, now, interval).naive_utc();
            on_both!(conn, |c| diesel::insert_into(live_filing::table)
                .values((live_filing::domain.eq(&registrable), live_filing::next_at.eq(at)))
                .on_conflict_do_nothing()
                .execute(c))?;
        }
    });
    Ok(())
}

/// Filings that are due and that nobody holds.
macro_rules! due {
    ($now:expr) => {
        live_filing::table
            .filter(live_filing::next_at.le($now))
            .filter(live_filing::lease_until.is_null().or(live_filing::lease_until.lt($now)))
            .order(live_filing::next_at)
            .select((live_filing::domain, live_filing::tries, live_filing::lapsed_at))
    };
}

type DueColumns = (String, i32, Option<NaiveDateTime>);

/// Whether a claim would find anything. Cheap: no write.
pub fn any_due(conn: &mut Connection, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let found: Option<DueColumns> = due!(now.naive_utc()).first(conn).optional()?;
    Ok(found.is_some())
}

/// Takes filings under a lease: those of a dead process are free again when it has run out.
pub fn claim(
    conn: &mut Connection,
    owner: &str,
    lease: TimeDelta,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<LiveFiling>, StoreError> {
    let at = now.naive_utc();
    let rows: Vec<DueColumns> = match conn {
        Connection::Postgres(pg) => due!(at).limit(limit).for_update().skip_locked().load(pg)?,
        Connection::Sqlite(sqlite) => due!(at).limit(limit).load(sqlite)?,
    };
    let domains: Vec<&str> = rows.iter().map(|(domain, ..)| domain.as_str()).collect();
    diesel::update(live_filing::table.filter(live_filing::domain.eq_any(domains)))
        .set((live_filing::lease_owner.eq(owner), live_filing::lease_until.eq((now + lease).naive_utc())))
        .execute(conn)?;
    let filing = |(domain, tries, lapsed_at): DueColumns| LiveFiling { domain, tries, lapsed: lapsed_at.is_some() };
    Ok(rows.into_iter().map(filing).collect())
}

/// Whether this owner still holds a filing as it was taken; where it does, nobody else changes it until we are done.
pub fn still_held(conn: &mut Connection, filing: &LiveFiling, owner: &str) -> Result<bool, StoreError> {
    let held = diesel::update(live_filing::table.find(&filing.domain))
        .filter(live_filing::lease_owner.eq(owner))
        .filter(live_filing::tries.eq(filing.tries))
        .set(live_filing::lease_owner.eq(owner))
        .execute(conn)?;
    Ok(held == 1)
}

/// What a look has found: written with the end of the lease.
#[derive(Clone, Debug)]
pub struct Looked<'a> {
    pub next_at: DateTime<Utc>,
    pub tries: i32,
    /// None after silence: it was not seen.
    pub checked_at: Option<DateTime<Utc>>,
    /// The outer None leaves it as it is; the inner one is for a filing that is there.
    pub lapsed: Option<Option<(DateTime<Utc>, &'a str)>>,
}

pub fn put_back(conn: &mut Connection, domain: &str, looked: &Looked<'_>) -> Result<(), StoreError> {
    diesel::update(live_filing::table.find(domain))
        .set((
            live_filing::next_at.eq(looked.next_at.naive_utc()),
            live_filing::tries.eq(looked.tries),
            looked.checked_at.map(|at| live_filing::checked_at.eq(Some(at.naive_utc()))),
            looked.lapsed.map(|lapsed| {
                (
                    live_filing::lapsed_at.eq(lapsed.map(|(since, _)| since.naive_utc())),
                    live_filing::reason.eq(lapsed.map(|(_, reason)| reason)),
                )
            }),
            live_filing::lease_owner.eq(None::<String>),
            live_filing::lease_until.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Nothing is live under it any more.
pub fn forget(conn: &mut Connection, domain: &str) -> Result<(), StoreError> {
    diesel::delete(live_filing::table.find(domain)).execute(conn)?;
    Ok(())
}

/// What is live under a filing: the domains, each with the order it comes from.
pub fn list_live_under(conn: &mut Connection, registrable: &str) -> Result<Vec<(String, Option<i64>)>, StoreError> {
    let mut live_under: Vec<(String, Option<i64>)> = Vec::new();
    each_live!(|live| {
        let rows: Vec<(String, Option<i64>)> = live::table
            .filter(live::registrable.eq(registrable))
            .order(live::domain)
            .select((live::domain, live::order_id))
            .load(conn)?;
        live_under.extend(rows);
    });
    Ok(live_under)
}

/// Writes what was found onto everything that is live under a filing.
pub fn write_legality(
    conn: &mut Connection,
    registrable: &str,
    (legality, record_number): (Legality, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    each_live!(|live| {
        diesel::update(live::table.filter(live::registrable.eq(registrable)))
            .set((
                live::legality.eq(legality.code()),
                live::record_number.eq(record_number),
                live::updated_at.eq(now.naive_utc()),
            ))
            .execute(conn)?;
    });
    Ok(())
}

/// Finished orders that have any of the domains.
pub fn list_orders_of(conn: &mut Connection, domains: &[String]) -> Result<Vec<i64>, StoreError> {
    let mut orders = Vec::new();
    for domains in domains.chunks(CHUNK) {
        let rows: Vec<i64> = configure_list::table
            .inner_join(work_order::table.on(work_order::id.eq(configure_list::order_id)))
            .filter(configure_list::domain.eq_any(domains))
            .filter(work_order::status.eq(OrderState::Finished.code()))
            .select(configure_list::order_id)
            .distinct()
            .load(conn)?;
        orders.extend(rows);
    }
    orders.sort_unstable();
    orders.dedup();
    Ok(orders)
}

/// Shows the orders as prohibited, or no longer: as far as none of their domains is unlawful, at the order or live.
pub fn show_prohibited(conn: &mut Connection, orders: &[i64]) -> Result<(), StoreError> {
    for orders in orders.chunks(CHUNK) {
        let mut unlawful: Vec<i64> = configure_list::table
            .filter(configure_list::order_id.eq_any(orders))
            .filter(configure_list::legality.eq(Legality::Unlawful.code()))
            .select(configure_list::order_id)
            .distinct()
            .load(conn)?;
        each_live!(|live| {
            let rows: Vec<i64> = configure_list::table
                .inner_join(live::table.on(live::domain.eq(configure_list::domain)))
                .filter(configure_list::order_id.eq_any(orders))
                .filter(live::legality.eq(Legality::Unlawful.code()))
                .select(configure_list::order_id)
                .distinct()
                .load(conn)?;
            unlawful.extend(rows);
        });
        let lawful: Vec<i64> = orders.iter().copied().filter(|order| !unlawful.contains(order)).collect();
        for (orders, prohibited) in [(unlawful, true), (lawful, false)] {
            diesel::update(work_order::table.filter(work_order::id.eq_any(orders)))
                .set(work_order::prohibited.eq(prohibited))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// The live domains of an order whose filing is gone.
pub fn list_lapses(conn: &mut Connection, order: i64) -> Result<Vec<Lapse>, StoreError> {
    let mut lapses = Vec::new();
    each_live!(|live| {
        let rows: Vec<(String, Option<NaiveDateTime>, Option<String>)> = configure_list::table
            .inner_join(live::table.on(live::domain.eq(configure_list::domain)))
            .inner_join(live_filing::table.on(live::registrable.eq(live_filing::domain.nullable())))
            .filter(configure_list::order_id.eq(order))
            .filter(live_filing::lapsed_at.is_not_null())
            .order(live::domain)
            .select((live::domain, live_filing::lapsed_at, live_filing::reason))
            .load(conn)?;
        let lapse = |(domain, since, reason): (String, Option<NaiveDateTime>, Option<String>)| {
            Some(Lapse { domain, since: from_stored(since?), reason })
        };
        lapses.extend(rows.into_iter().filter_map(lapse));
    });
    Ok(lapses)
}

/// Gives leases back: of one owner when it stops, of everybody when the database has one user that has just started.
pub fn release(conn: &mut Connection, owner: Option<&str>) -> Result<(), StoreError> {
    let free = (live_filing::lease_owner.eq(None::<String>), live_filing::lease_until.eq(None::<NaiveDateTime>));
    match owner {
        Some(owner) => {
            diesel::update(live_filing::table.filter(live_filing::lease_owner.eq(owner))).set(free).execute(conn)?
        }
        None => diesel::update(live_filing::table).set(free).execute(conn)?,
    };
    Ok(())
}
