//! What comes back of BPM: acceptance, stages, return, close; twice, late, early, and of another task.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{TestDatabase, TestUser, eventually};

use crate::support::{WEB_ONE, World, form};

fn stage(result: &str) -> Value {
    json!({"stage": "节点配置", "result": result, "message": "已下发"})
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_accepted_worked_on_and_closed(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    let accepted = world.event(id, "dispatched", "e-1", json!({"billNo": "HD1"})).await.expect(200);
    assert_eq!(accepted["status"], "bpmProcessing");
    world.event(id, "stage-feedback", "e-2", stage("success")).await.expect(200);
    world.event(id, "stage-feedback", "e-3", stage("failure")).await.expect(200);
    world.event(id, "close", "e-4", json!({"message": "完成"})).await.expect(200);
    assert_eq!(
        world.history(id).await[3..],
        [
            "approved approving->dispatching ++",
            "dispatched dispatching->bpmProcessing ++",
            "stageFeedback bpmProcessing->bpmProcessing ++",
            "stageFeedback bpmProcessing->bpmProcessing ++",
            "closed bpmProcessing->finished ++",
        ]
    );
    assert_eq!(world.live().await, [("a.example.cn".to_owned(), WEB_ONE.to_owned())]);
    assert!(world.reservations().await.is_empty());
    world.save(&TestUser::ec_manager(), &form("a.example.cn")).await.expect_problem(409, "domain.exists");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_creator_is_told_of_the_close_by_one_letter(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    for _ in 0..3 {
        world.event(id, "close", "e-1", json!({})).await.expect(200);
    }
    let mail = world.own.folder().join("mail");
    let files = eventually("the letter is written", || async {
        let files: Vec<_> = std::fs::read_dir(&mail).ok()?.map(|entry| entry.unwrap().path()).collect();
        Some(files).filter(|files| files.iter().any(|path| path.extension().is_some_and(|ext| ext == "eml")))
    })
    .await;
    assert_eq!(files.len(), 1);
    let letter = std::fs::read_to_string(&files[0]).unwrap();
    assert!(letter.contains("ec.manager@example.com") && letter.contains("Message-ID: <order-"), "{letter}");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_close_before_the_acceptance_records_the_acceptance_first(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    world.event(id, "close", "e-2", json!({})).await.expect(200);
    let history = world.history(id).await;
    assert_eq!(
        history[history.len() - 2..],
        ["dispatched dispatching->bpmProcessing ++", "closed bpmProcessing->finished ++"]
    );
    // The late acceptance changes nothing, and is no fault of the sender's.
    assert_eq!(world.event(id, "dispatched", "e-1", json!({"billNo": "HD1"})).await.expect(200)["status"], "finished");
    assert_eq!(world.history(id).await, history);
    world.event(id, "stage-feedback", "e-3", stage("success")).await.expect_problem(409, "order.state_conflict");
    world.event(id, "rollback", "e-4", json!({"reason": "晚了"})).await.expect_problem(409, "order.state_conflict");
    assert_eq!(world.history(id).await, history);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_twice_counts_once(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    let events: [(&str, Value); 3] = [
        ("dispatched", json!({"billNo": "HD1"})),
        ("stage-feedback", stage("success")),
        ("rollback", json!({"reason": "源站不通"})),
    ];
    for (kind, more) in events {
        let together = futures_util::future::join_all((0..5).map(|_| world.event(id, kind, kind, more.clone()))).await;
        for reply in together {
            reply.expect(200);
        }
    }
    let history = world.history(id).await;
    assert_eq!(history.len(), 4 + 3, "{history:?}");
    let order = world.order(id).await;
    assert_eq!((order.state.code(), order.approver.unwrap().id), ("bpmReject", TestUser::ec_manager().id().clone()));
    assert_eq!(world.reservations().await, ["a.example.cn"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_before_the_icp_check_is_complete_is_refused(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    world
        .write(move |conn| {
            workorder_svc::order::history::set_check_flags(conn, shared_model::ids::OrderId(id), (false, false))
        })
        .await;
    let before = world.history(id).await;
    let refused = world.event(id, "rollback", "e-1", json!({"reason": "退回"})).await;
    refused.expect_problem(409, "order.icp_incomplete");
    assert_eq!(world.history(id).await, before);
    assert_eq!(world.order(id).await.state.code(), "dispatching");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_returned_order_goes_out_again_and_the_first_task_is_superseded(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let id = world.dispatching(&manager, "a.example.cn").await;
    world.event(id, "rollback", "e-1", json!({"reason": "退回"})).await.expect(200);
    world.event(id, "close", "e-2", json!({})).await.expect_problem(409, "order.state_conflict");
    let mut again = form("a.example.cn");
    again["id"] = json!(id);
    world.as_user(&manager).post("/workorder/modify/detail").json(&again).await.expect(200);
    world.reaches(id, "approving").await;
    world.event(id, "close", "e-3", json!({})).await.expect_problem(409, "task.superseded");
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    assert_eq!(world.bpm.dispatches().len(), 2);
    world.event(id, "close", "e-4", json!({})).await.expect_problem(409, "task.superseded");
    world.event(id, "close", "e-4", json!({"attempt": null})).await.expect_problem(409, "task.superseded");
    world.event_of(id, 2, "stage-feedback", "e-1", stage("success")).await.expect(200);
    world.event_of(id, 2, "close", "e-2", json!({})).await.expect(200);
    assert_eq!(world.order(id).await.state.code(), "finished");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_task_is_learnt_from_an_event_when_the_answer_to_the_dispatch_was_lost(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    world.bpm.is(crate::bpm_side::Mood::YesButLost);
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    world.approve(id).await.expect(200);
    world.event(id, "dispatched", "e-1", json!({"billNo": "HD1"})).await.expect(200);
    let order = world.order(id).await;
    assert_eq!(order.task_id.unwrap().0, crate::bpm_side::task_id(id, 1));
    let mut other = json!({"taskId": "another-task"});
    other["message"] = json!("");
    world.event(id, "close", "e-2", other).await.expect_problem(409, "task.superseded");
    world.event(999_999, "close", "e-2", json!({})).await.expect_problem(404, "not_found");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_changes_hands_brings_the_new_person_into_the_order(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    let area = TestUser::global_area();
    let assignee = json!({"id": area.id(), "name": "大区经理", "mobile": "138", "role": "GLOBAL_AREA_MANAGER"});
    let comment = json!({"id": id, "content": "看到了"});
    world.as_user(&area).post("/workorder/comment").json(&comment).await.expect_problem(404, "not_found");
    let more = json!({"assignee": assignee, "comment": "休假"});
    world.event(id, "reassigned", "e-1", more).await.expect(200);
    assert_eq!(world.order(id).await.assignee.unwrap().id, *area.id());
    assert!(world.last_comment(id).await.unwrap().contains("休假"));
    world.as_user(&area).post("/workorder/comment").json(&comment).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn bpm_adapter_may_ask_what_is_known_of_dispatches(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    world.task_is_known(id).await;
    let ask = |from: &str, ids: Value| {
        let asked = json!({"from": from, "before": "2100-01-01T00:00:00Z", "orderIds": ids});
        world.as_bpm().post("/internal/dispatches/list").json(&asked)
    };
    let known = ask("2000-01-01T00:00:00Z", json!([])).await.expect(200)["orders"][0].clone();
    assert_eq!(
        (&known["orderId"], &known["status"], &known["attempt"]),
        (&json!(id), &json!("dispatching"), &json!(1))
    );
    assert_eq!((&known["dispatches"][0]["attempt"], &known["dispatches"][0]["heard"]), (&json!(1), &json!([])));
    world.event(id, "dispatched", "e-1", json!({"billNo": "HD1"})).await.expect(200);
    world.event(id, "close", "e-2", json!({})).await.expect(200);
    let later = "2099-01-01T00:00:00Z";
    assert_eq!(ask(later, json!([])).await.expect(200)["orders"], json!([]));
    let known = ask(later, json!([id, 999_999])).await.expect(200)["orders"].clone();
    assert_eq!(known.as_array().unwrap().len(), 1);
    assert_eq!((&known[0]["status"], &known[0]["notLive"]), (&json!("finished"), &json!([])));
    let dispatch = &known[0]["dispatches"][0];
    assert_eq!((&dispatch["billNo"], &dispatch["message"]), (&json!("HD1"), &json!("delivered")));
    assert_eq!(dispatch["heard"].as_array().unwrap().len(), 2);
    world
        .write(|conn| {
            use diesel::prelude::*;
            use workorder_svc::schema::self_service_domain_config::dsl;
            Ok(diesel::delete(dsl::self_service_domain_config).execute(conn).map(drop)?)
        })
        .await;
    assert_eq!(ask(later, json!([id])).await.expect(200)["orders"][0]["notLive"], json!(["a.example.cn"]));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_history_names_who_reported_with_their_role(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.dispatching(&TestUser::ec_manager(), "a.example.cn").await;
    let stage = json!({"stage": "配置", "result": "success", "message": ""});
    world.event(id, "stage-feedback", "e-1", stage.clone()).await.expect(200);
    // The engine names somebody without an id: whoever it is acts for the assignee.
    let mut unnamed = stage;
    unnamed["operator"] = json!({"name": "引擎值班员"});
    world.event(id, "stage-feedback", "e-2", unnamed).await.expect(200);
    let operator = json!({"operator": {"id": TestUser::operator().id(), "name": "运营"}});
    world.event(id, "close", "e-3", operator).await.expect(200);
    let detail = world.as_user(&TestUser::ec_manager()).get(&format!("/workorder/detail?id={id}")).await.expect(200);
    let history = detail["history"].as_array().unwrap();
    let actor = |event: &str, place: usize| {
        let mut rows = history.iter().filter(|row| row["event"] == event);
        rows.nth(place).map(|row| row["actor"].clone()).unwrap()
    };
    let stage_by = |place| actor("stageFeedback", place);
    assert_eq!(stage_by(0), json!({"id": TestUser::sa().id(), "name": "SA甲", "role": "SA"}), "{}", detail.text());
    assert_eq!(stage_by(1), json!({"name": "引擎值班员", "role": "SA"}));
    assert_eq!(actor("closed", 0), json!({"id": TestUser::operator().id(), "name": "运营", "role": "OPERATOR"}));
}
