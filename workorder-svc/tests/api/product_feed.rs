//! Billing's feed: what it does to subscriptions, to orders and to what is live.

use diesel::prelude::*;
use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, TestUser};
use workorder_svc::schema::work_order;

use crate::support::{ENTERPRISE_ONE, ENTERPRISE_TWO, WEB_ONE, World, form};

async fn billing_orders(world: &World) -> Vec<(String, String, String)> {
    world
        .read(|conn| {
            Ok(work_order::table
                .filter(work_order::create_user.eq("BBOSS"))
                .order(work_order::id)
                .select((work_order::enum_type, work_order::status, work_order::create_user))
                .load(conn)?)
        })
        .await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_is_an_order_of_billing_until_it_resumes(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    world.product(ENTERPRISE_ONE, WEB_ONE, "网页加速", "suspend").await;
    let row = |status: &str| vec![("PRODUCT_SUSPEND".to_owned(), status.to_owned(), "BBOSS".to_owned())];
    assert_eq!(billing_orders(&world).await, row("bpmProcessing"));
    world.save(&TestUser::ec_manager(), &form("a.example.cn")).await.expect_problem(422, "product.not_available");
    world.product(ENTERPRISE_ONE, WEB_ONE, "网页加速", "suspend").await;
    assert_eq!(billing_orders(&world).await, row("bpmProcessing"));
    world.product(ENTERPRISE_ONE, WEB_ONE, "网页加速", "resume").await;
    assert_eq!(billing_orders(&world).await, row("finished"));
    world.save(&TestUser::ec_manager(), &form("a.example.cn")).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_finished_cancellation_closes_the_product_and_takes_its_domains_down(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    world.import_live("mine.example.cn", ENTERPRISE_ONE, WEB_ONE).await;
    world.import_live("theirs.example.cn", ENTERPRISE_TWO, "P-WEB").await;
    world.product(ENTERPRISE_ONE, WEB_ONE, "网页加速", "cancel").await;
    assert_eq!(world.live().await.len(), 2);
    let done = world.product(ENTERPRISE_ONE, WEB_ONE, "网页加速", "cancelDone").await;
    assert_eq!((&done["state"], &done["cancelling"]), (&json!("closed"), &json!(false)));
    assert_eq!(world.live().await, [("theirs.example.cn".to_owned(), "P-WEB".to_owned())]);
    let kinds: Vec<_> = billing_orders(&world).await.into_iter().map(|(kind, status, _)| (kind, status)).collect();
    assert_eq!(kinds, [("PRODUCT_CANCEL".to_owned(), "finished".to_owned())]);
    world.save(&TestUser::ec_manager(), &form("a.example.cn")).await.expect_problem(422, "product.not_available");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_bpm_closes_after_its_product_is_cancelled_lets_nothing_go_live(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.submitted(&TestUser::ec_manager(), "a.example.cn").await;
    world.reaches(id, "approving").await;
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    for event in ["cancel", "cancelDone"] {
        world.product(ENTERPRISE_ONE, WEB_ONE, "网页加速", event).await;
    }
    world.event(id, "close", "e-1", json!({"message": "已配置"})).await.expect(200);
    assert_eq!(world.order(id).await.state.code(), "finished");
    assert!(world.live().await.is_empty() && world.reservations().await.is_empty());
    let said = world.last_comment(id).await.unwrap();
    assert!(said.starts_with("已配置") && said.contains("产品已注销"), "{said}");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn events_apply_by_when_they_occurred_and_each_once(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let send = |id: &str, event: &str, at: &str| {
        let body = json!({
            "eventId": id, "enterpriseId": "e-new", "enterpriseName": format!("企业{id}"), "productId": "p-new",
            "productName": "全站加速", "chargeMode": "", "event": event, "occurredAt": at
        });
        world.as_bpm().put("/internal/enterprise-products").json(&body)
    };
    send("2", "suspend", "2026-01-02T00:00:00+08:00").await.expect(200);
    send("3", "resume", "2026-01-03T00:00:00+08:00").await.expect(200);
    let late = send("1", "open", "2026-01-01T00:00:00+08:00").await.expect(200);
    assert_eq!((&late["state"], &late["suspended"]), (&json!("opened"), &json!(false)));
    let again = send("2", "suspend", "2026-01-02T00:00:00+08:00").await.expect(200);
    assert_eq!(again["suspended"], json!(false));
    let name: String = world
        .read(|conn| {
            use workorder_svc::schema::enterprise as t;
            Ok(t::table.find("e-new").select(t::name).first(conn)?)
        })
        .await;
    assert_eq!(name, "企业3");
}
