//! Substitutes: between two dates somebody of the same role sees and decides what waits for a person.

use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};
use shared_model::local_time::now;
use shared_model::role::Role;
use test_kit::{Reply, TestDatabase, TestUser};

use crate::chain::{admins, all, pending, people, world};
use crate::support::World;

/// From an hour ago until an hour from now.
fn today(to: &TestUser) -> Value {
    json!({"toUserId": to.id(), "from": now() - TimeDelta::hours(1), "to": now() + TimeDelta::hours(1)})
}

async fn name(world: &World, user: &TestUser, body: &Value) -> Reply {
    world.as_user(user).put("/workorder/substitute").json(body).await
}

/// A world in which an order waits for the first of two administrators, and its id.
async fn waiting(database: TestDatabase) -> (World, TestUser, TestUser, i64) {
    let world = World::new(database).await;
    world.push_directory(&people(&[])).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let holder = world.order(id).await.approver.unwrap().id;
    let (away, others): (Vec<_>, Vec<_>) = admins().into_iter().partition(|admin| *admin.id() == holder);
    let (away, substitute) = (away[0].clone(), others[0].clone());
    (world, away, substitute, id)
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_substitute_sees_and_decides_what_waits_and_the_history_says_for_whom(#[case] database: TestDatabase) {
    let (world, away, substitute, id) = waiting(database).await;
    world.decide(&substitute, id, "approve", None).await.expect_problem(403, "order.not_approver");
    assert!(pending(&world, &substitute).await.is_empty());
    name(&world, &away, &today(&substitute)).await.expect(200);
    assert_eq!(pending(&world, &substitute).await, [id]);
    assert_eq!(pending(&world, &away).await, [id], "whoever is away may still decide");
    let api = world.as_user(&substitute);
    let page = api.get("/workorder/getworkList?scope=pending&view=desk").await.expect(200);
    let item = &page["data"][0];
    assert_eq!((&item["approving"], &item["distribute"]), (&json!(true), &json!(true)));
    assert_eq!((&item["onBehalfOf"]["id"], &item["holder"]["id"]), (&json!(away.id()), &json!(away.id())));
    let detail = api.get(&format!("/workorder/detail?id={id}")).await.expect(200);
    assert_eq!((&detail["allowedActions"][0], &detail["onBehalfOf"]["id"]), (&json!("approve"), &json!(away.id())));
    let explained = api.get(&format!("/workorder/explain?id={id}")).await.expect(200);
    assert_eq!(explained["actions"][0]["allowed"], true);
    let third = admins().into_iter().find(|one| one.id() != away.id() && one.id() != substitute.id()).unwrap();
    world.decide(&third, id, "approve", None).await.expect_problem(403, "order.not_approver");
    world.decide(&substitute, id, "approve", Some("代为同意")).await.expect(200);
    let detail = api.get(&format!("/workorder/detail?id={id}")).await.expect(200);
    let last = detail["history"].as_array().unwrap().iter().find(|row| row["event"] == "approved").unwrap().clone();
    let people = json!({"actor": last["actor"], "onBehalfOf": last["onBehalfOf"]});
    let person = |user: &TestUser| json!({"id": user.id(), "name": user.account.name, "role": "GROUP_MANAGER_ADMIN"});
    assert_eq!(people, json!({"actor": person(&substitute), "onBehalfOf": person(&away)}));
    assert_eq!(world.order(id).await.approved_by, [substitute.id().clone()]);
    assert!(pending(&world, &substitute).await.is_empty());
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_substitute_is_one_between_the_dates_and_until_removed(#[case] database: TestDatabase) {
    let (world, away, substitute, id) = waiting(database).await;
    let api = world.as_user(&away);
    api.get("/workorder/substitute").await.expect_problem(404, "not_found");
    let later = json!({"toUserId": substitute.id(), "from": "2099-01-01", "to": "2099-01-07"});
    let named = name(&world, &away, &later).await.expect(200);
    let expected = json!({
        "toUserId": substitute.id(), "toName": substitute.account.name, "from": "2099-01-01T00:00:00+08:00",
        "to": "2099-01-07T23:59:59+08:00", "active": false
    });
    assert_eq!(named.body, expected);
    assert_eq!(api.get("/workorder/substitute").await.expect(200).body, expected);
    world.decide(&substitute, id, "approve", None).await.expect_problem(403, "order.not_approver");
    assert_eq!(name(&world, &away, &today(&substitute)).await.expect(200)["active"], true);
    assert_eq!(pending(&world, &substitute).await, [id]);
    api.delete("/workorder/substitute").await.expect(204);
    api.delete("/workorder/substitute").await.expect(204);
    assert!(pending(&world, &substitute).await.is_empty());
    world.decide(&substitute, id, "approve", None).await.expect_problem(403, "order.not_approver");
    world.decide(&away, id, "approve", None).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn substitutes_do_not_chain_and_are_never_the_creator(#[case] database: TestDatabase) {
    let (world, away, substitute, id) = waiting(database).await;
    let third = admins().into_iter().find(|one| one.id() != away.id() && one.id() != substitute.id()).unwrap();
    name(&world, &away, &today(&substitute)).await.expect(200);
    name(&world, &substitute, &today(&third)).await.expect(200);
    assert!(pending(&world, &third).await.is_empty());
    world.decide(&third, id, "approve", None).await.expect_problem(403, "order.not_approver");

    let creator = third.clone().with_roles(&[Role::EcManager, Role::GroupManagerAdmin]);
    let mut everybody = people(&[]);
    everybody.retain(|user| user.id() != third.id());
    everybody.push(creator.clone());
    world.push_directory(&everybody).await;
    let own = world.approving(&creator, "own.example.cn").await;
    let holder = world.order(own).await.approver.unwrap().id;
    let holder = [away, substitute].into_iter().find(|admin| *admin.id() == holder).unwrap();
    name(&world, &holder, &today(&creator)).await.expect(200);
    assert!(!pending(&world, &creator).await.contains(&own));
    world.decide(&creator, own, "approve", None).await.expect_problem(403, "order.self_approval");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_substitute_who_cannot_be_one_is_refused(#[case] database: TestDatabase) {
    let (world, away, substitute, _) = waiting(database).await;
    let gone = TestUser::group_admin().numbered(79);
    for target in [&away, &TestUser::sa(), &gone] {
        let refused = name(&world, &away, &today(target)).await.expect_problem(422, "substitute.target_invalid");
        assert_eq!(refused.faults(), ["/toUserId substitute.target_invalid"]);
    }
    let period = |from: &str, to: &str| json!({"toUserId": substitute.id(), "from": from, "to": to});
    for body in
        [period("2099-01-08", "2099-01-01"), period("2020-01-01", "2020-02-01"), period("2026-01-01", "2099-01-01")]
    {
        name(&world, &away, &body).await.expect_problem(422, "substitute.period_invalid");
    }
    name(&world, &away, &period("someday", "2099-01-01")).await.expect_problem(400, "request.invalid");
    name(&world, &away, &period("", "2099-01-01")).await.expect_problem(400, "request.invalid");
    name(&world, &away, &json!({"toUserId": "1"})).await.expect_problem(400, "request.malformed");
    name(&world, &TestUser::ec_manager(), &today(&substitute)).await.expect_problem(403, "auth.forbidden");
    let api = world.as_user(&away).put("/workorder/substitute").in_english();
    let refused = api.json(&today(&TestUser::sa())).await.expect_problem(422, "substitute.target_invalid");
    assert_eq!(refused["errors"][0]["message"], "another enabled holder of the same role");
    world.as_user(&away).get("/workorder/substitute").await.expect_problem(404, "not_found");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn where_all_decide_a_substitute_decides_for_each_by_itself(#[case] database: TestDatabase) {
    let world = world(database, all).await;
    let [first, second, third] = admins();
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    name(&world, &first, &today(&second)).await.expect(200);
    world.decide(&second, id, "approve", Some("本人")).await.expect(200);
    assert_eq!(pending(&world, &second).await, [id], "that of who is away is still open");
    world.decide(&second, id, "approve", Some("代理")).await.expect(200);
    world.decide(&second, id, "approve", None).await.expect_problem(403, "order.not_approver");
    assert_eq!(world.decide(&third, id, "approve", None).await.expect(200)["status"], "dispatching");
    let detail = world.as_user(&third).get(&format!("/workorder/detail?id={id}")).await.expect(200);
    let signed: Vec<_> =
        detail["history"].as_array().unwrap().iter().filter(|row| row["event"] == "countersigned").collect();
    assert_eq!((signed[0].get("onBehalfOf"), &signed[1]["onBehalfOf"]["id"]), (None, &json!(first.id())));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_substitute_rejects_and_hands_over_in_anothers_place(#[case] database: TestDatabase) {
    let (world, away, substitute, id) = waiting(database).await;
    name(&world, &away, &today(&substitute)).await.expect(200);
    world.decide(&substitute, id, "reject", Some("补材料")).await.expect(200);
    let mut again = crate::support::form("a.example.cn");
    again["id"] = json!(id);
    world.as_user(&TestUser::ec_manager()).post("/workorder/modify/detail").json(&again).await.expect(200);
    let order = world.reaches(id, "approving").await;
    assert_eq!(order.approver.unwrap().id, *away.id(), "it was returned in the place of who is away");
    let third = admins().into_iter().find(|one| one.id() != away.id() && one.id() != substitute.id()).unwrap();
    let body = json!({"id": id, "toUserId": third.id(), "comment": "转办"});
    world.as_user(&substitute).post("/workorder/transfer").json(&body).await.expect(200);
    assert_eq!(world.order(id).await.approver.unwrap().id, *third.id());
    let detail = world.as_user(&third).get(&format!("/workorder/detail?id={id}")).await.expect(200);
    let last = detail["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["event"], &last["onBehalfOf"]["id"]), (&json!("transferred"), &json!(away.id())));
}
