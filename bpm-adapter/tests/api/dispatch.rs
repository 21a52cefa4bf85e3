//! 下发话单: one task and one bill per dispatch.

use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, TestUser};

use crate::support::{World, dispatch_body};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_is_on_the_desk_at_once_and_the_order_service_hears_of_it(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let sa = TestUser::sa();
    let body = dispatch_body(347_652, 1, &sa);
    let sent = world.as_order_service().post("/internal/dispatches").idempotency_key("d-1").json(&body).await;
    let (task_id, bill_no) = (sent["taskId"].clone(), sent["billNo"].clone());
    assert_eq!(sent.expect(202).body, json!({ "taskId": task_id, "billNo": bill_no }));
    assert!(bill_no.as_str().unwrap().starts_with("HD20"), "{bill_no}");

    let task = world.settled(task_id.as_str().unwrap(), "dispatched").await;
    let mine = world.as_user(&sa).get(&format!("/bpm/tasks/{}", task_id.as_str().unwrap())).await.expect(200);
    assert_eq!(mine["assignee"], json!({"id": "100006", "name": "SA甲", "mobile": "13800000006", "role": "SA"}));
    assert_eq!(task["assignee"]["mobile"], "138****0006");
    for (field, value) in [
        ("orderId", json!(347_652)),
        ("orderCode", json!("20260105-347652")),
        ("billNo", bill_no.clone()),
        ("enterprise", json!({"id": "awgb5qxx-hdmw9aygdphcswsi", "name": "示例企业一"})),
        ("product", json!({"id": "PRODUCTID1747035900", "name": "网页加速"})),
        ("requirement", json!("add")),
        ("domains", json!(["www.example.cn", "img.example.cn"])),
        ("stages", json!([])),
    ] {
        assert_eq!(task[field], value, "{field}");
    }
    let outcomes: Vec<_> = task["deliveries"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["delivered", "delivered"]);
    assert!(task["createdAt"].as_str().unwrap().ends_with("+08:00"));
    let told = world.orders.effects_at("/internal/orders/347652/dispatched");
    assert_eq!((told.len(), &told[0]["taskId"], &told[0]["billNo"]), (1, &task_id, &bill_no));
    assert_eq!(told[0]["attempt"], 1);
    assert_eq!(world.bill_state(347_652).await, "issued");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_dispatch_sent_twenty_times_at_once_makes_one_task(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let body = dispatch_body(7, 1, &TestUser::sa());
    let sending = (0..20).map(|turn| {
        let (api, body) = (world.as_order_service(), body.clone());
        async move {
            let request = api.post("/internal/dispatches").json(&body);
            if turn % 2 == 0 { request.idempotency_key("same").await } else { request.await }
        }
    });
    let replies = futures_util::future::join_all(sending).await;
    for reply in &replies {
        assert_eq!((reply.status, &reply.body), (202, &replies[0].body), "{}", reply.text());
    }
    let listed = world.as_user(&TestUser::operator()).get("/bpm/tasks").query("orderId", "7").await.expect(200);
    assert_eq!(listed["total"], 1);
    let second = world.as_order_service().post("/internal/dispatches").json(&dispatch_body(7, 2, &TestUser::sa()));
    assert_ne!(second.await.expect(202)["taskId"], replies[0]["taskId"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_used_for_another_dispatch_and_a_body_with_strange_fields_are_refused(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_order_service();
    let send = |order: i64| {
        api.post("/internal/dispatches").idempotency_key("k").json(&dispatch_body(order, 1, &TestUser::sa()))
    };
    send(1).await.expect(202);
    send(2).await.expect_problem(422, "idempotency.mismatch");
    let mut strange = dispatch_body(3, 1, &TestUser::sa());
    strange["colour"] = json!("blue");
    api.post("/internal/dispatches").json(&strange).await.expect_problem(400, "request.malformed");
    let listed = world.as_user(&TestUser::operator()).get("/bpm/tasks").await.expect(200);
    assert_eq!(listed["total"], 1);
}
