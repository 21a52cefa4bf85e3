//! Filters that people keep under names of their own.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Reply, TestDatabase, TestUser};

use crate::support::World;

const FILTERS: &str = "/workorder/filters";

async fn put(world: &World, user: &TestUser, body: &Value) -> Reply {
    world.as_user(user).put(FILTERS).json(body).await
}

async fn names(world: &World, user: &TestUser) -> Vec<String> {
    let reply = world.as_user(user).get(FILTERS).await.expect(200);
    reply["data"].as_array().unwrap().iter().map(|filter| filter["name"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_filter_is_kept_changed_and_forgotten_by_whose_it_is_alone(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (one, other) = (TestUser::ec_manager(), TestUser::ec_manager2());
    let query = json!({"scope": "pending", "status": "approving,rejected", "keyword": "komect"});
    let made = put(&world, &one, &json!({"name": "待办", "query": query})).await.expect(201);
    let id = made["id"].as_i64().unwrap();
    assert_eq!(made.body, json!({"id": id, "name": "待办", "query": query}));
    put(&world, &one, &json!({"name": "待办", "query": {}})).await.expect_problem(409, "filter.name_taken");
    put(&world, &other, &json!({"name": "待办", "query": {}})).await.expect(201);
    let changed = json!({"id": id, "name": "我的待办", "query": {"overdue": true}});
    put(&world, &other, &changed).await.expect_problem(404, "not_found");
    put(&world, &one, &changed).await.expect(200);
    let second = put(&world, &one, &json!({"name": "超时", "query": {"overdue": true}})).await.expect(201);
    let clash = json!({"id": second["id"], "name": "我的待办", "query": {}});
    put(&world, &one, &clash).await.expect_problem(409, "filter.name_taken");
    assert_eq!(names(&world, &one).await.len(), 2);
    assert_eq!(names(&world, &other).await, ["待办"]);
    let path = format!("{FILTERS}/{id}");
    world.as_user(&other).delete(&path).await.expect_problem(404, "not_found");
    world.as_user(&one).delete(&path).await.expect(204);
    world.as_user(&one).delete(&path).await.expect_problem(404, "not_found");
    world.as_user(&one).delete(&format!("{FILTERS}/x")).await.expect_problem(404, "not_found");
    assert_eq!(names(&world, &one).await, ["超时"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_the_list_would_not_take_is_not_kept_nor_more_than_fifty(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let user = TestUser::operator();
    let wrong = put(&world, &user, &json!({"name": "a", "query": {"scope": "theirs"}})).await;
    assert_eq!(wrong.expect_problem(400, "request.invalid").faults(), ["/query/scope request.invalid"]);
    put(&world, &user, &json!({"name": "a", "query": {"colour": "red"}})).await.expect_problem(400, "request.invalid");
    put(&world, &user, &json!({"name": " ", "query": {}})).await.expect_problem(422, "field.invalid");
    put(&world, &user, &json!({"name": "a"})).await.expect_problem(400, "request.malformed");
    for n in 0..50 {
        put(&world, &user, &json!({"name": format!("f{n:02}"), "query": {}})).await.expect(201);
    }
    put(&world, &user, &json!({"name": "one more", "query": {}})).await.expect_problem(422, "filter.too_many");
    let names = names(&world, &user).await;
    assert_eq!((names.len(), names[0].as_str(), names[49].as_str()), (50, "f00", "f49"));
}
