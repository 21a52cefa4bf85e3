//! Chains of several steps, decided by one, by any (或签) or by all (会签) of a role.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use shared_model::role::Role;
use test_kit::{TestDatabase, TestUser, eventually};
use workorder_svc::approval::chain::{Step, StepMode};
use workorder_svc::settings::Settings;

use crate::support::{World, form};

/// Three group administrators: the demo's, and two more.
pub fn admins() -> [TestUser; 3] {
    let admin = TestUser::group_admin;
    [admin(), admin().numbered(71).named("管理员乙"), admin().numbered(72).named("管理员丙")]
}

/// Everybody and the further administrators, these people being away for good.
pub fn people(gone: &[&TestUser]) -> Vec<TestUser> {
    let [_, second, third] = admins();
    let mut people = TestUser::everybody();
    people.extend([second, third]);
    let left = |user: &TestUser| gone.iter().any(|gone| gone.id() == user.id());
    people.into_iter().map(|user| if left(&user) { user.disabled() } else { user }).collect()
}

fn chain(settings: &mut Settings, steps: &[Step]) {
    for key in ["EC_MANAGER", "ec_manager"] {
        settings.approval.chains.insert(key.to_owned(), steps.to_vec());
    }
    let codes = ["WO_Order_Approve", "WO_Order_List", "WO_Order_Detail"].map(str::to_owned);
    settings.permissions.roles.insert("OPERATOR".to_owned(), codes.to_vec());
}

fn administrators(mode: StepMode) -> Step {
    Step { role: Role::GroupManagerAdmin, mode }
}

pub fn all_then_operator(settings: &mut Settings) {
    chain(settings, &[administrators(StepMode::All), Role::Operator.into()]);
}

fn any(settings: &mut Settings) {
    chain(settings, &[administrators(StepMode::Any)]);
}

pub fn all(settings: &mut Settings) {
    chain(settings, &[administrators(StepMode::All)]);
}

pub async fn world(database: TestDatabase, change: fn(&mut Settings)) -> World {
    let world = World::with(database, None, change).await;
    world.push_directory(&people(&[])).await;
    world
}

/// The orders that wait for this person.
pub async fn pending(world: &World, user: &TestUser) -> Vec<i64> {
    let page = world.as_user(user).get("/workorder/getworkList?scope=pending&view=desk").await.expect(200);
    let data = page["data"].as_array().unwrap();
    assert_eq!(page["counts"]["pending"], json!(data.len()));
    data.iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

async fn detail(world: &World, user: &TestUser, id: i64) -> Value {
    world.as_user(user).get(&format!("/workorder/detail?id={id}")).await.expect(200).body
}

/// The history's events since the order entered approval.
async fn decisions(world: &World, id: i64) -> Vec<String> {
    let history = world.history(id).await;
    let entered = history.iter().position(|row| row.starts_with("icpPassed")).unwrap();
    history[entered + 1..].iter().map(|row| row.split(' ').next().unwrap().to_owned()).collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn where_all_decide_everybody_has_to_approve_before_the_next_step(#[case] database: TestDatabase) {
    let world = world(database, all_then_operator).await;
    let [first, second, third] = admins();
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let since = world.order(id).await.since;
    for admin in [&first, &second, &third] {
        assert_eq!(pending(&world, admin).await, [id]);
        let detail = detail(&world, admin, id).await;
        assert_eq!(detail["allowedActions"][0], "approve");
        assert_eq!((detail["holders"].as_array().unwrap().len(), &detail["holder"]), (3, &detail["holders"][0]));
        let by_holder = format!("/workorder/getworkList?holderId={}", admin.id().as_str());
        assert_eq!(world.as_user(&first).get(&by_holder).await.expect(200)["total"], 1);
    }
    assert_eq!(world.decide(&second, id, "approve", Some("同意")).await.expect(200)["status"], "approving");
    world.decide(&second, id, "approve", None).await.expect_problem(403, "order.not_approver");
    assert!(pending(&world, &second).await.is_empty());
    let processed = world.as_user(&second).get("/workorder/getworkList?scope=processed").await.expect(200);
    assert_eq!(processed["total"], 1);
    assert_eq!(world.order(id).await.since, since, "the step began for all of them at once");
    world.decide(&first, id, "approve", None).await.expect(200);
    let page = world.as_user(&third).get("/workorder/getworkList?view=desk").await.expect(200);
    let item = &page["data"][0];
    assert_eq!((&item["approving"], &item["distribute"]), (&json!(true), &json!(false)));
    assert_eq!((&item["holder"]["name"], item.get("holders")), (&json!("管理员丙"), None));
    let explained = world.as_user(&third).get(&format!("/workorder/explain?id={id}")).await.expect(200);
    assert_eq!(explained["standing"], "等待集团客户经理管理员审批（第 1 步，共 2 步，会签：3 人中 2 人已通过）");
    world.decide(&third, id, "approve", None).await.expect(200);
    let order = world.order(id).await;
    assert_eq!((order.approver.unwrap().id, order.route.step), (TestUser::operator().id().clone(), 1));
    let steps = detail(&world, &first, id).await["approvalSteps"].clone();
    assert_eq!((&steps[0]["standing"], &steps[1]["standing"]), (&json!("done"), &json!("current")));
    let done = world.decide(&TestUser::operator(), id, "approve", None).await.expect(200);
    assert_eq!(done["status"], "dispatching");
    let expected = ["countersigned", "countersigned", "stepApproved", "approved"];
    assert_eq!(decisions(&world, id).await, expected);
    let order = world.order(id).await;
    let ids = [second.id(), first.id(), third.id(), TestUser::operator().id()].map(Clone::clone);
    assert_eq!(order.approved_by, ids);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn where_all_decide_at_once_each_decision_counts_once(#[case] database: TestDatabase) {
    let world = world(database, all).await;
    for round in 0..5 {
        let id = world.approving(&TestUser::ec_manager(), &format!("r{round}.example.cn")).await;
        let approvals = admins().into_iter().flat_map(|admin| [admin.clone(), admin]).collect::<Vec<_>>();
        let replies = join_all(approvals.iter().map(|admin| world.decide(admin, id, "approve", None))).await;
        let approved = replies.iter().filter(|reply| reply.status == 200).count();
        assert!(replies.iter().all(|reply| [200, 403, 409].contains(&reply.status)));
        assert_eq!((approved, world.order(id).await.state.code()), (3, "dispatching"));
        assert_eq!(decisions(&world, id).await, ["countersigned", "countersigned", "approved"]);
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn where_any_decides_the_first_of_them_does(#[case] database: TestDatabase) {
    let world = world(database, any).await;
    let [_, second, third] = admins();
    let manager = TestUser::ec_manager();
    for round in 0..5 {
        let id = world.approving(&manager, &format!("r{round}.example.cn")).await;
        for admin in admins() {
            assert_eq!(pending(&world, &admin).await, [id]);
        }
        let all = admins();
        let replies = join_all(all.iter().map(|admin| world.decide(admin, id, "approve", None))).await;
        let mut statuses: Vec<_> = replies.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409]);
        assert!(pending(&world, &third).await.is_empty());
    }
    let id = world.approving(&manager, "rejected.example.cn").await;
    world.decide(&second, id, "reject", Some("缺材料")).await.expect(200);
    assert_eq!(pending(&world, &manager).await, [id]);
    let mut again = form("rejected.example.cn");
    again["id"] = json!(id);
    world.as_user(&manager).post("/workorder/modify/detail").json(&again).await.expect(200);
    let order = world.reaches(id, "approving").await;
    assert_eq!(order.approver.unwrap().id, *second.id(), "it goes back to whoever returned it");
    world.decide(&second, id, "approve", None).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn one_rejection_rejects_and_approvals_count_until_the_order_is_changed(#[case] database: TestDatabase) {
    let world = world(database, all_then_operator).await;
    let [first, second, third] = admins();
    let (manager, operator) = (TestUser::ec_manager(), TestUser::operator());
    let id = world.approving(&manager, "a.example.cn").await;
    world.decide(&first, id, "approve", None).await.expect(200);
    world.decide(&second, id, "reject", Some("补说明")).await.expect(200);
    world.decide(&third, id, "approve", None).await.expect_problem(409, "order.state_conflict");
    assert!(pending(&world, &third).await.is_empty());
    let mut again = form("a.example.cn");
    again["id"] = json!(id);
    again["description"] = json!("补充说明");
    let send = |body: &Value| world.as_user(&manager).post("/workorder/modify/detail").json(body);
    send(&again).await.expect(200);
    let order = world.reaches(id, "approving").await;
    assert_eq!(order.approver.unwrap().id, *second.id());
    world.decide(&first, id, "approve", None).await.expect_problem(403, "order.not_approver");
    world.decide(&second, id, "approve", None).await.expect(200);
    world.decide(&third, id, "approve", None).await.expect(200);

    world.decide(&operator, id, "reject", Some("源站不对")).await.expect(200);
    send(&again).await.expect(200);
    let order = world.reaches(id, "approving").await;
    assert_eq!(order.approver.unwrap().id, *operator.id(), "nothing the first step approved has changed");
    world.decide(&operator, id, "reject", Some("源站不对")).await.expect(200);
    again["loopDomain"][0]["value"] = json!("192.0.2.80");
    send(&again).await.expect(200);
    let order = world.reaches(id, "approving").await;
    assert_eq!((order.route.step, order.holders().len()), (0, 3), "all of the first step decide what has changed");
    world.decide(&first, id, "approve", None).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_creator_has_no_part_in_the_step_and_alone_leaves_it_to_the_platform(#[case] database: TestDatabase) {
    let world = world(database, all).await;
    let [_, second, third] = admins();
    let both = second.clone().with_roles(&[Role::EcManager, Role::GroupManagerAdmin]);
    let mut everybody = people(&[]);
    everybody.retain(|user| user.id() != second.id());
    everybody.push(both.clone());
    world.push_directory(&everybody).await;
    let id = world.approving(&both, "a.example.cn").await;
    let order = world.order(id).await;
    assert_eq!(order.holders().len(), 2);
    world.decide(&both, id, "approve", None).await.expect_problem(403, "order.self_approval");
    world.push_directory(&[both.clone(), TestUser::platform_admin(), TestUser::sa()]).await;
    let order = eventually("the platform administrator has it", || async {
        let order = world.order(id).await;
        order.is_handled_by(TestUser::platform_admin().id()).then_some(order)
    })
    .await;
    assert_eq!(order.holders().len(), 1);
    assert!(world.last_comment(id).await.unwrap().contains("已转平台管理员"));
    world.decide(&third, id, "approve", None).await.expect_problem(401, "auth.token_invalid");
    world.decide(&TestUser::platform_admin(), id, "approve", None).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_a_step_neither_blocks_it_nor_lets_it_pass_by_itself(#[case] database: TestDatabase) {
    let world = world(database, all).await;
    let [first, second, third] = admins();
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    world.decide(&first, id, "approve", None).await.expect(200);
    world.push_directory(&people(&[&second])).await;
    eventually("the seat of who left is gone", || async { (world.order(id).await.holders().len() == 1).then_some(()) })
        .await;
    let comment = world.last_comment(id).await.unwrap();
    assert!(comment.contains("管理员乙") && comment.contains("已停用"), "{comment}");
    let fourth = TestUser::group_admin().numbered(73).named("管理员丁");
    let mut everybody = people(&[&second, &third]);
    everybody.push(fourth.clone());
    world.push_directory(&everybody).await;
    eventually("somebody new takes the seat", || async {
        world.order(id).await.is_handled_by(fourth.id()).then_some(())
    })
    .await;
    everybody.retain(|user| user.id() != fourth.id());
    world.push_directory(&everybody).await;
    eventually("the platform administrator decides in their place", || async {
        world.order(id).await.is_handled_by(TestUser::platform_admin().id()).then_some(())
    })
    .await;
    assert_eq!(world.order(id).await.state.code(), "approving");
    world.decide(&TestUser::platform_admin(), id, "approve", None).await.expect(200);
    assert_eq!(world.order(id).await.state.code(), "dispatching");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_place_in_a_step_is_handed_over_to_somebody_who_has_none(#[case] database: TestDatabase) {
    let world = world(database, all).await;
    let [first, second, third] = admins();
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let fourth = TestUser::group_admin().numbered(73).named("管理员丁");
    let mut everybody = people(&[]);
    everybody.push(fourth.clone());
    world.push_directory(&everybody).await;
    world.decide(&first, id, "approve", None).await.expect(200);
    let send = |from: &TestUser, to: &TestUser| {
        let body = json!({"id": id, "toUserId": to.id(), "comment": "请代为处理"});
        world.as_user(from).post("/workorder/transfer").json(&body)
    };
    for taken in [&first, &second] {
        send(&third, taken).await.expect_problem(422, "transfer.target_invalid");
    }
    send(&third, &fourth).await.expect(200);
    world.decide(&third, id, "approve", None).await.expect_problem(403, "order.not_approver");
    world.decide(&fourth, id, "approve", None).await.expect(200);
    assert_eq!(world.decide(&second, id, "approve", None).await.expect(200)["status"], "dispatching");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_keeps_the_chain_it_was_submitted_with(#[case] database: TestDatabase) {
    let mut world = World::new(database).await;
    world.push_directory(&people(&[])).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    world.stop().await;
    world.change(all_then_operator);
    world.start().await;
    world.push_directory(&people(&[])).await;
    let holder = world.order(id).await.approver.unwrap().id;
    let holder = admins().into_iter().find(|admin| *admin.id() == holder).unwrap();
    assert_eq!(world.decide(&holder, id, "approve", None).await.expect(200)["status"], "dispatching");
    let next = world.approving(&TestUser::ec_manager(), "b.example.cn").await;
    assert_eq!(world.order(next).await.holders().len(), 3);
}
