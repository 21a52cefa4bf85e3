//! One decision on many orders: each on its own, and the answer says which failed and why.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Reply, TestDatabase, TestUser};

use crate::support::World;

async fn decide(world: &World, user: &TestUser, ids: &[i64], decision: &str, comment: Option<&str>) -> Reply {
    let body = json!({"ids": ids, "decision": decision, "comment": comment});
    world.as_user(user).post("/workorder/approvedecision/batch").json(&body).await
}

/// `id status` or `id code`, as the results have them.
fn outcomes(reply: &Reply) -> Vec<String> {
    let line = |result: &Value| {
        let what = result["status"].as_str().or(result["problem"]["code"].as_str()).unwrap();
        format!("{} {what}", result["id"])
    };
    reply["results"].as_array().unwrap().iter().map(line).collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_order_is_decided_on_its_own_and_failures_are_told(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, admin) = (TestUser::ec_manager(), TestUser::group_admin());
    let one = world.approving(&manager, "one.example.cn").await;
    let two = world.approving(&manager, "two.example.cn").await;
    let gone = world.approving(&manager, "gone.example.cn").await;
    world.as_user(&manager).post("/workorder/withdraw").json(&json!({"id": gone})).await.expect(200);
    let reply = decide(&world, &admin, &[two, gone, one, 999_999, two], "approve", Some("同意")).await.expect(200);
    let expected = [format!("{two} dispatching"), format!("{gone} order.state_conflict"), format!("{one} dispatching")];
    let results = outcomes(&reply);
    assert_eq!(results[..3], expected);
    assert_eq!(results[3..], ["999999 not_found"], "an order named twice is decided once");
    let problem = &reply["results"][1]["problem"];
    assert_eq!((&problem["status"], &problem["title"]), (&json!(409), &json!("工单当前状态不允许此操作")));
    assert_eq!((&problem["state"], problem["requestId"].as_str()), (&json!("withdrawn"), reply.header("x-request-id")));
    assert_eq!(world.last_comment(one).await.as_deref(), Some("同意"));
    let refused = decide(&world, &TestUser::platform_admin(), &[one], "reject", Some("不")).await.expect(200);
    assert_eq!(outcomes(&refused), [format!("{one} order.state_conflict")]);
    decide(&world, &manager, &[one], "approve", None).await.expect_problem(403, "auth.forbidden");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_cannot_be_meant_is_refused_as_a_whole(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let admin = TestUser::group_admin();
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let before = world.history(id).await;
    decide(&world, &admin, &[], "approve", None).await.expect_problem(422, "field.invalid");
    let many: Vec<i64> = (0..101).map(|n| if n == 0 { id } else { 900_000 + n }).collect();
    let refused = decide(&world, &admin, &many, "approve", None).await.expect_problem(422, "field.invalid");
    assert_eq!(refused.faults(), ["/ids field.invalid"]);
    decide(&world, &admin, &[id], "maybe", None).await.expect_problem(422, "order.decision_unknown");
    decide(&world, &admin, &[id], "reject", Some(" ")).await.expect_problem(422, "order.comment_required");
    let unknown = json!({"ids": [id], "decision": "approve", "version": 1});
    let batch = world.as_user(&admin).post("/workorder/approvedecision/batch").json(&unknown).await;
    batch.expect_problem(400, "request.malformed");
    assert_eq!(world.history(id).await, before);
    decide(&world, &admin, &many[..100], "approve", None).await.expect(200);
    assert_eq!(world.order(id).await.state.code(), "dispatching");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_under_a_key_is_decided_once_and_answered_alike(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, admin) = (TestUser::ec_manager(), TestUser::group_admin());
    let mut ids = vec![777_777];
    for n in 0..4 {
        ids.push(world.approving(&manager, &format!("d{n}.example.cn")).await);
    }
    let send = |ids: &[i64]| {
        let body = json!({"ids": ids, "decision": "approve"});
        let api = world.as_user(&admin);
        async move { api.post("/workorder/approvedecision/batch").idempotency_key("batch-1").json(&body).await }
    };
    let replies = join_all((0..8).map(|_| send(&ids))).await;
    for reply in &replies {
        let decided = outcomes(reply).into_iter().filter(|line| line.ends_with("dispatching")).count();
        assert_eq!((reply.status, decided), (200, 4), "{}", reply.text());
        assert_eq!(reply.body, replies[0].body);
    }
    let again = send(&ids).await.expect(200);
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &replies[0].body));
    send(&ids[..2]).await.expect_problem(422, "idempotency.mismatch");
    for id in &ids[1..] {
        let decided = world.history(*id).await.into_iter().filter(|row| row.starts_with("approved")).count();
        assert_eq!(decided, 1);
    }
}
