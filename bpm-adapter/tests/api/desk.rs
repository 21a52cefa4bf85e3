//! The desk: what an assignee does, in every state, and what others see of it.

use rstest::rstest;
use serde_json::{Value, json};
use shared_model::role::Role;
use test_kit::{Client, Reply, TestDatabase, TestUser};

use crate::order_service::Mood;
use crate::support::World;

pub async fn call(api: &Client, task: &str, verb: &str) -> Reply {
    let body = match verb {
        "stage-feedback" => json!({"stage": "配置下发", "result": "success", "message": "完成"}),
        "rollback" => json!({"reason": "备案号不符"}),
        _ => json!({"message": "已配置"}),
    };
    api.post(&format!("/bpm/tasks/{task}/{verb}")).json(&body).await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn stages_are_reported_and_the_close_ends_order_task_and_bill_together(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::sa());
    let task = world.dispatch(1, &TestUser::sa()).await;
    let staged = call(&api, &task, "stage-feedback").await.expect(200);
    assert_eq!(staged["state"], "processing");
    let stage = &staged["stages"][0];
    assert_eq!(
        (&stage["stage"], &stage["result"], &stage["message"]),
        (&json!("配置下发"), &json!("success"), &json!("完成"))
    );
    assert_eq!(call(&api, &task, "stage-feedback").await.expect(200)["stages"].as_array().unwrap().len(), 2);
    assert_eq!(call(&api, &task, "close").await.expect(200)["state"], "closed");
    assert_eq!(world.bill_state(1).await, "closed");
    assert_eq!(world.orders.effects(), ["dispatched", "stage-feedback", "stage-feedback", "close"]);
    let close = &world.orders.effects_at("/internal/orders/1/close")[0];
    assert_eq!(close["operator"], json!({"id": "100006", "name": "SA甲"}));
    assert_eq!((&close["taskId"], &close["attempt"], &close["message"]), (&json!(task), &json!(1), &json!("已配置")));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_voids_the_bill(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    let rolled = call(&world.as_user(&TestUser::sa()), &task, "rollback").await.expect(200);
    assert_eq!(rolled["state"], "rolledBack");
    assert_eq!(world.bill_state(1).await, "voided");
    assert_eq!(world.orders.effects_at("/rollback")[0]["reason"], "备案号不符");
}

/// All states that a task of the embedded engine has, by all three calls.
#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_call_in_every_state_does_what_the_table_says(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::sa());
    let verbs = ["stage-feedback", "rollback", "close"];
    let table: [(&[&str], [&str; 3]); 4] = [
        (&[], ["processing", "rolledBack", "closed"]),
        (&["stage-feedback"], ["processing", "rolledBack", "closed"]),
        (&["close"], ["409", "409", "409"]),
        (&["rollback"], ["409", "409", "409"]),
    ];
    let mut order = 0;
    for (before, expected) in table {
        for (verb, expected) in verbs.into_iter().zip(expected) {
            order += 1;
            let task = world.dispatch(order, &TestUser::sa()).await;
            for earlier in before {
                call(&api, &task, earlier).await.expect(200);
            }
            let told = world.orders.effects().len();
            let reply = call(&api, &task, verb).await;
            if expected == "409" {
                reply.expect_problem(409, "task.state_conflict");
                assert!(world.orders.effects().len() - told <= 1, "nothing but its own `dispatched` is told");
            } else {
                assert_eq!(reply.expect(200)["state"], expected, "{before:?} then {verb}");
            }
        }
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_s_task_is_unknown_to_an_sa_and_not_to_be_touched_by_an_administrator(
    #[case] database: TestDatabase,
) {
    let world = World::new(database).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    let unknown = "0198c5f0-0000-7000-8000-000000000000";
    for other in [TestUser::sa().numbered(50), TestUser::province_sa(), TestUser::global_area()] {
        let api = world.as_user(&other);
        for id in [task.as_str(), unknown] {
            api.get(&format!("/bpm/tasks/{id}")).await.expect_problem(404, "not_found");
            for verb in ["stage-feedback", "rollback", "close"] {
                call(&api, id, verb).await.expect_problem(404, "not_found");
            }
            // Not even that the body is wrong is told.
            api.post(&format!("/bpm/tasks/{id}/rollback")).json(&json!({})).await.expect_problem(404, "not_found");
        }
        assert_eq!(api.get("/bpm/tasks").await.expect(200)["total"], 0);
    }
    world.as_user(&TestUser::sa()).get("/bpm/tasks/a%00b").await.expect_problem(404, "not_found");
    let admin = world.as_user(&TestUser::platform_admin());
    assert_eq!(admin.get(&format!("/bpm/tasks/{task}")).await.expect(200)["assignee"]["mobile"], "13800000006");
    call(&admin, &task, "close").await.expect_problem(403, "auth.forbidden");
    call(&world.as_user(&TestUser::operator()), &task, "close").await.expect_problem(403, "auth.forbidden");
    assert_eq!(world.task(&task).await["state"], "dispatched");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn all_faults_of_a_report_are_told_and_nothing_is_done(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::sa());
    let task = world.dispatch(1, &TestUser::sa()).await;
    let post = |verb: &str, body: Value| api.post(&format!("/bpm/tasks/{task}/{verb}")).json(&body);
    let stage =
        post("stage-feedback", json!({"stage": " ", "result": "maybe"})).await.expect_problem(422, "field.invalid");
    assert_eq!(stage.faults(), ["/stage field.invalid", "/result field.invalid"]);
    let odd = "a\u{1b}b";
    let garbled = post("stage-feedback", json!({"stage": "a\nb", "result": "success", "message": odd})).await;
    assert_eq!(
        garbled.expect_problem(422, "field.invalid").faults(),
        ["/stage field.invalid", "/message field.invalid"]
    );
    post("rollback", json!({ "reason": odd })).await.expect_problem(422, "field.invalid");
    post("close", json!({ "message": odd })).await.expect_problem(422, "field.invalid");
    let operator = world.as_user(&TestUser::operator());
    let reassign = json!({"toUserId": "none", "comment": "长".repeat(2001)});
    let refused = operator.post(&format!("/bpm/tasks/{task}/reassign")).json(&reassign).await;
    assert_eq!(
        refused.expect_problem(422, "validation_failed").faults(),
        ["/toUserId transfer.target_invalid", "/comment field.invalid"]
    );
    post("rollback", json!({"reason": ""})).await.expect_problem(422, "order.comment_required");
    post("rollback", json!({"why": "x"})).await.expect_problem(400, "request.malformed");
    post("close", json!({"message": 5})).await.expect_problem(400, "request.malformed");
    assert_eq!(world.settled(&task, "dispatched").await["stages"], json!([]));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_stale_version_is_refused_and_the_current_one_is_not(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::sa());
    let task = world.dispatch(1, &TestUser::sa()).await;
    let shown = api.get(&format!("/bpm/tasks/{task}")).await.expect(200);
    let version = shown["version"].as_i64().unwrap();
    assert_eq!(shown.header("etag"), Some(format!("\"{version}\"").as_str()));
    let close = |version: i64| api.post(&format!("/bpm/tasks/{task}/close")).if_match(version).json(&json!({}));
    close(version - 1).await.expect_problem(412, "stale");
    let closed = close(version).await.expect(200);
    assert_eq!(closed.header("etag"), Some(format!("\"{}\"", version + 1).as_str()));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn one_key_closes_once_and_everybody_who_sent_it_hears_the_same(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::sa());
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    let send = || api.post(&format!("/bpm/tasks/{task}/close")).idempotency_key("c-1").json(&json!({"message": "好"}));
    let replies = futures_util::future::join_all((0..20).map(|_| async { send().await })).await;
    for reply in &replies {
        assert_eq!((reply.status, &reply.body), (200, &replies[0].body), "{}", reply.text());
    }
    let again = send().await.expect(200);
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &replies[0].body));
    assert_eq!(world.orders.effects(), ["dispatched", "close"]);
    let other = api.post(&format!("/bpm/tasks/{task}/close")).idempotency_key("c-1").json(&json!({"message": "坏"}));
    other.await.expect_problem(422, "idempotency.mismatch");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_a_close_and_a_rollback_at_once_one_wins(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::sa());
    for order in 1..=10 {
        let task = world.dispatch(order, &TestUser::sa()).await;
        let (closed, rolled) = tokio::join!(call(&api, &task, "close"), call(&api, &task, "rollback"));
        let mut statuses = [closed.status, rolled.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", closed.text(), rolled.text());
        let (state, bill) = if closed.status == 200 { ("closed", "closed") } else { ("rolledBack", "voided") };
        assert_eq!(world.settled(&task, state).await["state"], state);
        assert_eq!(world.bill_state(order).await, bill);
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_filtered_and_paged_and_shows_each_their_own(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (sa, province) = (TestUser::sa(), TestUser::province_sa());
    for order in 1..=3 {
        world.dispatch(order, &sa).await;
    }
    let closed = world.dispatch(4, &province).await;
    call(&world.as_user(&province), &closed, "close").await.expect(200);
    let all = world.as_user(&TestUser::operator());
    let total = |reply: Reply| reply.expect(200)["total"].as_i64().unwrap();
    assert_eq!(total(all.get("/bpm/tasks").await), 4);
    assert_eq!(total(all.get("/bpm/tasks").query("state", "closed").await), 1);
    assert_eq!(total(all.get("/bpm/tasks").query("orderId", "2").await), 1);
    assert_eq!(total(all.get("/bpm/tasks").query("assigneeId", sa.id().as_str()).await), 3);
    assert_eq!(total(world.as_user(&sa).get("/bpm/tasks").await), 3);
    assert_eq!(total(world.as_user(&sa).get("/bpm/tasks").query("assigneeId", province.id().as_str()).await), 0);
    let both = sa.clone().with_roles(&[Role::Sa, Role::Operator]);
    assert_eq!(total(world.as_user(&both).get("/bpm/tasks").await), 4);
    let page = all.get("/bpm/tasks").query("pageSize", "3").query("pageNum", "2").await.expect(200);
    assert_eq!(
        (page["data"].as_array().unwrap().len(), &page["pageNum"], &page["pageSize"]),
        (1, &json!(2), &json!(3))
    );
    assert_eq!(page["data"][0]["orderId"], 1);
    all.get("/bpm/tasks").query("state", "lost").await.expect_problem(400, "request.invalid");
    all.get("/bpm/tasks").query("pageSize", "101").await.expect_problem(400, "request.invalid");
    all.get("/bpm/tasks").query("colour", "blue").await.expect_problem(400, "request.invalid");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_order_service_s_refusal_is_handed_on_and_changes_nothing(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::sa());
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.settled(&task, "dispatched").await;
    let send = || api.post(&format!("/bpm/tasks/{task}/rollback")).idempotency_key("r-1").json(&json!({"reason": "x"}));
    world.orders.is(Mood::No("order.icp_incomplete"));
    let refused = send().await.expect_problem(409, "order.icp_incomplete");
    assert_eq!(refused["detail"], "工单系统的理由");
    world.orders.is(Mood::No("task.superseded"));
    send().await.expect_problem(409, "task.superseded");
    let task_now = world.settled(&task, "dispatched").await;
    assert_eq!(world.bill_state(1).await, "issued");
    assert_eq!(task_now["deliveries"][2]["outcome"], "refused");
    // A refusal frees the key: once the order service agrees, the same request goes through.
    world.orders.is(Mood::Yes);
    assert_eq!(send().await.expect(200)["state"], "rolledBack");
}
