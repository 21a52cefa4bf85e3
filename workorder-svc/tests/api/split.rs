//! Splitting an order whose ICP check failed: the lawful domains go on, the others wait for their creator.

use diesel::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{TestDatabase, TestUser};
use workorder_svc::schema;

use crate::support::{World, form};

/// `example.cn` is filed, `example.com` is not.
fn mixed() -> Value {
    let mut form = form("a.example.cn");
    form["speedList"] = json!([
        {"domain": "a.example.cn", "cpDomain": "a.cdn.cn"}, {"domain": "b.example.com", "cpDomain": "b.cdn.cn"},
        {"domain": "c.example.cn"}
    ]);
    form
}

async fn failed(world: &World, form: &Value) -> i64 {
    let id = world.save(&TestUser::ec_manager(), form).await.expect(200)["id"].as_i64().unwrap();
    world.reaches(id, "icpFailed").await;
    id
}

fn names(order: &workorder_svc::order::model::Order) -> Vec<&str> {
    order.domains.iter().map(|domain| domain.domain.as_str()).collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_lawful_domains_go_on_and_the_others_become_an_order_that_links_to_it(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let mut form = mixed();
    form["md5List"] = json!([world.upload(&manager, "/workorder/custom/upload", "说明.txt", b"text").await]);
    let id = failed(&world, &form).await;
    let detail = |id: i64| world.as_user(&manager).get(&format!("/workorder/detail?id={id}"));
    assert!(detail(id).await.expect(200)["allowedActions"].as_array().unwrap().contains(&json!("split")));
    let answer = world.as_user(&manager).post("/workorder/split").json(&json!({ "id": id })).await.expect(200);
    assert_eq!((&answer["id"], &answer["status"]), (&json!(id), &json!("approving")));
    let other = answer["linkedOrder"]["id"].as_i64().unwrap();
    let (lawful, rest) = (world.order(id).await, world.order(other).await);
    assert_eq!((names(&lawful), names(&rest)), (vec!["a.example.cn", "c.example.cn"], vec!["b.example.com"]));
    assert_eq!((lawful.state.code(), rest.state.code()), ("approving", "icpFailed"));
    assert_eq!((lawful.icp.success, rest.icp.completed, rest.icp.success), (true, true, false));
    assert_eq!(
        (&rest.creator, &rest.approver, rest.domains[0].cp_domain.as_deref()),
        (&lawful.creator, &Some(lawful.creator.clone()), Some("b.cdn.cn"))
    );
    assert_eq!(lawful.approver.as_ref().unwrap().id, *TestUser::group_admin().id());
    let expected =
        ["submitted draft->icpChecking --", "pending ->icpChecking +-", "icpFailed icpChecking->icpFailed +-"];
    assert_eq!(world.history(other).await, expected);
    assert_eq!(world.history(id).await.last().unwrap(), "split icpFailed->approving ++");
    let (shown, shown_rest) = (detail(id).await.expect(200), detail(other).await.expect(200));
    assert_eq!(shown["splitOrders"][0]["id"], json!(other));
    assert_eq!(shown_rest["linkedOrder"], json!({"id": id, "code": shown["code"], "status": "approving"}));
    assert_eq!(
        (&shown_rest["form"]["speedList"][0]["domain"], &shown_rest["attachments"], &shown_rest["origins"]),
        (&json!("b.example.com"), &shown["attachments"], &shown["origins"])
    );
    let list = world.as_user(&manager).get("/workorder/getworkList?sort=createdAt").await.expect(200);
    assert_eq!(
        (&list["data"][0]["details"], &list["data"][0]["prohibited"]),
        (&json!("a.example.cn等2个"), &json!(false))
    );
    assert_eq!((&list["data"][1]["details"], &list["data"][1]["prohibited"]), (&json!("b.example.com"), &json!(true)));
    let held: Vec<(String, i64)> = world
        .read(|conn| {
            use schema::work_order_cache_domain as t;
            Ok(t::table.order(t::domain).select((t::domain, t::order_id)).load(conn)?)
        })
        .await;
    let expected = [("a.example.cn", id), ("b.example.com", other), ("c.example.cn", id)];
    assert_eq!(held, expected.map(|(domain, order)| (domain.to_owned(), order)));
    world
        .as_user(&manager)
        .post("/workorder/split")
        .json(&json!({ "id": id }))
        .await
        .expect_problem(409, "order.state_conflict");
    world
        .as_user(&manager)
        .post("/workorder/split")
        .json(&json!({ "id": other }))
        .await
        .expect_problem(409, "order.not_divisible");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn only_the_creator_splits_and_only_what_can_be_split(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = failed(&world, &mixed()).await;
    let split = |user: TestUser| {
        let api = world.as_user(&user);
        async move { api.post("/workorder/split").json(&json!({ "id": id })).await }
    };
    split(TestUser::ec_manager2()).await.expect_problem(404, "not_found");
    split(TestUser::platform_admin()).await.expect_problem(403, "order.not_creator");
    let unlawful = failed(&world, &form("z.example.com")).await;
    let manager = world.as_user(&TestUser::ec_manager());
    let body = json!({ "id": unlawful });
    manager.post("/workorder/split").json(&body).await.expect_problem(409, "order.not_divisible");
    assert_eq!(world.orders().await, 2);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_split_by_its_rows_and_each_part_takes_its_own_from_the_sheet(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let sheet = "域名,CNAME\na.example.cn,a.cdn.cn\nb.example.com,b.cdn.cn\nc.example.com,\n";
    let mut form = form("unused.example.cn");
    form["speedList"] = Value::Null;
    form["isBatch"] = json!(true);
    form["fileId"] = json!(world.upload(&manager, "/workorder/custom/upload", "b.csv", sheet.as_bytes()).await);
    let id = failed(&world, &form).await;
    let answer = world.as_user(&manager).post("/workorder/split").json(&json!({ "id": id })).await.expect(200);
    let other = answer["linkedOrder"]["id"].as_i64().unwrap();
    let (lawful, rest) = (world.order(id).await, world.order(other).await);
    assert_eq!((names(&lawful), names(&rest)), (vec!["a.example.cn"], vec!["b.example.com", "c.example.com"]));
    assert_eq!(
        (rest.batch, rest.domains[0].line.as_ref().unwrap().row, rest.domains[0].cp_domain.as_deref()),
        (true, 3, Some("b.cdn.cn"))
    );
    world
        .write(|conn| {
            workorder_svc::icp::registry::put_filing(conn, "example.com", "京ICP备2号", shared_model::local_time::now())
        })
        .await;
    let path = format!("/workorder/modify/detail?id={other}");
    let editable = world.as_user(&manager).get(&path).await.expect(200).body;
    world.as_user(&manager).post("/workorder/modify/detail").json(&editable).await.expect(200);
    let again = world.reaches(other, "approving").await;
    assert_eq!(names(&again), ["b.example.com", "c.example.com"]);
    assert_eq!(names(&world.order(id).await), ["a.example.cn"]);
}
