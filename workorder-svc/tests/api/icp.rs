//! The ICP check: lawful, unlawful, silent; and corrections by hand.

use std::sync::Arc;

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Reply, TestDatabase, TestUser, eventually};

use crate::registry::{Mood, ScriptedRegistry};
use crate::support::{World, form};

async fn correct(world: &World, user: &TestUser, id: i64, results: Value) -> Reply {
    let body = json!({"orderId": id, "results": results});
    world.as_user(user).post("/workorder/icp/checked").json(&body).await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_unfiled_domain_returns_the_order_to_its_creator(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let mut two = form("a.example.cn");
    two["speedList"] = json!([{"domain": "a.example.cn"}, {"domain": "a.unfiled-demo.cn"}]);
    let id = world.save(&manager, &two).await.expect(200)["id"].as_i64().unwrap();
    let order = world.reaches(id, "icpFailed").await;
    assert_eq!((order.approver.unwrap().id, order.dealer), (manager.id().clone(), Some(manager.role())));
    let legality: Vec<_> = order.domains.iter().map(|domain| domain.legality.code()).collect();
    assert_eq!(legality, ["lawful", "unlawful"]);
    assert_eq!(world.history(id).await[1..], ["pending ->icpChecking +-", "icpFailed icpChecking->icpFailed +-"]);
    let mut again = form("a.example.cn");
    again["id"] = json!(id);
    world.as_user(&manager).post("/workorder/modify/detail").json(&again).await.expect(200);
    world.reaches(id, "approving").await;
    assert_eq!(world.reservations().await, ["a.example.cn"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn silence_is_never_taken_for_lawful_and_asked_again(#[case] database: TestDatabase) {
    let registry = ScriptedRegistry::new(Mood::Silent);
    let world = World::with(database, Some(Arc::new(registry.clone())), |settings| {
        settings.icp.retry_base_seconds = 0;
    })
    .await;
    let id = world.submitted(&TestUser::ec_manager(), "a.example.cn").await;
    eventually("the registry is asked three times", || async { (registry.asked() >= 3).then_some(()) }).await;
    let order = world.order(id).await;
    assert_eq!((order.state.code(), order.icp.completed), ("icpChecking", false));
    assert!(order.icp.retry_at.is_some());
    assert_eq!(world.history(id).await.len(), 2);
    registry.is(Mood::Lawful);
    world.reaches(id, "approving").await;
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_long_order_is_asked_for_in_parts_without_a_wait_between_them(#[case] database: TestDatabase) {
    let registry = ScriptedRegistry::new(Mood::Lawful).in_parts_of(2);
    let world = World::with(database, Some(Arc::new(registry.clone())), |settings| {
        settings.icp.retry_base_seconds = 3_600;
    })
    .await;
    let names = ["alpha.cn", "beta.cn", "gamma.cn", "delta.cn", "epsilon.cn"];
    let mut long = form("www.alpha.cn");
    long["speedList"] = names.iter().map(|name| json!({"domain": format!("www.{name}")})).collect();
    let id = world.save(&TestUser::ec_manager(), &long).await.expect(200)["id"].as_i64().unwrap();
    let order = world.reaches(id, "approving").await;
    assert!(order.domains.iter().all(|domain| domain.legality.code() == "lawful"));
    assert_eq!(registry.rounds(), [vec!["alpha.cn", "beta.cn"], vec!["delta.cn", "epsilon.cn"], vec!["gamma.cn"]]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_stays_silent_past_its_time_fails_the_check_with_the_reason(#[case] database: TestDatabase) {
    let registry = ScriptedRegistry::new(Mood::Silent);
    let world = World::with(database, Some(Arc::new(registry)), |settings| settings.icp.give_up_after_hours = 0).await;
    let id = world.submitted(&TestUser::ec_manager(), "a.example.cn").await;
    let order = world.reaches(id, "icpFailed").await;
    assert!(order.icp.completed && !order.icp.success);
    assert!(world.last_comment(id).await.unwrap().contains("未给出"));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_decides_while_the_registry_is_silent(#[case] database: TestDatabase) {
    let registry = ScriptedRegistry::new(Mood::Silent);
    let world = World::with(database, Some(Arc::new(registry)), |_| {}).await;
    let (manager, operator) = (TestUser::ec_manager(), TestUser::operator());
    let id = world.submitted(&manager, "a.example.cn").await;
    let lawful = json!([{"domain": "A.example.cn", "passed": true, "recordNumber": "京ICP备9号"}]);
    correct(&world, &manager, id, lawful.clone()).await.expect_problem(403, "auth.forbidden");
    let both = TestUser::ec_manager().with_roles(&[shared_model::role::Role::Operator]);
    correct(&world, &both, id, lawful.clone()).await.expect_problem(403, "order.self_approval");
    let faults = correct(
        &world,
        &operator,
        id,
        json!([{"domain": "b.example.cn", "passed": true}, {"domain": "a.example.cn", "passed": true,
                "recordNumber": "x".repeat(65)}, {"domain": "a.example.cn", "passed": false}]),
    )
    .await
    .expect(422)
    .faults();
    assert_eq!(
        faults,
        [
            "/results/0/domain domain.invalid",
            "/results/1/recordNumber icp_number.invalid",
            "/results/2/domain domain.duplicate"
        ]
    );
    assert_eq!(correct(&world, &operator, id, lawful).await.expect(200)["status"], "approving");
    let order = world.order(id).await;
    assert_eq!(order.domains[0].record_number.as_deref(), Some("京ICP备9号"));
    assert_eq!(world.history(id).await[1..], ["pending ->icpChecking ++", "madeLawful icpChecking->approving ++"]);
    let unlawful = json!([{"domain": "a.example.cn", "passed": false, "reason": "主体不符"}]);
    assert_eq!(correct(&world, &operator, id, unlawful.clone()).await.expect(200)["status"], "icpFailed");
    let lawful = json!([{"domain": "a.example.cn", "passed": true}]);
    assert_eq!(correct(&world, &operator, id, lawful).await.expect(200)["status"], "approving");
    world.approve(id).await.expect(200);
    correct(&world, &operator, id, unlawful).await.expect_problem(409, "order.state_conflict");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_check_survives_the_process_that_ran_it(#[case] database: TestDatabase) {
    let registry = ScriptedRegistry::new(Mood::Silent);
    let mut world = World::with(database, Some(Arc::new(registry.clone())), |settings| {
        settings.icp.retry_base_seconds = 1;
        settings.icp.lease_seconds = 1;
    })
    .await;
    let id = world.submitted(&TestUser::ec_manager(), "a.example.cn").await;
    eventually("the registry is asked", || async { (registry.asked() >= 1).then_some(()) }).await;
    world.crash().await;
    registry.is(Mood::Lawful);
    world.start().await;
    world.reaches(id, "approving").await;
}
