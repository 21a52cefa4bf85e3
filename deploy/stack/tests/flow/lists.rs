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
