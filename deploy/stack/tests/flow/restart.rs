//! Services die in the middle of a flow, and nothing is lost.

use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, eventually, fixtures};

use crate::stack::{How, Stack, approve, submit, task_at_desk, until_status};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn killing_each_service_in_mid_flow_loses_nothing(#[case] kind: TestDatabase) {
    let mut stack = Stack::start(kind, How { processes: true, ..How::default() }).await;
    let (manager, admin) = (stack.log_in("ec.manager").await, stack.log_in("group.admin").await);
    let sa = stack.log_in("sa").await;
    let id = submit(&manager, &fixtures::domain_request()).await;
    stack.kill_service("workorder-svc").await;
    until_status(&manager, id, "approving").await;
    approve(&admin, id).await;
    stack.kill_service("bpm-adapter").await;
    let task = task_at_desk(&sa, id).await;
    stack.kill_service("gateway").await;
    until_status(&manager, id, "bpmProcessing").await;
    stack.kill_service("pe-svc").await;
    let close = format!("/bpm/tasks/{task}/close");
    eventually("the task is closed", || async {
        let reply = sa.post(&close).json(&json!({"message": "完成"})).try_send().await.ok()?;
        (reply.status == 200 || reply["code"] == "task.state_conflict").then_some(())
    })
    .await;
    until_status(&manager, id, "finished").await;
    stack.expect_agreement();
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_stack_that_is_stopped_and_started_again_goes_on_where_it_was(#[case] kind: TestDatabase) {
    let mut stack = Stack::start(kind, How::default()).await;
    let manager = stack.log_in("ec.manager").await;
    let id = submit(&manager, &fixtures::domain_request()).await;
    assert!(stack.stop().success(), "{}", stack.log());
    stack.up().await;
    until_status(&manager, id, "approving").await;
    let admin = stack.log_in("group.admin").await;
    approve(&admin, id).await;
    assert!(stack.stop().success(), "{}", stack.log());
    stack.up().await;
    let sa = stack.log_in("sa").await;
    let task = task_at_desk(&sa, id).await;
    sa.post(&format!("/bpm/tasks/{task}/close")).json(&json!({"message": ""})).await.expect(200);
    until_status(&manager, id, "finished").await;
    stack.expect_agreement();
}
