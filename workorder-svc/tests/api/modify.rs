//! Changing an order that came back, taking one back, and commenting.

use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, TestUser, eventually};

use crate::support::{World, form};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_order_is_changed_by_its_creator_and_waits_again(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, other) = (TestUser::ec_manager(), TestUser::ec_manager2());
    let id = world.approving(&manager, "a.example.cn").await;
    let path = format!("/workorder/modify/detail?id={id}&type=domain_request");
    let mut changed = world.as_user(&manager).get(&path).await.expect(200).body;
    assert_eq!((&changed["speedList"][0]["domain"], &changed["provinces"]), (&json!("a.example.cn"), &json!([33])));
    let send =
        |user: &TestUser, body: &serde_json::Value| world.as_user(user).post("/workorder/modify/detail").json(body);
    send(&manager, &changed).await.expect_problem(409, "order.state_conflict");
    world.decide(&TestUser::group_admin(), id, "reject", Some("换个域名")).await.expect(200);
    changed["speedList"][0]["domain"] = json!("b.example.cn");
    send(&other, &changed).await.expect_problem(404, "not_found");
    send(&TestUser::platform_admin(), &changed).await.expect_problem(403, "order.not_creator");
    let mut kind = changed.clone();
    kind["type"] = json!("live_request");
    send(&manager, &kind).await.expect_problem(422, "field.invalid");
    let version = world.order(id).await.version;
    send(&manager, &changed).if_match(version - 1).await.expect_problem(412, "stale");
    let saved = send(&manager, &changed).if_match(version).await.expect(200);
    assert_eq!((&saved["id"], &saved["status"]), (&json!(id), &json!("icpChecking")));
    world.reaches(id, "approving").await;
    assert_eq!(world.reservations().await, ["b.example.cn"]);
    assert_eq!(
        world.history(id).await[1..],
        [
            "pending ->icpChecking ++",
            "icpPassed icpChecking->approving ++",
            "rejected approving->rejected ++",
            "resubmitted rejected->icpChecking --",
            "icpPassed icpChecking->approving ++",
        ]
    );
    world.as_user(&other).get(&path).await.expect_problem(404, "not_found");
    let wrong_kind = format!("/workorder/modify/detail?id={id}&type=DOMAIN_MIGRATE");
    world.as_user(&manager).get(&wrong_kind).await.expect_problem(404, "not_found");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_resubmission_that_takes_anothers_domain_changes_nothing(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let id = world.approving(&manager, "a.example.cn").await;
    world.submitted(&TestUser::ec_manager2(), "taken.example.cn").await;
    world.decide(&TestUser::group_admin(), id, "reject", Some("换个域名")).await.expect(200);
    let before = (world.history(id).await, world.reservations().await);
    let mut changed = form("taken.example.cn");
    changed["id"] = json!(id);
    let refused = world.as_user(&manager).post("/workorder/modify/detail").json(&changed).await;
    refused.expect_problem(409, "domain.exists");
    assert_eq!((world.history(id).await, world.reservations().await), before);
    assert_eq!(world.order(id).await.domains[0].domain, "a.example.cn");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_taken_back_until_it_is_dispatched(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let withdraw = |user: &TestUser, id: i64| {
        world.as_user(user).post("/workorder/withdraw").json(&json!({"id": id, "reason": "客户取消"}))
    };
    let id = world.approving(&manager, "a.example.cn").await;
    withdraw(&TestUser::ec_manager2(), id).await.expect_problem(404, "not_found");
    withdraw(&TestUser::platform_admin(), id).await.expect_problem(403, "order.not_creator");
    withdraw(&TestUser::group_admin(), id).await.expect_problem(403, "auth.forbidden");
    assert_eq!(withdraw(&manager, id).await.expect(200)["status"], "withdrawn");
    let order = world.order(id).await;
    assert!(order.approver.is_none() && order.dealer.is_none() && world.reservations().await.is_empty());
    assert_eq!(world.last_comment(id).await.as_deref(), Some("客户取消"));
    withdraw(&manager, id).await.expect_problem(409, "order.state_conflict");
    let sent = world.dispatching(&manager, "b.example.cn").await;
    withdraw(&manager, sent).await.expect_problem(409, "order.state_conflict");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_sees_an_order_may_comment_without_moving_it(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let version = world.order(id).await.version;
    let send = |user: &TestUser, content: &str| {
        world.as_user(user).post("/workorder/comment").json(&json!({"id": id, "content": content}))
    };
    send(&TestUser::operator(), "请补充源站说明").await.expect(200);
    send(&TestUser::operator(), " ").await.expect_problem(422, "order.comment_required");
    send(&TestUser::sa(), "看不到").await.expect_problem(404, "not_found");
    assert_eq!(world.history(id).await.last().unwrap(), "commented approving->approving ++");
    assert_eq!(world.last_comment(id).await.as_deref(), Some("请补充源站说明"));
    assert_eq!(world.order(id).await.version, version);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_and_an_approval_at_once_end_in_one_of_the_two(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    for round in 0..10 {
        let domain = format!("r{round}.example.cn");
        let id = world.approving(&manager, &domain).await;
        let withdraw = world.as_user(&manager).post("/workorder/withdraw").json(&json!({"id": id}));
        let (approved, withdrawn) = futures_util::future::join(world.approve(id), async { withdraw.await }).await;
        let mut statuses = [approved.status, withdrawn.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}");
        let reserved = world.reservations().await.contains(&domain);
        assert_eq!(reserved, approved.status == 200);
    }
    eventually("every approved order is dispatched once", || async {
        let sent = world.bpm.dispatches().len() as i64;
        let approved = 10
            - world
                .read(|conn| {
                    use diesel::prelude::*;
                    use workorder_svc::schema::work_order as t;
                    Ok(t::table.filter(t::status.eq("withdrawn")).count().get_result::<i64>(conn)?)
                })
                .await;
        (sent == approved).then_some(())
    })
    .await;
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_stale_if_match_moves_no_order_whatever_is_done_to_it(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, admin) = (TestUser::ec_manager(), TestUser::group_admin());
    let id = world.approving(&manager, "a.example.cn").await;
    let version = world.order(id).await.version;
    let tries = [
        (&admin, "/workorder/approvedecision", json!({"id": id, "decision": "approve"})),
        (&admin, "/workorder/transfer", json!({"id": id, "toUserId": TestUser::platform_admin().id()})),
        (
            &admin,
            "/workorder/icp/checked",
            json!({"orderId": id, "results": [{"domain": "a.example.cn", "passed": true}]}),
        ),
        (&manager, "/workorder/withdraw", json!({"id": id})),
    ];
    for (user, path, body) in tries {
        let sent = world.as_user(user).post(path).if_match(version - 1).json(&body).await;
        sent.expect_problem(412, "stale");
    }
    assert_eq!(world.order(id).await.version, version);
    let approve = json!({"id": id, "decision": "approve"});
    let approved = world.as_user(&admin).post("/workorder/approvedecision");
    approved.if_match(version).json(&approve).await.expect(200);
}
