//! The figures: counted over what the caller sees, and the hours waited add up.

use diesel::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use shared_model::local_time::{DEFAULT_ZONE, now};
use shared_model::role::Role;
use test_kit::{Reply, TestDatabase, TestUser};
use workorder_svc::order::list_filter::ListQuery;
use workorder_svc::order::rules::Viewer;
use workorder_svc::schema::order_stay;
use workorder_svc::stats::query::{self, Wanted};

use crate::support::World;

async fn stats(world: &World, user: &TestUser, query: &str) -> Reply {
    world.as_user(user).get(&format!("/workorder/stats?{query}")).await.expect(200)
}

/// `key count` of each row.
fn counts(rows: &Value, key: &str) -> Vec<String> {
    let line = |row: &Value| format!("{} {}", row[key].to_string().trim_matches('"'), row["count"]);
    rows.as_array().unwrap().iter().map(line).collect()
}

/// `state` of each of the order's stays, and whether it is over.
async fn stays(world: &World, id: i64) -> Vec<String> {
    world
        .read(move |conn| {
            let rows: Vec<(String, Option<f64>)> = order_stay::table
                .filter(order_stay::order_id.eq(id))
                .order(order_stay::id)
                .select((order_stay::state, order_stay::lasted_s))
                .load(conn)?;
            Ok(rows
                .into_iter()
                .map(|(state, lasted)| format!("{state}{}", if lasted.is_some() { "" } else { "…" }))
                .collect())
        })
        .await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn orders_are_counted_by_status_type_province_and_day(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (one, other) = (TestUser::ec_manager(), TestUser::province_manager2());
    world.approving(&one, "a.example.cn").await;
    let back = world.approving(&one, "b.example.cn").await;
    world.decide(&TestUser::group_admin(), back, "reject", Some("补材料")).await.expect(200);
    world.approving(&other, "c.example.cn").await;
    world.save(&one, &json!({"state": "draft", "type": "DOMAIN_MIGRATE"})).await.expect(200);
    let all = stats(&world, &TestUser::group_admin(), "").await;
    assert_eq!((&all["total"], &all["overdue"]), (&json!(4), &json!(0)));
    assert_eq!(counts(&all["byStatus"], "status"), ["draft 1", "approving 2", "rejected 1"]);
    assert_eq!(counts(&all["byType"], "type"), ["domain_request 3", "DOMAIN_MIGRATE 1"]);
    assert_eq!(counts(&all["byProvince"], "province"), ["33 3", "65 1"]);
    let day = all["byDay"][0]["day"].as_str().unwrap().to_owned();
    assert_eq!(counts(&all["byDay"], "day"), [format!("{day} 4")]);
    assert_eq!(stats(&world, &other, "").await["total"], 1, "a manager counts their own");
    assert_eq!(stats(&world, &TestUser::sa(), "").await["total"], 0);
    assert_eq!(stats(&world, &one, "status=approving,rejected&type=domain_request").await["total"], 2);
    assert_eq!(stats(&world, &one, &format!("startTime={day}&endTime={day}")).await["total"], 3);
    assert_eq!(stats(&world, &one, "endTime=2020-01-01").await["total"], 0);
    assert_eq!(stats(&world, &TestUser::group_admin(), "scope=pending").await["total"], 2);
    world.as_user(&one).get("/workorder/stats?colour=red").await.expect_problem(400, "request.invalid");
    world.as_user(&one).get("/workorder/stats?status=lost").await.expect_problem(400, "request.invalid");
    world.as_user(&TestUser::user()).get("/workorder/stats").await.expect_problem(403, "auth.forbidden");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn stays_follow_an_order_on_its_way(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    assert_eq!(stays(&world, id).await, ["icpChecking", "approving", "dispatching…"]);
    world
        .event(id, "stage-feedback", "e-1", json!({"stage": "配置", "result": "success", "message": ""}))
        .await
        .expect(200);
    world
        .event(id, "stage-feedback", "e-2", json!({"stage": "测试", "result": "success", "message": ""}))
        .await
        .expect(200);
    assert_eq!(stays(&world, id).await.last().unwrap(), "bpmProcessing…");
    world.event(id, "close", "e-3", json!({})).await.expect(200);
    assert_eq!(stays(&world, id).await, ["icpChecking", "approving", "dispatching", "bpmProcessing"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn hours_are_told_for_each_stage_and_those_waited_add_up(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    for n in 0..10 {
        let id = world.dispatching(&manager, &format!("d{n}.example.cn")).await;
        world.event(id, "close", "e-1", json!({})).await.expect(200);
        world
            .write(move |conn| {
                let of_order = order_stay::order_id.eq(id);
                let lasted = |hours: i32| {
                    let seconds = f64::from(hours) * 3_600.0;
                    (order_stay::lasted_s.eq(seconds), order_stay::lasted_centihours.eq(hours * 100))
                };
                diesel::update(order_stay::table.filter(of_order)).set(lasted(0)).execute(conn)?;
                let approving = order_stay::table.filter(of_order.and(order_stay::state.eq("approving")));
                diesel::update(approving).set(lasted(n + 1)).execute(conn)?;
                let processing = order_stay::table.filter(of_order.and(order_stay::state.eq("bpmProcessing")));
                diesel::update(processing).set(lasted(2)).execute(conn)?;
                Ok(())
            })
            .await;
    }
    let waits = world.approving(&manager, "waits.example.cn").await;
    world
        .write(move |conn| {
            let open = order_stay::table.filter(order_stay::order_id.eq(waits)).filter(order_stay::lasted_s.is_null());
            let earlier = order_stay::entered_s.eq(order_stay::entered_s - 36_000.0);
            diesel::update(open).set(earlier).execute(conn)?;
            Ok(())
        })
        .await;
    let figures = stats(&world, &TestUser::group_admin(), "").await;
    let stage = |name: &str| {
        let stages = figures["stages"].as_array().unwrap();
        stages.iter().find(|stage| stage["stage"] == name).cloned().unwrap()
    };
    let approving = json!({"stage": "approving", "name": "审批中", "count": 10, "medianHours": 5.0, "p90Hours": 9.0});
    assert_eq!(stage("approving"), approving);
    assert_eq!(
        (&stage("bpmProcessing")["medianHours"], &stage("bpmProcessing")["p90Hours"]),
        (&json!(2.0), &json!(2.0))
    );
    let waiting = &figures["waiting"];
    let hours = |party: &str| waiting[format!("{party}Hours")].as_f64().unwrap();
    assert!((hours("approver") - 65.0).abs() < 0.02, "55 of those that are over, and 10 of the one that waits");
    assert!((hours("bpm") - 20.0).abs() < 0.02 && hours("icpRegistry") < 0.02 && hours("creator") == 0.0);
    let sum: f64 = ["creator", "icpRegistry", "approver", "bpm"].map(hours).iter().sum();
    assert!((sum - hours("total")).abs() < 0.001, "{waiting}");
    let both_ways = world
        .read(|conn| {
            let filter = ListQuery::default().read(DEFAULT_ZONE).unwrap().filter;
            let (roles, permissions) = (vec![Role::PlatformAdmin], vec![]);
            let viewer = Viewer { id: "admin".into(), roles, permissions, stands_in_for: vec![] };
            let wanted = Wanted { filter: &filter, viewer: &viewer, now: now() };
            Ok((query::stages(conn, wanted, 1)?, query::stages(conn, wanted, 1_000_000)?))
        })
        .await;
    assert_eq!(both_ways.0, both_ways.1, "few are looked up, many are gone through");
    let theirs = stats(&world, &TestUser::ec_manager2(), "").await;
    assert_eq!((&theirs["stages"], &theirs["waiting"]["totalHours"]), (&json!([]), &json!(0.0)));
}
