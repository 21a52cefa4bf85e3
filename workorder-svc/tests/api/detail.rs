//! One order as a whole, and why it stands where it stands.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Reply, TestDatabase, TestUser};

use crate::bpm_side::task_id;
use crate::support::{ENTERPRISE_ONE, WEB_ONE, World};

async fn detail(world: &World, user: &TestUser, id: i64) -> Reply {
    world.as_user(user).get(&format!("/workorder/detail?id={id}&type=domain_request")).await
}

async fn explain(world: &World, user: &TestUser, id: i64) -> Reply {
    world.as_user(user).get(&format!("/workorder/explain?id={id}")).await
}

fn action<'a>(explanation: &'a Reply, name: &str) -> &'a Value {
    explanation["actions"].as_array().unwrap().iter().find(|action| action["action"] == name).unwrap()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_detail_of_an_order_at_bpm_is_whole(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let file = world.upload(&manager, "/workorder/custom/upload", "说明.txt", b"text").await;
    let mut form = crate::support::form("a.komect.com");
    form["md5List"] = json!([file]);
    let id = world.save(&manager, &form).await.expect(200)["id"].as_i64().unwrap();
    world.reaches(id, "approving").await;
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    let feedback = json!({"stage": "配置下发", "result": "success", "message": "已下发"});
    world.event(id, "stage-feedback", "e-1", feedback).await.expect(200);
    let shown = detail(&world, &manager, id).await.expect(200);
    let version = shown["version"].as_i64().unwrap();
    assert_eq!(shown.header("etag"), Some(format!("\"{version}\"").as_str()));
    assert_eq!((&shown["enumType"], &shown["type"]), (&json!("domain_request"), &json!("域名配置需求")));
    assert_eq!((&shown["requirement"], &shown["status"]), (&json!("add"), &json!("bpmProcessing")));
    assert_eq!(shown["enterprise"], json!({"id": ENTERPRISE_ONE, "name": "示例企业"}));
    assert_eq!(shown["product"], json!({"id": WEB_ONE, "name": "网页加速"}));
    assert_eq!(
        shown["createdBy"],
        json!({
            "id": manager.id(), "name": "政企经理甲", "role": "EC_MANAGER", "company": "政企分公司", "mobile": "13800000001"
        })
    );
    let domain = json!({"domain": "a.komect.com", "legality": "lawful", "recordNumber": "京ICP备0500_komect.com_12号"});
    let mut shown_domain = shown["domains"][0].clone();
    let evidence = shown_domain.as_object_mut().unwrap().remove("evidence").unwrap();
    assert_eq!((&evidence["source"], evidence["fetchedAt"].is_string()), (&json!("icp_filing"), true));
    assert_eq!((shown_domain, &shown["prohibited"]), (domain, &json!(false)));
    let origin = json!({"value": "[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:80", "type": "ip", "mainFlag": true});
    assert_eq!(shown["origins"], json!([origin]));
    assert_eq!((&shown["provinces"], &shown["icp"]), (&json!([33]), &json!({"completed": true, "success": true})));
    assert_eq!(
        shown["attachments"],
        json!([{
            "fileId": file, "name": "说明.txt", "size": 4, "contentType": "text/plain", "kind": "attachment"
        }])
    );
    assert_eq!((&shown["form"]["id"], &shown["form"]["md5List"]), (&json!(id), &json!([file])));
    let task = &shown["bpmTasks"][0];
    assert_eq!((&task["id"], &task["state"]), (&json!(task_id(id, 1)), &json!("processing")));
    assert_eq!((&task["assignee"]["name"], &task["stages"][0]["stage"]), (&json!("SA甲"), &json!("配置下发")));
    assert_eq!(shown["allowedActions"], json!(["urge", "comment"]));
    assert!(shown.body.get("approver").is_none(), "nobody approves any more");
    let events: Vec<_> = shown["history"].as_array().unwrap().iter().map(|entry| entry["event"].clone()).collect();
    assert_eq!(events[..4], ["submitted", "pending", "icpPassed", "approved"]);
    assert_eq!(shown["history"][3]["actor"]["name"], "集团管理员");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn someone_elses_order_is_as_absent_as_one_that_never_was(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.komect.com").await;
    for stranger in [TestUser::ec_manager2(), TestUser::province_manager(), TestUser::sa(), TestUser::global_area()] {
        for order in [id, id + 1_000, 0, -1] {
            detail(&world, &stranger, order).await.expect_problem(404, "not_found");
            explain(&world, &stranger, order).await.expect_problem(404, "not_found");
        }
    }
    let api = world.as_user(&TestUser::ec_manager());
    let other_kind = api.get(&format!("/workorder/detail?id={id}&type=live_request")).await;
    other_kind.expect_problem(404, "not_found");
    api.get(&format!("/workorder/detail?id={id}")).await.expect(200);
    api.get("/workorder/detail").await.expect_problem(400, "request.invalid");
    api.get("/workorder/detail?id=seven").await.expect_problem(400, "request.invalid");
    detail(&world, &TestUser::user(), id).await.expect_problem(403, "auth.forbidden");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_masked_for_whoever_takes_no_part(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.komect.com").await;
    let mobiles = |reply: &Reply| (reply["createdBy"]["mobile"].clone(), reply["approver"]["mobile"].clone());
    let open = (json!("13800000001"), json!("13800000005"));
    for part in [TestUser::ec_manager(), TestUser::group_admin(), TestUser::platform_admin()] {
        assert_eq!(mobiles(&detail(&world, &part, id).await.expect(200)), open, "{:?}", part.role());
    }
    let masked = (json!("138****0001"), json!("138****0005"));
    assert_eq!(mobiles(&detail(&world, &TestUser::operator(), id).await.expect(200)), masked);
    let other_admin = TestUser::group_admin().numbered(50);
    assert_eq!(mobiles(&detail(&world, &other_admin, id).await.expect(200)), masked);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_explained_is_what_the_calls_answer(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, admin) = (TestUser::ec_manager(), TestUser::group_admin());
    let id = world.approving(&manager, "a.komect.com").await;
    let explanation = explain(&world, &admin, id).await.expect(200);
    assert_eq!(explanation["standing"], "等待集团客户经理管理员审批（第 1 步，共 1 步）");
    assert_eq!(explanation["holder"]["name"], "集团管理员");
    assert!(explanation["whyHolder"].as_str().unwrap().contains("同省优先"));
    assert_eq!(action(&explanation, "approve")["allowed"], json!(true));
    let second = TestUser::group_admin().numbered(51);
    let explanation = explain(&world, &second, id).await.expect(200);
    let approve = action(&explanation, "approve");
    assert_eq!((&approve["allowed"], &approve["code"]), (&json!(false), &json!("order.not_approver")));
    assert!(approve["rule"].as_str().unwrap().contains("当前审批人是集团管理员"));
    world.decide(&second, id, "approve", None).await.expect_problem(403, "order.not_approver");

    world.decide(&admin, id, "reject", Some("源站不对")).await.expect(200);
    let explanation = explain(&world, &manager, id).await.expect(200);
    assert_eq!(explanation["standing"], "审批驳回（集团管理员）：源站不对");
    assert_eq!(
        (&action(&explanation, "modify")["allowed"], &explanation["holder"]["name"]),
        (&json!(true), &json!("政企经理甲"))
    );
    let explanation = explain(&world, &admin, id).await.expect(200);
    let code = action(&explanation, "approve")["code"].as_str().unwrap().to_owned();
    world.decide(&admin, id, "approve", None).await.expect_problem(409, &code);
    let english = world.as_user(&manager).get(&format!("/workorder/explain?id={id}")).in_english().await.expect(200);
    assert_eq!(english["statusName"], "Rejected");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_actions_of_the_detail_are_those_the_explanation_allows(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.komect.com").await;
    for viewer in [TestUser::ec_manager(), TestUser::group_admin(), TestUser::operator(), TestUser::platform_admin()] {
        let allowed = detail(&world, &viewer, id).await.expect(200)["allowedActions"].clone();
        let explanation = explain(&world, &viewer, id).await.expect(200);
        let actions = explanation["actions"].as_array().unwrap().iter().filter(|action| action["allowed"] == true);
        let explained: Vec<_> = actions.map(|action| action["action"].clone()).collect();
        assert_eq!(allowed, json!(explained), "{:?}", viewer.role());
    }
}
