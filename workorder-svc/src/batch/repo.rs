//! `batch_self_domain`: the rows of batch sheets.

use std::collections::HashMap;

use diesel::prelude::*;
use shared_model::ids::OrderId;
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::batch::line::SheetLine;
use crate::order::model::OrderDomain;
use crate::order::row::{from_json, to_json};
use crate::schema::batch_self_domain;

/// Rows of one INSERT: under the 32,766 variables SQLite binds.
const CHUNK: usize = 5_000;

#[derive(Insertable)]
#[diesel(table_name = batch_self_domain, treat_none_as_default_value = false)]
struct NewRow<'a> {
    order_id: i64,
    domain: &'a str,
    sheet_row: i32,
    cp_domain: &'a str,
    icp_number: Option<&'a str>,
    config: String,
}

/// Writes the rows of an order's sheet.
pub fn insert(conn: &mut Connection, order: OrderId, domains: &[OrderDomain]) -> Result<(), StoreError> {
    for domains in domains.chunks(CHUNK) {
        let rows: Vec<_> = domains.iter().map(|domain| new_row(order, domain)).collect::<Result<_, _>>()?;
        on_both!(conn, |c| diesel::insert_into(batch_self_domain::table).values(&rows).execute(c))?;
    }
    Ok(())
}

fn new_row(order: OrderId, domain: &OrderDomain) -> Result<NewRow<'_>, StoreError> {
    let line = domain.line.as_deref();
    Ok(NewRow {
        order_id: order.0,
        domain: &domain.domain,
        sheet_row: line.map_or(0, |line| line.row),
        cp_domain: domain.cp_domain.as_deref().unwrap_or_default(),
        icp_number: domain.declared_number.as_deref(),
        config: line.map(to_json).transpose()?.unwrap_or_else(|| "{}".to_owned()),
    })
}

/// Forgets the rows of an order: BPM returned it, or another sheet takes their place. The reservations stay.
pub fn delete(conn: &mut Connection, order: OrderId) -> Result<(), StoreError> {
    diesel::delete(batch_self_domain::table.filter(batch_self_domain::order_id.eq(order.0))).execute(conn)?;
    Ok(())
}

/// Gives each domain of a batch order what its row asks for.
pub fn attach(conn: &mut Connection, order: OrderId, domains: &mut [OrderDomain]) -> Result<(), StoreError> {
    type Row = (String, String, Option<String>, String);
    let rows: Vec<Row> = batch_self_domain::table
        .filter(batch_self_domain::order_id.eq(order.0))
        .select((
            batch_self_domain::domain,
            batch_self_domain::cp_domain,
            batch_self_domain::icp_number,
            batch_self_domain::config,
        ))
        .load(conn)?;
    let mut rows: HashMap<String, _> =
        rows.into_iter().map(|(domain, cname, number, line)| (domain, (cname, number, line))).collect();
    for domain in domains {
        let Some((cname, number, line)) = rows.remove(&domain.domain) else { continue };
        domain.cp_domain = Some(cname).filter(|cname| !cname.is_empty());
        domain.declared_number = number;
        domain.line = Some(Box::new(from_json::<SheetLine>(&line)?));
    }
    Ok(())
}
