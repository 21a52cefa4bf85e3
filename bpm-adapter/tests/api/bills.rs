//! The bills.

use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, TestUser};

use crate::desk::call;
use crate::support::World;

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn bills_are_listed_by_state_order_and_time(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (desk, operator) = (world.as_user(&TestUser::sa()), world.as_user(&TestUser::operator()));
    let before = shared_model::local_time::now();
    let mut tasks = Vec::new();
    for order in 1..=3 {
        tasks.push(world.dispatch(order, &TestUser::sa()).await);
    }
    call(&desk, &tasks[0], "close").await.expect(200);
    call(&desk, &tasks[1], "rollback").await.expect(200);
    let list = |name: &str, value: &str| operator.get("/bpm/bills").query(name, value);
    for (state, order, ended) in [("closed", 1, "closedAt"), ("voided", 2, "voidedAt")] {
        let bills = list("state", state).await.expect(200);
        let bill = &bills["data"][0];
        assert_eq!((&bills["total"], &bill["orderId"], &bill["state"]), (&json!(1), &json!(order), &json!(state)));
        assert!(bill[ended].as_str().unwrap().ends_with("+08:00"));
        assert_eq!(["closedAt", "voidedAt"].iter().filter(|field| !bill[**field].is_null()).count(), 1);
    }
    let open = list("orderId", "3").await.expect(200)["data"][0].clone();
    let mut fields: Vec<_> = open.as_object().unwrap().keys().cloned().collect();
    fields.sort();
    let expected =
        ["billNo", "enterprise", "issuedAt", "orderCode", "orderId", "product", "state", "taskId"].map(String::from);
    assert_eq!(fields, expected);
    let total = |reply: test_kit::Reply| reply.expect(200)["total"].as_i64().unwrap();
    assert_eq!(total(list("startTime", &before.to_rfc3339()).await), 3);
    assert_eq!(total(list("endTime", &before.to_rfc3339()).await), 0);
    list("startTime", "yesterday").await.expect_problem(400, "request.invalid");
    let numbers: std::collections::HashSet<_> = operator.get("/bpm/bills").await.expect(200)["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bill| bill["billNo"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(numbers.len(), 3);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn bills_are_a_file_under_the_list_s_filters(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (desk, operator) = (world.as_user(&TestUser::sa()), world.as_user(&TestUser::operator()));
    let first = world.dispatch(1, &TestUser::sa()).await;
    world.dispatch(2, &TestUser::sa()).await;
    call(&desk, &first, "close").await.expect(200);
    let export = |format: &str| operator.get("/bpm/bills/export").query("format", format);
    let reply = export("csv").query("state", "closed").await.expect(200);
    assert_eq!(reply.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(reply.header("content-disposition").unwrap().starts_with("attachment; filename=\"bills-20"));
    let text = reply.text();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with("\u{feff}话单号") && lines[1].contains(&first), "{text}");
    assert_eq!(export("csv").await.expect(200).text().lines().count(), 3);
    let workbook = operator.get("/bpm/bills/export").await.expect(200);
    assert!(workbook.header("content-type").unwrap().ends_with("spreadsheetml.sheet"));
    export("pdf").await.expect_problem(400, "request.invalid");
}
