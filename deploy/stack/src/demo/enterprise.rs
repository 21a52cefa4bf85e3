//! The enterprises of the demo: what billing has reported of their products, one live domain that no order made, and
//! the ICP filings of the embedded registry.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use shared_model::bpm::{ProductEvent, ProductOrder};
use shared_model::ids::{EnterpriseId, ProductId};
use shared_model::server::database::{Connection, on_both};
use workorder_svc::desk::Policy;
use workorder_svc::domain_name::repo::{LiveDomain, insert_live};
use workorder_svc::order::model::Legality;
use workorder_svc::product::receive::receive;
use workorder_svc::schema::{icp_filing, self_service_domain_config};

use crate::error::StackError;

const ONE: (&str, &str) = ("awgb5qxx-hdmw9aygdphcswsi", "示例企业一");
const TWO: (&str, &str) = ("impdmahu-qxqlctq2lghkfq7q", "示例企业二");

/// Enterprise, product id, product, charge mode, what happened to it in order.
type Subscription = ((&'static str, &'static str), &'static str, &'static str, &'static str, &'static [ProductEvent]);

const SUBSCRIPTIONS: [Subscription; 7] = [
    (ONE, "PRODUCTID1747035900", "网页加速", "流量计费", &[ProductEvent::Open]),
    (TWO, "PRODUCTID2000000001", "网页加速", "带宽计费", &[ProductEvent::Open]),
    (TWO, "PRODUCTID2000000002", "下载加速", "试用", &[ProductEvent::Trial]),
    (TWO, TRIAL_WITH_DOMAIN, "点播加速", "试用", &[ProductEvent::Trial]),
    (TWO, "PRODUCTID2000000004", "全站加速", "流量计费", &[ProductEvent::Open, ProductEvent::Suspend]),
    (TWO, "PRODUCTID2000000005", "直播加速", "带宽计费", &[ProductEvent::Open]),
    // Not one of the products the desk takes orders for.
    (TWO, "PRODUCTID2000000006", "边缘函数", "调用计费", &[ProductEvent::Open]),
];

const TRIAL_WITH_DOMAIN: &str = "PRODUCTID2000000003";
const IMPORTED_DOMAIN: &str = "vod-trial.example.cn";

/// Registrable domain and record number. `unfiled-demo.cn` stands nowhere: it is not filed.
const FILINGS: [(&str, &str); 4] = [
    ("komect.com", "京ICP备0500_komect.com_12号"),
    ("example.cn", "京ICP备20260001号"),
    ("example.com.cn", "京ICP备20260002号"),
    ("front-desk-demo.cn", "京ICP备20260003号"),
];

/// Enterprises, products, filings and the live domain, where they are missing.
pub fn lay(conn: &mut Connection, policy: &Policy, now: DateTime<Utc>) -> Result<(), StackError> {
    lay_filings(conn, now)?;
    for subscription in SUBSCRIPTIONS {
        lay_subscription(conn, policy, subscription, now)?;
    }
    lay_imported_domain(conn, now)
}

fn lay_filings(conn: &mut Connection, now: DateTime<Utc>) -> Result<(), StackError> {
    for (domain, number) in FILINGS {
        let row = (
            icp_filing::domain.eq(domain),
            icp_filing::record_number.eq(number),
            icp_filing::updated_at.eq(now.naive_utc()),
        );
        on_both!(conn, |c| diesel::insert_into(icp_filing::table).values(row).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// As if billing had reported it: the same code applies it, once each.
fn lay_subscription(
    conn: &mut Connection,
    policy: &Policy,
    of: Subscription,
    now: DateTime<Utc>,
) -> Result<(), StackError> {
    let ((enterprise, name), product, product_name, charge_mode, events) = of;
    for (event, seconds) in events.iter().zip(0..) {
        let order = ProductOrder {
            event_id: format!("demo-{product}-{seconds}"),
            enterprise_id: EnterpriseId::from(enterprise),
            enterprise_name: name.to_owned(),
            product_id: ProductId::from(product),
            product_name: product_name.to_owned(),
            charge_mode: charge_mode.to_owned(),
            event: *event,
            occurred_at: now - TimeDelta::hours(1) + TimeDelta::seconds(seconds),
        };
        receive(conn, policy, &order, now).map_err(|error| StackError::Demo(error.to_string()))?;
    }
    Ok(())
}

fn lay_imported_domain(conn: &mut Connection, now: DateTime<Utc>) -> Result<(), StackError> {
    use self_service_domain_config as live;
    let known: i64 = live::table.filter(live::domain.eq(IMPORTED_DOMAIN)).count().get_result(conn)?;
    if known > 0 {
        return Ok(());
    }
    let number = FILINGS.iter().find(|(domain, _)| *domain == "example.cn").map(|(_, number)| (*number).to_owned());
    let domain = LiveDomain {
        domain: IMPORTED_DOMAIN.to_owned(),
        enterprise_id: TWO.0.to_owned(),
        product_id: TRIAL_WITH_DOMAIN.to_owned(),
        order_id: None,
        source: "imported",
        legality: Legality::Lawful.code(),
        record_number: number,
        form: "{}".to_owned(),
        live_since: now.naive_utc(),
        updated_at: now.naive_utc(),
    };
    Ok(insert_live(conn, &[domain])?)
}
