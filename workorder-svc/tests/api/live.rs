//! Live-streaming orders: their domains, both ways, from submission to the live configuration.

use diesel::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{TestDatabase, TestUser};
use workorder_svc::schema;

use crate::support::{World, form};

fn live(requirement: &str) -> Value {
    let mut form = form("unused.example.cn");
    form["type"] = json!("live_request");
    form["requirement"] = json!(requirement);
    form["loopDomain"] = Value::Null;
    form["speedList"] = json!([
        {"domain": "push.example.cn", "direction": "push"},
        {"domain": "play.example.cn", "direction": "pull", "cpDomain": "play.cdn.cn"}
    ]);
    form["live"] = json!({
        "application": "show", "mode": "push", "protocols": ["RTMP", "hls"],
        "pullAuth": {"key": "abcdef0123", "validSeconds": 600}, "record": {"format": "mp4"}
    });
    form
}

async fn closed(world: &World, form: &Value) -> i64 {
    let id = world.save(&TestUser::ec_manager(), form).await.expect(200)["id"].as_i64().unwrap();
    world.reaches(id, "approving").await;
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    world.event(id, "close", "e-1", json!({})).await.expect(200);
    id
}

async fn streams(world: &World) -> Vec<(String, Option<i64>, String)> {
    world
        .read(|conn| {
            use schema::live_stream_domain_config as t;
            Ok(t::table.order(t::domain).select((t::domain, t::order_id, t::form)).load(conn)?)
        })
        .await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn streams_are_ordered_changed_and_taken_down(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let id = closed(&world, &live("add")).await;
    let detail = world.as_user(&manager).get(&format!("/workorder/detail?id={id}")).await.expect(200);
    assert_eq!((&detail["enumType"], &detail["type"]), (&json!("live_request"), &json!("直播域名需求")));
    assert_eq!(
        (&detail["domains"][0]["direction"], &detail["domains"][0]["legality"]),
        (&json!("push"), &json!("lawful"))
    );
    assert_eq!(detail["live"]["protocols"], json!(["rtmp", "hls"]));
    assert_eq!(detail["live"]["record"], json!({"format": "mp4", "keepDays": 7}));
    let list = world.as_user(&manager).get("/workorder/getworkList?type=live_request").await.expect(200);
    assert_eq!(list["data"][0]["details"], "push.example.cn等2个");
    let rows = streams(&world).await;
    let names: Vec<_> = rows.iter().map(|(domain, order, _)| (domain.as_str(), *order)).collect();
    assert_eq!(names, [("play.example.cn", Some(id)), ("push.example.cn", Some(id))]);
    let config: Value = serde_json::from_str(&rows[0].2).unwrap();
    assert_eq!(
        (&config["live"]["application"], &config["speedList"][0]["cpDomain"]),
        (&json!("show"), &json!("play.cdn.cn"))
    );
    assert!(world.live().await.is_empty() && world.reservations().await.is_empty());

    let exists = world.save(&manager, &live("add")).await.expect_problem(409, "domain.exists");
    assert_eq!(exists["errors"][0]["where"], "live_stream_domain_config");
    let mut as_plain = form("play.example.cn");
    as_plain["requirement"] = json!("delete");
    world.save(&manager, &as_plain).await.expect_problem(422, "domain.not_owned");

    let mut changed = live("modify");
    changed["live"]["application"] = json!("other");
    // Not said again: streams go the way they went.
    changed["speedList"] = json!([{"domain": "push.example.cn"}, {"domain": "play.example.cn"}]);
    let second = closed(&world, &changed).await;
    let rows = streams(&world).await;
    assert!(rows.iter().all(|(_, order, form)| *order == Some(second) && form.contains("other")));
    let ways: Vec<Value> = rows.iter().map(|row| serde_json::from_str(&row.2).unwrap()).collect();
    assert_eq!([0, 1].map(|row| &ways[row]["speedList"][0]["direction"]), ["pull", "push"]);
    let mut down = live("delete");
    down["live"] = Value::Null;
    down["speedList"] = json!([{"domain": "push.example.cn"}]);
    let third = closed(&world, &down).await;
    let detail = world.as_user(&manager).get(&format!("/workorder/detail?id={third}")).await.expect(200);
    assert_eq!(detail["domains"][0]["direction"], "push");
    assert_eq!(streams(&world).await.len(), 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_open_live_order_holds_its_domains_and_comes_back_as_it_was(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let mut fetched = live("add");
    fetched["speedList"] = json!([{"domain": "play.example.com"}]);
    fetched["live"] = Value::Null;
    let origins = world.save(&manager, &fetched).await.expect_problem(422, "origin.required");
    assert_eq!(origins.faults(), ["/loopDomain origin.required"]);
    fetched["loopDomain"] = json!([{"value": "192.0.2.1:1935", "type": "ip", "mainFlag": true}]);
    let id = world.save(&manager, &fetched).await.expect(200)["id"].as_i64().unwrap();
    world.reaches(id, "icpFailed").await;
    world.write(|conn| Ok(diesel::delete(schema::work_order_cache_domain::table).execute(conn)?)).await;
    world.write(|conn| Ok(diesel::delete(schema::configure_list::table).execute(conn)?)).await;
    let taken = world.save(&manager, &form("play.example.com")).await.expect_problem(409, "domain.exists");
    assert_eq!(taken["errors"][0]["where"], "live_order_domain_info");
    let path = format!("/workorder/modify/detail?id={id}");
    let mut editable = world.as_user(&manager).get(&path).await.expect(200).body;
    editable["speedList"] = json!([{"domain": "play.example.cn"}]);
    editable["live"] = json!({"protocols": ["webrtc"]});
    world.as_user(&manager).post("/workorder/modify/detail").json(&editable).await.expect(200);
    let order = world.reaches(id, "approving").await;
    assert_eq!(order.live.unwrap().protocols[0].code(), "webrtc");
    let bad = json!({"mode": "sideways", "protocols": ["vhs"]});
    editable["live"] = bad;
    editable["id"] = Value::Null;
    editable["state"] = Value::Null;
    editable["speedList"] = json!([{"domain": "new.example.cn", "direction": "up"}]);
    let refused = world.save(&manager, &editable).await.expect_problem(422, "field.invalid").faults();
    assert_eq!(refused.len(), 3, "{refused:?}");
}
