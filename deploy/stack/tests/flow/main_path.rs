//! The main path: submitted, checked, approved, dispatched, worked on, closed, live.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, eventually, eventually_within, fixtures};

use crate::stack::{How, Stack, approve, desk, detail, mails, submit, task_at_desk, until_status};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn the_sample_submission_goes_from_the_manager_to_a_live_domain(#[case] kind: TestDatabase) {
    let mut stack = Stack::start(kind, How::default()).await;
    let manager = stack.log_in("ec.manager").await;
    let id = submit(&manager, &fixtures::domain_request()).await;
    eventually_within(Duration::from_secs(2), "the ICP check passes within two seconds", || async {
        (detail(&manager, id).await["status"] == "approving").then_some(())
    })
    .await;

    let again = manager.post("/workorder/custom/save").json(&fixtures::domain_request()).await;
    let again = again.expect_problem(409, "domain.exists");
    assert_eq!(again["errors"][0]["where"], "work_order_cache_domain", "{}", again.text());

    let admin = stack.log_in("group.admin").await;
    approve(&admin, id).await;
    let sa = stack.log_in("sa").await;
    let task = task_at_desk(&sa, id).await;
    until_status(&manager, id, "bpmProcessing").await;
    let stage = json!({"stage": "节点配置", "result": "success", "message": "已配置 12 个节点"});
    desk(&sa, &task, "stage-feedback", &stage).await;
    let order = detail(&manager, id).await;
    assert_eq!(order["bpmTasks"][0]["stages"][0]["stage"], "节点配置", "{}", order.text());
    desk(&sa, &task, "close", &json!({"message": "完成"})).await;
    let order = until_status(&manager, id, "finished").await;
    assert_eq!(order["domains"][0]["legality"], "lawful");

    let exists = manager.post("/workorder/custom/save").json(&fixtures::domain_request()).await;
    let exists = exists.expect_problem(409, "domain.exists");
    assert_eq!(exists["errors"][0]["where"], "self_service_domain_config", "{}", exists.text());
    let data = stack.data();
    eventually("the creator is written to", || async {
        mails(&data).into_iter().find(|mail| mail.contains("ec.manager@example.com"))
    })
    .await;
    stack.expect_agreement();
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_live_domain_is_deleted_by_an_order_of_its_own(#[case] kind: TestDatabase) {
    let mut stack = Stack::start(kind, How::default()).await;
    let (manager, admin) = (stack.log_in("ec.manager").await, stack.log_in("group.admin").await);
    let sa = stack.log_in("sa").await;
    let mut form = fixtures::domain_request_for("short-lived.example.cn");
    for requirement in ["add", "delete"] {
        form["requirement"] = requirement.into();
        let id = submit(&manager, &form).await;
        until_status(&manager, id, "approving").await;
        approve(&admin, id).await;
        let task = task_at_desk(&sa, id).await;
        desk(&sa, &task, "close", &json!({"message": ""})).await;
        until_status(&manager, id, "finished").await;
    }
    form["requirement"] = "add".into();
    submit(&manager, &form).await;
    stack.expect_agreement();
}
