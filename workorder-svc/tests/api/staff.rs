//! People who leave: no order is ever left with nobody.

use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, TestUser, eventually};

use crate::support::World;

/// Everybody, with some of them disabled.
fn without(gone: &[TestUser]) -> Vec<TestUser> {
    let left = |user: &TestUser| gone.iter().any(|gone| gone.id() == user.id());
    TestUser::everybody().into_iter().map(|user| if left(&user) { user.disabled() } else { user }).collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_an_approver_who_left_goes_to_the_next_one(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    world.push_directory(&without(&[TestUser::group_admin()])).await;
    let admin = eventually("the order is routed again", || async {
        world.order(id).await.approver.filter(|person| person.id == *TestUser::platform_admin().id())
    })
    .await;
    assert_eq!(admin.name, "平台管理员");
    let comment = world.last_comment(id).await.unwrap();
    assert!(comment.contains("集团管理员") && comment.contains("已停用"), "{comment}");
    world.decide(&TestUser::group_admin(), id, "approve", None).await.expect_problem(401, "auth.token_invalid");
    world.decide(&TestUser::platform_admin(), id, "approve", None).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_found_nobody_is_given_to_the_next_person_who_comes(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    world.push_directory(&[TestUser::ec_manager(), TestUser::sa()]).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    assert!(world.order(id).await.approver.is_none());
    let rows = world.history(id).await.len();
    world.push_directory(&TestUser::everybody()).await;
    eventually("the order finds an approver", || async { world.order(id).await.approver }).await;
    assert_eq!(world.history(id).await.len(), rows + 1);
    world.approve(id).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_a_creator_who_left_is_withdrawn_or_given_to_another_manager(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, heir, admin) = (TestUser::ec_manager(), TestUser::ec_manager2(), TestUser::platform_admin());
    let one = world.approving(&manager, "one.example.cn").await;
    let two = world.approving(&manager, "two.example.cn").await;
    world.decide(&TestUser::group_admin(), two, "reject", Some("补材料")).await.expect(200);
    let withdraw = json!({"id": one});
    world.as_user(&admin).post("/workorder/withdraw").json(&withdraw).await.expect_problem(403, "order.not_creator");
    world.push_directory(&without(std::slice::from_ref(&manager))).await;
    world.as_user(&admin).post("/workorder/withdraw").json(&withdraw).await.expect(200);
    let transfer = |to: &TestUser| {
        let body = json!({"id": two, "toUserId": to.id(), "comment": "接手"});
        world.as_user(&admin).post("/workorder/transfer").json(&body)
    };
    transfer(&TestUser::sa()).await.expect_problem(422, "transfer.target_invalid");
    transfer(&heir).await.expect(200);
    let order = world.order(two).await;
    assert_eq!((&order.creator.id, &order.approver.unwrap().id), (heir.id(), heir.id()));
    let mut form = crate::support::form("two.example.cn");
    form["id"] = json!(two);
    world.as_user(&heir).post("/workorder/modify/detail").json(&form).await.expect(200);
    world.reaches(two, "approving").await;
}
