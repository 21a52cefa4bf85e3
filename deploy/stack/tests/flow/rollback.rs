//! BPM returns an order: it is with its creator again, is changed, and finds its way a second time.

use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, fixtures};

use crate::stack::{How, Stack, approve, desk, submit, task_at_desk, until_status};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_returned_order_is_modified_resubmitted_and_finished(#[case] kind: TestDatabase) {
    let mut stack = Stack::start(kind, How::default()).await;
    let (manager, admin) = (stack.log_in("ec.manager").await, stack.log_in("group.admin").await);
    let sa = stack.log_in("sa").await;
    let id = submit(&manager, &fixtures::domain_request()).await;
    until_status(&manager, id, "approving").await;
    approve(&admin, id).await;
    let first = task_at_desk(&sa, id).await;
    desk(&sa, &first, "rollback", &json!({"reason": "回源地址不通"})).await;
    until_status(&manager, id, "bpmReject").await;

    let list = manager.get("/workorder/getworkList?scope=pending").await.expect(200);
    let item = &list["data"][0];
    assert_eq!((&item["id"], &item["modifying"], &item["approving"]), (&json!(id), &json!(true), &json!(true)));
    let sample = fixtures::list_of_a_returned_order();
    let fields = |item: &serde_json::Value| item.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(item), fields(&sample["data"][0]));

    let path = format!("/workorder/modify/detail?id={id}&type=domain_request");
    let mut form = manager.get(&path).await.expect(200).body;
    form["loopDomain"][0]["value"] = "203.0.113.7:443".into();
    form["id"] = id.into();
    manager.post("/workorder/modify/detail").json(&form).await.expect(200);
    until_status(&manager, id, "approving").await;
    approve(&admin, id).await;
    let second = task_at_desk(&sa, id).await;
    assert_ne!(first, second, "a new dispatch is a new task");
    let late = sa.post(&format!("/bpm/tasks/{first}/close")).json(&json!({"message": ""})).await;
    late.expect_problem(409, "task.state_conflict");
    desk(&sa, &second, "close", &json!({"message": "完成"})).await;
    let order = until_status(&manager, id, "finished").await;
    assert_eq!(order["origins"][0]["value"], "203.0.113.7:443");
    stack.expect_agreement();
}
