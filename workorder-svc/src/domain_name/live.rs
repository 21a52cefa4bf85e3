//! The live domains as orders look at them: `self_service_domain_config` and, of live streaming,
//! `live_stream_domain_config`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Timestamp};
use shared_model::ids::{EnterpriseId, OrderId, ProductId};
use shared_model::server::database::{Connection, StoreError, on_both};

use crate::order::kind::OrderKind;
use crate::schema::{live_stream_domain_config, self_service_domain_config};

/// Domains of one query: well under the number of variables either database binds.
const CHUNK: usize = 5_000;

/// Rows of a product subscription of an enterprise.
macro_rules! of_product {
    ($table:ident, $owner:expr) => {
        $table::table
            .filter($table::enterprise_id.eq($owner.0.as_str()))
            .filter($table::product_id.eq($owner.1.as_str()))
    };
}

/// Of the domains, those that are live for a product subscription of an enterprise, among what a kind of order may
/// change: streams are of live streaming alone, and a migration takes both.
pub fn list_of_product(
    conn: &mut Connection,
    owner: (&EnterpriseId, &ProductId),
    domains: &[String],
    kind: OrderKind,
) -> Result<Vec<String>, StoreError> {
    let mut live = Vec::new();
    for domains in domains.chunks(CHUNK) {
        if kind != OrderKind::LiveRequest {
            let own = of_product!(self_service_domain_config, owner)
                .filter(self_service_domain_config::domain.eq_any(domains))
                .select(self_service_domain_config::domain);
            live.extend(own.load::<String>(conn)?);
        }
        if kind != OrderKind::DomainRequest {
            let streams = of_product!(live_stream_domain_config, owner)
                .filter(live_stream_domain_config::domain.eq_any(domains))
                .select(live_stream_domain_config::domain);
            live.extend(streams.load::<String>(conn)?);
        }
    }
    Ok(live)
}

/// Everything that is live for a product subscription, in order of name; at most `limit`.
pub fn list_all_of_product(
    conn: &mut Connection,
    owner: (&EnterpriseId, &ProductId),
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let own = of_product!(self_service_domain_config, owner).select(self_service_domain_config::domain);
    let mut live: Vec<String> = own.order(self_service_domain_config::domain).limit(limit).load(conn)?;
    let streams = of_product!(live_stream_domain_config, owner).select(live_stream_domain_config::domain);
    live.extend(streams.order(live_stream_domain_config::domain).limit(limit).load::<String>(conn)?);
    live.sort_unstable();
    Ok(live)
}

/// Lets live domains of one subscription belong to another from now on; what they are configured with stays.
pub fn move_to_product(
    conn: &mut Connection,
    owner: (&EnterpriseId, &ProductId),
    target: &ProductId,
    (order, domains): (OrderId, &[String]),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    macro_rules! move_rows {
        ($table:ident, $domains:expr) => {
            diesel::update(of_product!($table, owner).filter($table::domain.eq_any($domains)))
                .set((
                    $table::product_id.eq(target.as_str()),
                    $table::order_id.eq(Some(order.0)),
                    $table::source.eq("order"),
                    $table::updated_at.eq(now.naive_utc()),
                ))
                .execute(conn)?
        };
    }
    for domains in domains.chunks(CHUNK) {
        move_rows!(self_service_domain_config, domains);
        move_rows!(live_stream_domain_config, domains);
    }
    Ok(())
}

/// Writes what was found of an order's domains onto those that are live: one statement, however many there are.
pub fn take_findings(conn: &mut Connection, order: OrderId, now: DateTime<Utc>) -> Result<(), StoreError> {
    for table in ["self_service_domain_config", "live_stream_domain_config"] {
        let update = format!(
            "UPDATE {table} SET legality = found.legality, record_number = found.record_number, updated_at = $1 \
             FROM configure_list AS found WHERE found.order_id = $2 AND found.domain = {table}.domain \
             AND found.legality IN ('lawful', 'unlawful')"
        );
        on_both!(conn, |c| sql_query(update)
            .bind::<Timestamp, _>(now.naive_utc())
            .bind::<BigInt, _>(order.0)
            .execute(c))?;
    }
    Ok(())
}
