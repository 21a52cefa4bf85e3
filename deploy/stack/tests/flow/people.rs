//! A chain of several steps: everybody of the first decides, one of them by a substitute; a rejection of the second comes
//! straight back to it.

use chrono::{TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Client, TestDatabase, eventually, fixtures};

use crate::stack::{How, PASSWORD, Stack, desk, detail, submit, task_at_desk, until_status};

async fn decide(client: &Client, id: i64, decision: &str, comment: &str) -> String {
    let body = json!({"id": id, "decision": decision, "comment": comment});
    let reply = client.post("/workorder/approvedecision").json(&body).await.expect(200);
    reply["status"].as_str().unwrap().to_owned()
}

/// A further group administrator, once the desk knows of them.
async fn administrator(stack: &Stack, username: &str, name: &str) -> (Client, String) {
    let admin = stack.log_in("platform.admin").await;
    let account = json!({
        "username": username, "name": name, "mobile": "13800000099", "email": format!("{username}@example.com"),
        "company": "政企分公司", "province": null, "roles": ["GROUP_MANAGER_ADMIN"], "initialPassword": PASSWORD
    });
    let id = admin.put("/auth/accounts").json(&account).await.expect(201)["id"].as_str().unwrap().to_owned();
    eventually(&format!("the desk knows {name}"), || async {
        let staff = admin.get("/workorder/staff?role=GROUP_MANAGER_ADMIN").try_send().await.ok()?;
        staff.body["data"].as_array()?.iter().find(|person| person["id"] == id.as_str()).map(|_| ())
    })
    .await;
    (stack.log_in(username).await, id)
}

/// Changes a remark of the order, which nobody approves, and submits it again.
async fn resubmit(manager: &Client, id: i64, description: &str) {
    let path = format!("/workorder/modify/detail?id={id}&type=domain_request");
    let mut form = manager.get(&path).await.expect(200).body;
    form["id"] = id.into();
    form["description"] = description.into();
    manager.post("/workorder/modify/detail").json(&form).await.expect(200);
}

/// `event` of the rows of the history that approvers wrote, with whose place it was in.
fn decisions(order: &Value) -> Vec<String> {
    let rows = order["history"].as_array().unwrap().iter().filter(|row| {
        ["countersigned", "stepApproved", "approved", "rejected"].contains(&row["event"].as_str().unwrap())
    });
    rows.map(|row| {
        let event = row["event"].as_str().unwrap();
        row["onBehalfOf"]["name"].as_str().map_or_else(|| event.to_owned(), |name| format!("{event} 代{name}"))
    })
    .collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_countersigned_chain_with_a_substitute_comes_back_to_who_rejected(#[case] kind: TestDatabase) {
    let mut stack = Stack::new(kind, How::default());
    let chain = "GROUP_MANAGER_ADMIN:all, PLATFORM_ADMIN".to_owned();
    stack.settings.push(("APPROVAL__CHAINS__EC_MANAGER", chain));
    stack.up().await;
    let (first, manager) = (stack.log_in("group.admin").await, stack.log_in("ec.manager").await);
    let (second, second_id) = administrator(&stack, "group.admin2", "集团管理员乙").await;
    let platform = stack.log_in("platform.admin").await;
    let id = submit(&manager, &fixtures::domain_request()).await;
    until_status(&manager, id, "approving").await;
    manager.post("/workorder/urge").json(&json!({"id": id})).await.expect(200);
    manager.post("/workorder/urge").json(&json!({"id": id})).await.expect_problem(429, "order.urge_too_soon");

    let (from, to) = (Utc::now() - TimeDelta::hours(1), Utc::now() + TimeDelta::hours(1));
    let away = json!({"toUserId": second_id, "from": from, "to": to});
    first.put("/workorder/substitute").json(&away).await.expect(200);
    assert_eq!(decide(&second, id, "approve", "同意").await, "approving");
    let list = second.get("/workorder/getworkList?scope=pending&view=desk").await.expect(200);
    assert_eq!((&list["data"][0]["id"], &list["data"][0]["onBehalfOf"]["name"]), (&json!(id), &json!("集团管理员")));
    assert_eq!(decide(&second, id, "approve", "代为同意").await, "approving");
    assert_eq!(decide(&platform, id, "reject", "请补充说明").await, "rejected");

    resubmit(&manager, id, "补充说明").await;
    let order = until_status(&manager, id, "approving").await;
    assert_eq!(order["approver"]["name"], "平台管理员", "what the first step approved has not changed");
    let many = json!({"ids": [id, 999_999], "decision": "approve", "comment": "同意"});
    let results = platform.post("/workorder/approvedecision/batch").json(&many).await.expect(200)["results"].clone();
    assert_eq!(results[0], json!({"id": id, "status": "dispatching"}));
    assert_eq!(results[1]["problem"]["code"], "not_found");

    let sa = stack.log_in("sa").await;
    let task = task_at_desk(&sa, id).await;
    desk(&sa, &task, "close", &json!({"message": "完成"})).await;
    until_status(&manager, id, "finished").await;
    let order = detail(&manager, id).await.body;
    let expected = ["countersigned", "stepApproved 代集团管理员", "rejected", "approved"];
    assert_eq!(decisions(&order), expected);
    let stats = first.get("/workorder/stats").await.expect(200);
    assert!(stats["stages"].as_array().unwrap().iter().any(|stage| stage["stage"] == "rejected"), "{}", stats.text());
    stack.expect_agreement();
}
