//! Export: the list under its filter, as a spreadsheet that calculates nothing.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, TestUser};

use crate::support::{ENTERPRISE_ONE, World, form};

async fn exported(world: &World, user: &TestUser, query: &str) -> Vec<Vec<Data>> {
    let reply = world.as_user(user).get(&format!("/workorder/export{query}")).in_english().await.expect(200);
    let disposition = reply.header("content-disposition").unwrap().to_owned();
    assert!(disposition.starts_with("attachment") && disposition.contains("work-orders"), "{disposition}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(reply.bytes)).unwrap();
    workbook.worksheet_range_at(0).unwrap().unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn column(rows: &[Vec<Data>], title: &str) -> Vec<String> {
    let index = rows[0].iter().position(|cell| matches!(cell, Data::String(text) if text == title)).unwrap();
    rows[1..].iter().map(|row| row[index].to_string()).collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_every_page_of_the_filter_and_no_order_of_others(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, other) = (TestUser::ec_manager(), TestUser::ec_manager2());
    for n in 0..13 {
        world.submitted(&manager, &format!("{n}.example.cn")).await;
    }
    let theirs = world.submitted(&other, "other.example.cn").await;
    let rows = exported(&world, &manager, "?pageSize=5&sort=createdAt").await;
    let expected: Vec<String> = (0..13).map(|n| format!("{n}.example.cn")).collect();
    assert_eq!(column(&rows, "Domains"), expected);
    assert!(column(&rows, "Number of domains").iter().all(|number| number == "1"));
    assert_eq!(exported(&world, &TestUser::group_admin(), "").await.len(), 15);
    assert_eq!(column(&exported(&world, &other, "").await, "Domains"), ["other.example.cn"]);
    world.reaches(theirs, "approving").await;
    assert_eq!(exported(&world, &other, "?status=draft").await.len(), 1);
    let bad = world.as_user(&manager).get("/workorder/export?status=nothing").await;
    bad.expect_problem(400, "request.invalid");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn names_that_look_like_formulas_stay_texts(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let name = "=HYPERLINK(\"http://evil.example\")";
    let body = json!({
        "eventId": "e-formula", "enterpriseId": ENTERPRISE_ONE, "enterpriseName": name, "productId": "P-X",
        "productName": "网页加速", "chargeMode": "", "event": "open", "occurredAt": shared_model::local_time::now()
    });
    world.as_bpm().put("/internal/enterprise-products").json(&body).await.expect(200);
    world.save(&TestUser::ec_manager(), &form("a.example.cn")).await.expect(200);
    let rows = exported(&world, &TestUser::ec_manager(), "").await;
    assert_eq!(column(&rows, "Enterprise"), [name]);
}
