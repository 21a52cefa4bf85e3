//! `live_order_info` and `live_order_domain_info`: what live-streaming orders ask for.

use std::collections::HashMap;

use diesel::prelude::*;
use shared_model::ids::OrderId;
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::live::settings::{Direction, LiveSettings};
use crate::order::model::{Order, OrderDomain};
use crate::order::row::{corrupt, from_json, to_json};
use crate::schema::{live_order_domain_info, live_order_info};

#[derive(Insertable)]
#[diesel(table_name = live_order_domain_info, treat_none_as_default_value = false)]
struct NewDomain<'a> {
    order_id: i64,
    domain: &'a str,
    direction: &'static str,
    cp_domain: &'a str,
    icp_number: Option<&'a str>,
}

/// Writes what a live-streaming order asks for.
pub fn insert(conn: &mut Connection, order: &Order) -> Result<(), StoreError> {
    if let Some(live) = &order.live {
        diesel::insert_into(live_order_info::table)
            .values((
                live_order_info::order_id.eq(order.id.0),
                live_order_info::application.eq(&live.application),
                live_order_info::mode.eq(live.mode.code()),
                live_order_info::config.eq(to_json(live)?),
            ))
            .execute(conn)?;
    }
    let rows: Vec<_> = order.domains.iter().map(|domain| new_domain(order.id, domain)).collect();
    if !rows.is_empty() {
        on_both!(conn, |c| diesel::insert_into(live_order_domain_info::table).values(&rows).execute(c))?;
    }
    Ok(())
}

fn new_domain(order: OrderId, domain: &OrderDomain) -> NewDomain<'_> {
    NewDomain {
        order_id: order.0,
        domain: &domain.domain,
        direction: domain.direction.map_or("", Direction::code),
        cp_domain: domain.cp_domain.as_deref().unwrap_or_default(),
        icp_number: domain.declared_number.as_deref(),
    }
}

/// Forgets it all, to be written anew.
pub fn delete(conn: &mut Connection, order: OrderId) -> Result<(), StoreError> {
    diesel::delete(live_order_info::table.find(order.0)).execute(conn)?;
    diesel::delete(live_order_domain_info::table.filter(live_order_domain_info::order_id.eq(order.0))).execute(conn)?;
    Ok(())
}

/// Gives a live-streaming order its settings, and its domains their directions.
pub fn attach(conn: &mut Connection, order: &mut Order) -> Result<(), StoreError> {
    let config: Option<String> =
        live_order_info::table.find(order.id.0).select(live_order_info::config).first(conn).optional()?;
    order.live = config.as_deref().map(from_json::<LiveSettings>).transpose()?;
    type Row = (String, String, String, Option<String>);
    let rows: Vec<Row> = live_order_domain_info::table
        .filter(live_order_domain_info::order_id.eq(order.id.0))
        .select((
            live_order_domain_info::domain,
            live_order_domain_info::direction,
            live_order_domain_info::cp_domain,
            live_order_domain_info::icp_number,
        ))
        .load(conn)?;
    let mut rows: HashMap<String, _> =
        rows.into_iter().map(|(domain, way, cname, number)| (domain, (way, cname, number))).collect();
    for domain in &mut order.domains {
        let Some((way, cname, number)) = rows.remove(&domain.domain) else { continue };
        if !way.is_empty() {
            domain.direction = Some(Direction::from_code(&way).ok_or_else(|| corrupt("direction", &way))?);
        }
        domain.cp_domain = Some(cname).filter(|cname| !cname.is_empty());
        domain.declared_number = number;
    }
    Ok(())
}
