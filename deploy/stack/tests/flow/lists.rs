//! The list answers with the samples' fields, no more and no less.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{TestDatabase, fixtures};

use crate::stack::{How, Stack, approve, desk, submit, task_at_desk, until_status};

fn fields(value: &Value) -> Vec<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_finished_order_lists_with_the_samples_fields(#[case] kind: TestDatabase) {
    let mut stack = Stack::start(kind, How::default()).await;
    let (manager, admin) = (stack.log_in("ec.manager").await, stack.log_in("group.admin").await);
    let sa = stack.log_in("sa").await;
    let id = submit(&manager, &fixtures::domain_request()).await;
    until_status(&manager, id, "approving").await;
    approve(&admin, id).await;
    let task = task_at_desk(&sa, id).await;
    desk(&sa, &task, "close", &json!({"message": ""})).await;
    until_status(&manager, id, "finished").await;
    let sample = fixtures::list_of_a_finished_order();
    for list in [
        manager.get("/workorder/getworkList?status=finished").await.expect(200),
        manager.post("/workorder/getworkList").json(&json!({"status": "finished"})).await.expect(200),
    ] {
        assert_eq!(fields(&list.body), fields(&sample));
        let item = &list["data"][0];
        assert_eq!(fields(item), fields(&sample["data"][0]), "{}", list.text());
        assert_eq!(item["details"], "20250822110828.komect.com");
        assert_eq!(item["user"], "政企经理甲 | 13800000001 | ec.manager@example.com");
    }
    stack.expect_agreement();
}

/// Orders that were withdrawn some time ago.
fn withdrawn(count: usize) -> String {
    format!(
        "WITH RECURSIVE n (i) AS (SELECT 1000000 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000 + {count} - 1)
         INSERT INTO work_order (id, code, enum_type, requirement, status, version, product_id, create_user, creator,
           attempt, form, held_since, created_at, updated_at)
           SELECT i, 'c-' || i, 'domain_request', 'add', 'withdrawn', 1, 'p', 'u', '{{}}', 1, '{{}}', '{at}', '{at}', '{at}' FROM n",
        at = "2026-01-01 00:00:00.000000"
    )
}

#[tokio::test]
async fn a_list_of_service_orders_looks_into_twenty_thousand_at_most() {
    let stack = Stack::start(TestDatabase::Sqlite, How::default()).await;
    let admin = stack.log_in("platform.admin").await;
    stack.write_into("workorder", &withdrawn(20_001));
    let orders = "/tmf-api/serviceOrdering/v4/serviceOrder?relatedParty.role=requester";
    let refused = admin.get(orders).await.expect_problem(400, "request.invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/relatedParty.role");
    let message = refused["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("请先用状态、日期或编号缩小范围"), "{message}");
    admin.get(&format!("{orders}&state=inProgress")).await.expect(200);
}
