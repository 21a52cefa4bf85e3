//! 对账 of a day with very many orders.

use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::TestDatabase;

use crate::stack::{How, Stack};

/// Orders of the day.
const ORDERS: usize = 20_000;
/// The first of them: far from those of the demo.
const FIRST: usize = 1_000_000;

/// As many finished orders of this moment, each with its dispatch, message, events and live domain.
fn orders(now: &str) -> String {
    let day = format!(
        "WITH RECURSIVE n (i) AS (SELECT {FIRST} UNION ALL SELECT i + 1 FROM n WHERE i < {FIRST} + {ORDERS} - 1)"
    );
    format!(
        "{day} INSERT INTO work_order (id, code, enum_type, requirement, status, version, product_id, create_user, creator,
           attempt, form, held_since, created_at, updated_at)
           SELECT i, 'c-' || i, 'domain_request', 'add', 'finished', 1, 'p', 'u', '{{}}', 1, '{{}}', '{now}', '{now}', '{now}' FROM n;
         {day} INSERT INTO configure_list (order_id, domain, legality) SELECT i, 'd' || i || '.example.cn', 'lawful' FROM n;
         {day} INSERT INTO self_service_domain_config (domain, enterprise_id, product_id, order_id, source, legality, live_since,
           updated_at) SELECT 'd' || i || '.example.cn', 'e', 'p', i, 'order', 'lawful', '{now}', '{now}' FROM n;
         {day} INSERT INTO outbox (id, kind, destination, idempotency_key, payload, state, next_at, created_at, settled_at)
           SELECT 'm-' || i, 'dispatch', 'bpm-adapter', 'k-' || i, '{{}}', 'delivered', '{now}', '{now}', '{now}' FROM n;
         {day} INSERT INTO bpm_task (order_id, attempt, task_id, bill_no, state, assignee_id, assignee, outbox_id, created_at,
           updated_at) SELECT i, 1, 't-' || i, 'b-' || i, 'closed', 'u', '{{}}', 'm-' || i, '{now}', '{now}' FROM n;
         {day} INSERT INTO bpm_event_inbox (task_id, event_id, order_id, event, received_at)
           SELECT 't-' || i, 'e-1', i, 'dispatched', '{now}' FROM n;
         {day} INSERT INTO bpm_event_inbox (task_id, event_id, order_id, event, received_at)
           SELECT 't-' || i, 'e-2', i, 'close', '{now}' FROM n"
    )
}

/// Their tasks, bills and events.
fn tasks(now: &str) -> String {
    let day = format!(
        "WITH RECURSIVE n (i) AS (SELECT {FIRST} UNION ALL SELECT i + 1 FROM n WHERE i < {FIRST} + {ORDERS} - 1)"
    );
    let event = |number: i32, kind: &str| {
        format!(
            "{day} INSERT INTO event (id, source, event_id, kind, task_id, body, state, attempts, created_at, settled_at)
               SELECT 'e-{number}-' || i, 't-' || i, 'e-{number}', '{kind}', 't-' || i, '{{}}', 'delivered', 0, '{now}', '{now}' FROM n"
        )
    };
    format!(
        "{day} INSERT INTO bpm_task (id, order_id, attempt, order_code, enum_type, requirement, enterprise_id, corp_name,
           product_id, product, domains, assignee_id, assignee_name, assignee_mobile, assignee_role, driver, state, version,
           created_at, updated_at)
           SELECT 't-' || i, i, 1, 'c-' || i, 'domain_request', 'add', 'e', 'e', 'p', 'p', '[]', 'u', 'u', '', 'SA', 'embedded',
           'closed', 1, '{now}', '{now}' FROM n;
         {day} INSERT INTO bill (bill_no, task_id, order_id, state, issued_at, ended_at)
           SELECT 'b-' || i, 't-' || i, i, 'closed', '{now}', '{now}' FROM n;
         {}; {}",
        event(1, "dispatched"),
        event(2, "close")
    )
}

/// What disagrees: `(type, order)`, in the order of the answer.
fn found(answer: &Value) -> Vec<(&str, usize)> {
    let differences = answer["differences"].as_array().unwrap();
    let order = |one: &Value| usize::try_from(one["orderId"].as_u64().unwrap()).unwrap();
    differences.iter().map(|one| (one["type"].as_str().unwrap(), order(one))).collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_day_of_twenty_thousand_orders_is_compared_within_seconds(#[case] kind: TestDatabase) {
    let stack = Stack::start(kind, How::default()).await;
    let admin = stack.log_in("platform.admin").await;
    let before = admin.get("/bpm/reconcile").await.expect(200);
    let now = shared_model::local_time::now().naive_utc().format("%Y-%m-%d %H:%M:%S%.6f").to_string();
    stack.write_into("workorder", &orders(&now));
    stack.write_into("bpm", &tasks(&now));

    let begun = Instant::now();
    let all = admin.get("/bpm/reconcile").await.expect(200);
    let took = begun.elapsed();
    println!("{ORDERS} orders on {kind:?}: {took:?}");
    // Unoptimised, beside other tests; the gateway waits no longer than this.
    assert!(took < Duration::from_secs(30), "{took:?}");
    assert_eq!(all["orders"].as_u64().unwrap() - before["orders"].as_u64().unwrap(), ORDERS as u64);
    assert_eq!((&all["orders"], &all["orders"]), (&all["tasks"], &all["bills"]));
    assert_eq!(all["differences"], json!([]));

    let (first, middle, last) = (FIRST, FIRST + ORDERS / 2, FIRST + ORDERS - 1);
    stack.write_into("workorder", &format!("DELETE FROM self_service_domain_config WHERE order_id = {first}"));
    stack.write_into("workorder", &format!("DELETE FROM bpm_event_inbox WHERE order_id = {last} AND event_id = 'e-2'"));
    stack.write_into("bpm", &format!("UPDATE bill SET state = 'issued' WHERE order_id = {middle}"));
    // Forgotten after its days: no difference.
    stack.write_into("workorder", &format!("DELETE FROM outbox WHERE id = 'm-{middle}'"));
    let differing = admin.get("/bpm/reconcile").await.expect(200);
    let expected = [("domainMissing", first), ("billStateDiffers", middle), ("eventMissing", last)];
    assert_eq!(found(&differing.body), expected);
}
