//! `live_stream_domain_config`: the domains of live streaming that are live.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::upsert::excluded;
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::domain_name::repo::LiveDomain;
use crate::live::settings::Direction;
use crate::order::row::from_json;
use crate::schema::live_stream_domain_config as t;
use crate::submit::form::OrderForm;

/// Rows of one query: each has ten columns.
const ROWS: usize = 2_000;

#[derive(Insertable)]
#[diesel(table_name = t, treat_none_as_default_value = false)]
struct Stream<'a> {
    domain: &'a str,
    enterprise_id: &'a str,
    product_id: &'a str,
    order_id: Option<i64>,
    source: &'static str,
    legality: &'static str,
    record_number: Option<&'a str>,
    form: &'a str,
    live_since: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl<'a> From<&'a LiveDomain> for Stream<'a> {
    fn from(live: &'a LiveDomain) -> Self {
        Self {
            domain: &live.domain,
            enterprise_id: &live.enterprise_id,
            product_id: &live.product_id,
            order_id: live.order_id,
            source: live.source,
            legality: live.legality,
            record_number: live.record_number.as_deref(),
            form: &live.form,
            live_since: live.live_since,
            updated_at: live.updated_at,
        }
    }
}

/// Lets domains go live.
pub fn insert(conn: &mut Connection, domains: &[LiveDomain]) -> Result<(), StoreError> {
    for rows in domains.chunks(ROWS) {
        let rows: Vec<Stream<'_>> = rows.iter().map(Stream::from).collect();
        on_both!(conn, |c| diesel::insert_into(t::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Rewrites the configuration of live domains. Those that are not live any more stay down.
pub fn update(conn: &mut Connection, domains: &[LiveDomain]) -> Result<(), StoreError> {
    for rows in domains.chunks(ROWS) {
        let names: Vec<&str> = rows.iter().map(|row| row.domain.as_str()).collect();
        let live: HashSet<String> =
            t::table.filter(t::domain.eq_any(names)).select(t::domain).load(conn)?.into_iter().collect();
        let rows: Vec<Stream<'_>> = rows.iter().filter(|row| live.contains(&row.domain)).map(Stream::from).collect();
        on_both!(conn, |c| diesel::insert_into(t::table)
            .values(&rows)
            .on_conflict(t::domain)
            .do_update()
            .set((
                t::order_id.eq(excluded(t::order_id)),
                t::source.eq(excluded(t::source)),
                t::legality.eq(excluded(t::legality)),
                t::record_number.eq(excluded(t::record_number)),
                t::form.eq(excluded(t::form)),
                t::updated_at.eq(excluded(t::updated_at)),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Which way streams go through domains that are live, as the form says that each is configured with.
pub fn directions(conn: &mut Connection, domains: &[String]) -> Result<Vec<(String, Direction)>, StoreError> {
    let mut found = Vec::new();
    for domains in domains.chunks(ROWS) {
        let rows: Vec<(String, String)> =
            t::table.filter(t::domain.eq_any(domains)).select((t::domain, t::form)).load(conn)?;
        for (domain, form) in rows {
            let form: OrderForm = from_json(&form)?;
            let way = form.speed_list.iter().flatten().find_map(|row| Direction::from_code(row.direction.as_deref()?));
            found.push((domain, way.unwrap_or(Direction::Pull)));
        }
    }
    Ok(found)
}

/// Takes domains down.
pub fn delete(conn: &mut Connection, domains: &[String]) -> Result<(), StoreError> {
    for domains in domains.chunks(ROWS) {
        diesel::delete(t::table.filter(t::domain.eq_any(domains))).execute(conn)?;
    }
    Ok(())
}
