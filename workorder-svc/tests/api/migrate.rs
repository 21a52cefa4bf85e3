//! Migration (订购迁移工单): live domains of one subscription go to another of the same enterprise.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{TestDatabase, TestUser};

use crate::support::{ENTERPRISE_ONE, ENTERPRISE_TWO, WEB_ONE, World, form_for};

/// The subscription the domains go to.
const TARGET: &str = "p193000925001";

async fn world(database: TestDatabase) -> World {
    let world = World::new(database).await;
    world.product(ENTERPRISE_ONE, TARGET, "网页加速", "open").await;
    for domain in ["a.example.cn", "b.example.cn", "c.example.cn"] {
        world.import_live(domain, ENTERPRISE_ONE, WEB_ONE).await;
    }
    world
}

fn migration(domains: &[&str]) -> Value {
    let list: Vec<Value> = domains.iter().map(|domain| json!({ "domain": domain })).collect();
    json!({
        "type": "DOMAIN_MIGRATE", "enterprise": ENTERPRISE_ONE, "sourceProductId": WEB_ONE, "productId": TARGET,
        "speedList": list
    })
}

async fn closed(world: &World, id: i64) {
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    world.event(id, "close", "e-1", json!({})).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn named_domains_move_at_the_close_and_the_others_stay(#[case] database: TestDatabase) {
    let world = world(database).await;
    let manager = TestUser::ec_manager();
    let saved = world.save(&manager, &migration(&["a.example.cn", "C.example.cn"])).await.expect(200);
    assert_eq!(saved["status"], "approving");
    let id = saved["id"].as_i64().unwrap();
    assert_eq!(world.history(id).await, ["submitted draft->approving ++", "pending ->approving ++"]);
    assert_eq!(world.reservations().await, ["a.example.cn", "c.example.cn"]);
    let list = world.as_user(&manager).get("/workorder/getworkList").await.expect(200);
    let item = &list["data"][0];
    let shown = [&item["details"], &item["enumType"], &item["type"]];
    assert_eq!(shown, [TARGET, "DOMAIN_MIGRATE", "订购迁移工单"]);
    assert!(world.live().await.iter().all(|(_, product)| product == WEB_ONE));
    closed(&world, id).await;
    let moved = |domain: &str, product: &str| (domain.to_owned(), product.to_owned());
    let expected = [moved("a.example.cn", TARGET), moved("b.example.cn", WEB_ONE), moved("c.example.cn", TARGET)];
    assert_eq!(world.live().await, expected);
    assert_eq!(world.reservations().await, Vec::<String>::new());
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn without_named_domains_everything_that_is_live_moves(#[case] database: TestDatabase) {
    let world = world(database).await;
    let manager = TestUser::ec_manager();
    let mut form = migration(&[]);
    form["requirement"] = json!("add");
    let id = world.save(&manager, &form).await.expect(200)["id"].as_i64().unwrap();
    assert_eq!(world.reservations().await.len(), 3);
    let detail = world.as_user(&manager).get(&format!("/workorder/detail?id={id}")).await.expect(200);
    assert_eq!((detail["domains"].as_array().unwrap().len(), &detail["requirement"]), (3, &Value::Null));
    assert_eq!(detail["icp"], json!({"completed": true, "success": true}));
    closed(&world, id).await;
    assert!(world.live().await.iter().all(|(_, product)| product == TARGET));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_belong_to_the_source_or_is_in_progress_stays(#[case] database: TestDatabase) {
    let world = world(database).await;
    let manager = TestUser::ec_manager();
    world.import_live("other.example.cn", ENTERPRISE_TWO, "P-WEB").await;
    let faults = |form: Value| {
        let (world, manager) = (&world, &manager);
        async move { world.save(manager, &form).await.faults() }
    };
    let foreign = faults(migration(&["a.example.cn", "other.example.cn", "new.example.cn"])).await;
    assert_eq!(foreign, ["/speedList/1/domain domain.not_owned", "/speedList/2/domain domain.not_owned"]);
    let changed = |name: &str, value: Value| {
        let mut form = migration(&["a.example.cn"]);
        form[name] = value;
        form
    };
    let source = ["/sourceProductId product.not_available"];
    assert_eq!(faults(changed("sourceProductId", json!("P-WEB"))).await, source);
    assert_eq!(faults(changed("sourceProductId", Value::Null)).await, source);
    assert_eq!(faults(changed("sourceProductId", json!(TARGET))).await[0], source[0]);
    assert_eq!(faults(changed("productId", json!("P-WEB"))).await, ["/productId product.not_available"]);
    world.product(ENTERPRISE_ONE, TARGET, "网页加速", "suspend").await;
    assert_eq!(faults(migration(&["a.example.cn"])).await, ["/productId product.not_available"]);
    world.product(ENTERPRISE_ONE, TARGET, "网页加速", "resume").await;
    world.save(&manager, &form_for("modify", "b.example.cn")).await.expect(200);
    let busy = world.save(&manager, &migration(&["a.example.cn", "b.example.cn"])).await;
    assert_eq!(busy.expect_problem(409, "domain.in_progress").faults(), ["/speedList/1/domain domain.in_progress"]);
    assert_eq!(world.orders().await, 2);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_returned_migration_goes_straight_back_to_approval(#[case] database: TestDatabase) {
    let world = world(database).await;
    let manager = TestUser::ec_manager();
    let id = world.save(&manager, &migration(&["a.example.cn"])).await.expect(200)["id"].as_i64().unwrap();
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    world.event(id, "rollback", "e-1", json!({"reason": "改日再迁"})).await.expect(200);
    world.reaches(id, "bpmReject").await;
    let mut form = migration(&["b.example.cn"]);
    form["id"] = json!(id);
    let again = world.as_user(&manager).post("/workorder/modify/detail").json(&form).await.expect(200);
    assert_eq!(again["status"], "approving");
    assert_eq!(world.reservations().await, ["b.example.cn"]);
    world.product(ENTERPRISE_ONE, TARGET, "网页加速", "cancel").await;
    world.approve(id).await.expect_problem(409, "product.not_available");
}
