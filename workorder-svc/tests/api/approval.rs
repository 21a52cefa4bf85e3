//! Approval: who decides, in which order refusals come, races, chains, and handing over.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;
use shared_model::role::Role;
use test_kit::{TestDatabase, TestUser, eventually};

use crate::support::{ENTERPRISE_ONE, WEB_ONE, World, form};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_approved_order_is_dispatched_to_the_sa_with_its_domains(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let decided = world.decide(&TestUser::group_admin(), id, "approve", Some("同意")).await.expect(200);
    assert_eq!(decided.body, json!({"id": id, "status": "dispatching"}));
    let dispatches =
        eventually("the dispatch is sent", || async { Some(world.bpm.dispatches()).filter(|sent| !sent.is_empty()) })
            .await;
    let sent = &dispatches[0];
    assert_eq!((sent["orderId"].as_i64(), sent["attempt"].as_i64()), (Some(id), Some(1)));
    assert_eq!((&sent["assignee"]["id"], &sent["domains"]), (&json!(TestUser::sa().id()), &json!(["a.example.cn"])));
    assert_eq!(sent["assignee"]["role"], "SA");
    let order = world.order(id).await;
    assert!(order.approver.is_none() && order.approved_by == [TestUser::group_admin().id().clone()]);
    assert_eq!(world.history(id).await.last().unwrap(), "approved approving->dispatching ++");
    assert_eq!(world.last_comment(id).await.as_deref(), Some("同意"));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_bpm_person_follows_the_creator(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let cases = [
        (TestUser::ec_manager(), "one.example.cn", TestUser::sa()),
        (TestUser::province_manager(), "two.example.cn", TestUser::province_sa()),
        (TestUser::province_manager2(), "three.example.cn", TestUser::global_area()),
    ];
    for (creator, domain, assignee) in cases {
        let id = world.approving(&creator, domain).await;
        world.approve(id).await.expect(200);
        let order = world.order(id).await;
        assert_eq!(order.assignee.unwrap().id, *assignee.id(), "{domain}");
        assert_eq!(order.dealer, Some(assignee.role()));
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_state_is_looked_at_before_the_person_and_a_refusal_writes_nothing(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let before = world.history(id).await;
    let admin = TestUser::group_admin();
    let second = admin.clone().numbered(77);
    world.decide(&TestUser::ec_manager(), id, "approve", None).await.expect_problem(403, "auth.forbidden");
    world.decide(&second, id, "approve", None).await.expect_problem(403, "order.not_approver");
    world.decide(&TestUser::platform_admin(), id, "reject", Some("不")).await.expect_problem(403, "order.not_approver");
    world.decide(&admin, id, "maybe", None).await.expect_problem(422, "order.decision_unknown");
    world.decide(&admin, id, "reject", Some("  ")).await.expect_problem(422, "order.comment_required");
    world.decide(&admin, 999_999, "approve", None).await.expect_problem(404, "not_found");
    let version = world.order(id).await.version;
    let stale = json!({"id": id, "decision": "approve", "version": version - 1});
    world.as_user(&admin).post("/workorder/approvedecision").json(&stale).await.expect_problem(412, "stale");
    let unknown = json!({"id": id, "decision": "approve", "colour": "red"});
    world
        .as_user(&admin)
        .post("/workorder/approvedecision")
        .json(&unknown)
        .await
        .expect_problem(400, "request.malformed");
    assert_eq!(world.history(id).await, before);
    let current = json!({"id": id, "decision": "reject", "comment": "材料不全", "version": version});
    world.as_user(&admin).post("/workorder/approvedecision").json(&current).await.expect(200);
    world.decide(&second, id, "approve", None).await.expect_problem(409, "order.state_conflict");
    let order = world.order(id).await;
    assert_eq!(order.approver.unwrap().id, *TestUser::ec_manager().id());
    assert_eq!(order.dealer, Some(Role::EcManager));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_their_own_order(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let both = TestUser::group_admin().with_roles(&[Role::EcManager, Role::GroupManagerAdmin]);
    world.push_directory(&[both.clone(), TestUser::platform_admin()]).await;
    let id = world.approving(&both, "a.example.cn").await;
    assert_eq!(world.order(id).await.approver.unwrap().id, *TestUser::platform_admin().id());
    assert!(world.last_comment(id).await.unwrap().contains("集团客户经理管理员"));
    world.decide(&both, id, "approve", None).await.expect_problem(403, "order.self_approval");
    world.decide(&TestUser::platform_admin(), id, "approve", None).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_decisions_at_once_one_counts_and_the_others_conflict(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let admin = TestUser::group_admin();
    for round in 0..10 {
        let id = world.approving(&TestUser::ec_manager(), &format!("r{round}.example.cn")).await;
        let decisions = (0..8).map(|n| {
            let decision = if n % 2 == 0 { "approve" } else { "reject" };
            world.decide(&admin, id, decision, Some("竞争"))
        });
        let mut outcomes = BTreeMap::new();
        for reply in join_all(decisions).await {
            *outcomes.entry(reply.status).or_insert(0) += 1;
        }
        assert_eq!(outcomes, BTreeMap::from([(200, 1), (409, 7)]));
        let decided = world.history(id).await.into_iter().filter(|row| row.contains("approving->")).count();
        assert_eq!(decided, 1, "round {round}");
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_is_suspended_meanwhile_cannot_be_approved_but_rejected(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    world.product(ENTERPRISE_ONE, WEB_ONE, "网页加速", "suspend").await;
    world.approve(id).await.expect_problem(409, "product.not_available");
    world.save(&TestUser::ec_manager(), &form("b.example.cn")).await.expect_problem(422, "product.not_available");
    world.product(ENTERPRISE_ONE, WEB_ONE, "网页加速", "resume").await;
    world.approve(id).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_two_steps_is_walked_and_a_rejection_returns_to_its_step(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| {
        let steps: Vec<_> = [Role::GroupManagerAdmin, Role::Operator].map(Into::into).to_vec();
        settings.approval.chains.insert("EC_MANAGER".to_owned(), steps.clone());
        settings.approval.chains.insert("ec_manager".to_owned(), steps);
        let codes = ["WO_Order_Approve", "WO_Order_List", "WO_Order_Detail"].map(str::to_owned);
        settings.permissions.roles.insert("OPERATOR".to_owned(), codes.to_vec());
    })
    .await;
    let (manager, operator) = (TestUser::ec_manager(), TestUser::operator());
    let id = world.approving(&manager, "a.example.cn").await;
    assert_eq!(world.approve(id).await.expect(200)["status"], "approving");
    assert_eq!(world.order(id).await.approver.unwrap().id, *operator.id());
    world.approve(id).await.expect_problem(403, "order.not_approver");
    world.decide(&operator, id, "reject", Some("缺说明")).await.expect(200);
    let mut again = form("a.example.cn");
    again["id"] = json!(id);
    again["description"] = json!("补充说明");
    world.as_user(&manager).post("/workorder/modify/detail").json(&again).await.expect(200);
    assert_eq!(world.reaches(id, "approving").await.approver.unwrap().id, *operator.id());
    world.decide(&operator, id, "reject", Some("源站不对")).await.expect(200);
    again["loopDomain"][0]["value"] = json!("192.0.2.80");
    world.as_user(&manager).post("/workorder/modify/detail").json(&again).await.expect(200);
    let order = world.reaches(id, "approving").await;
    assert_eq!(order.approver.unwrap().id, *TestUser::group_admin().id());
    world.approve(id).await.expect(200);
    assert_eq!(world.decide(&operator, id, "approve", None).await.expect(200)["status"], "dispatching");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_handed_over_within_the_role_with_the_remark_in_its_history(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let second = TestUser::group_admin().numbered(77).named("第二管理员");
    let mut people = TestUser::everybody();
    people.push(second.clone());
    world.push_directory(&people).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let holder = world.order(id).await.approver.unwrap().id;
    let (from, to) = if holder == *second.id() {
        (second.clone(), TestUser::group_admin())
    } else {
        (TestUser::group_admin(), second.clone())
    };
    let send = |user: &TestUser, target: &TestUser| {
        let body = json!({"id": id, "toUserId": target.id(), "comment": "请代为处理"});
        world.as_user(user).post("/workorder/transfer").json(&body)
    };
    send(&to, &from).await.expect_problem(403, "order.not_approver");
    for target in [TestUser::sa(), TestUser::ec_manager(), from.clone(), to.clone().numbered(99)] {
        send(&from, &target).await.expect_problem(422, "transfer.target_invalid");
    }
    send(&from, &to).await.expect(200);
    assert_eq!(world.order(id).await.approver.unwrap().id, *to.id());
    let comment = world.last_comment(id).await.unwrap();
    assert!(comment.contains("请代为处理") && comment.contains(&to.account.name), "{comment}");
    world.decide(&from, id, "approve", None).await.expect_problem(403, "order.not_approver");
    world.decide(&to, id, "approve", None).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_under_a_key_is_replayed_even_after_the_order_moved_on(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let send = || {
        let api = world.as_user(&TestUser::group_admin());
        let body = json!({"id": id, "decision": "approve"});
        async move { api.post("/workorder/approvedecision").idempotency_key("decide-1").json(&body).await }
    };
    let first = send().await.expect(200);
    world.task_is_known(id).await;
    world.event(id, "close", "e-1", json!({})).await.expect(200);
    let again = send().await.expect(200);
    assert_eq!((again.body.clone(), again.header("idempotency-replayed")), (first.body, Some("true")));
    world.approve(id).await.expect_problem(409, "order.state_conflict");
}
