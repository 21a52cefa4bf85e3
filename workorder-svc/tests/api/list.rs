//! The list of orders: the samples to the letter, who sees what, scopes, filters, pages, and the desk's view.

use std::collections::BTreeSet;

use diesel::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Reply, TestDatabase, TestUser, fixtures};
use workorder_svc::schema::work_order;

use crate::support::{ENTERPRISE_ONE, World, form};

const LIST: &str = "/workorder/getworkList";

async fn list(world: &World, user: &TestUser, query: &str) -> Reply {
    world.as_user(user).get(&format!("{LIST}?{query}")).await.expect(200)
}

/// The ids of the page, in its order.
async fn ids(world: &World, user: &TestUser, query: &str) -> Vec<i64> {
    let reply = list(world, user, query).await;
    reply["data"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

fn fields(item: &Value) -> BTreeSet<&String> {
    item.as_object().unwrap().keys().collect()
}

/// An order that BPM has returned to its creator.
async fn returned(world: &World, user: &TestUser, domain: &str) -> i64 {
    let id = world.dispatching(user, domain).await;
    world.event(id, "rollback", "e-1", json!({"reason": "源站不通"})).await.expect(200);
    id
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_returned_and_a_finished_order_have_the_fields_of_the_samples(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let id = returned(&world, &manager, "back.komect.com").await;
    let page = list(&world, &manager, "status=bpmReject").await;
    let mut expected = fixtures::list_of_a_returned_order();
    let item = &mut expected["data"][0];
    item["id"] = json!(id);
    item["corpName"] = json!("示例企业");
    item["details"] = json!("back.komect.com");
    item["approvingWorker"] = json!("政企分公司|政企经理甲|13800000001");
    item["mobile"] = json!("13800000001");
    item["user"] = json!("政企经理甲 | 13800000001 | ec.manager@example.com");
    item["time"] = page["data"][0]["time"].clone();
    assert_eq!(page.body, expected);
    assert_eq!(page["data"][0]["time"].as_str().unwrap().len(), "2023-12-04 23:40".len());

    let done = world.dispatching(&manager, "done.komect.com").await;
    world.event(done, "close", "e-1", json!({})).await.expect(200);
    let page = list(&world, &manager, "status=finished").await;
    let sample = fixtures::list_of_a_finished_order();
    assert_eq!(fields(&page["data"][0]), fields(&sample["data"][0]));
    assert_eq!((&page["data"][0]["createUser"], &page["data"][0]["approving"]), (&json!(true), &json!(false)));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_what_is_theirs_and_administrators_see_all(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (one, other) = (TestUser::ec_manager(), TestUser::province_manager());
    let dispatched = world.dispatching(&one, "a.komect.com").await;
    let theirs = world.approving(&other, "b.komect.com").await;
    assert_eq!(ids(&world, &one, "").await, [dispatched]);
    assert_eq!(ids(&world, &other, "").await, [theirs]);
    assert_eq!(ids(&world, &TestUser::ec_manager2(), "").await, Vec::<i64>::new());
    for admin in [TestUser::group_admin(), TestUser::operator(), TestUser::platform_admin()] {
        assert_eq!(ids(&world, &admin, "").await, [theirs, dispatched]);
    }
    assert_eq!(ids(&world, &TestUser::sa(), "").await, [dispatched], "the SA's own task");
    assert_eq!(ids(&world, &TestUser::province_sa(), "").await, Vec::<i64>::new());
    world.as_user(&TestUser::user()).get(LIST).await.expect_problem(403, "auth.forbidden");
    world.api().get(LIST).await.expect_problem(401, "auth.token_invalid");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_waits_for_exactly_one_person_and_is_processed_by_those_before(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, admin, sa) = (TestUser::ec_manager(), TestUser::group_admin(), TestUser::sa());
    let draft = json!({"state": "draft", "type": "domain_request"});
    let draft = world.save(&manager, &draft).await.expect(200)["id"].as_i64().unwrap();
    let id = world.approving(&manager, "a.komect.com").await;
    let nothing = Vec::<i64>::new();
    assert_eq!(ids(&world, &manager, "scope=mine").await, [id, draft]);
    assert_eq!(ids(&world, &manager, "scope=pending").await, nothing);
    assert_eq!(ids(&world, &admin, "scope=pending").await, [id]);
    assert_eq!(ids(&world, &admin, "scope=processed").await, nothing);
    world.approve(id).await.expect(200);
    assert_eq!(ids(&world, &admin, "scope=pending").await, nothing);
    assert_eq!(ids(&world, &admin, "scope=processed").await, [id]);
    world.task_is_known(id).await;
    world.event(id, "dispatched", "e-1", json!({"billNo": "HD1"})).await.expect(200);
    assert_eq!(ids(&world, &sa, "scope=pending").await, [id]);
    assert_eq!(ids(&world, &manager, "scope=processed").await, [id]);
    world.event(id, "rollback", "e-2", json!({"reason": "源站不通"})).await.expect(200);
    assert_eq!(ids(&world, &sa, "scope=pending").await, nothing);
    assert_eq!(ids(&world, &manager, "scope=pending").await, [id], "the creator is the current handler");
    assert_eq!(ids(&world, &manager, "scope=processed").await, nothing);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_the_list_and_all_together_they_narrow_it_further(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let first = world.approving(&manager, "alpha.komect.com").await;
    let second = world.approving(&manager, "beta-100.komect.com").await;
    let both = vec![second, first];
    let nothing = Vec::<i64>::new();
    let code = world.order(first).await.code;
    let cases = [
        ("keyword=alpha".to_owned(), vec![first]),
        ("keyword=ALPHA.KoMect".to_owned(), vec![first]),
        (format!("keyword={code}"), vec![first]),
        ("keyword=示例企业".to_owned(), both.clone()),
        ("keyword=政企经理甲".to_owned(), both.clone()),
        ("keyword=%25".to_owned(), nothing.clone()),
        ("keyword=_".to_owned(), nothing.clone()),
        ("keyword=%5C".to_owned(), nothing.clone()),
        ("type=domain_request".to_owned(), both.clone()),
        ("type=DOMAIN_MIGRATE".to_owned(), nothing.clone()),
        ("status=approving".to_owned(), both.clone()),
        ("status=finished,withdrawn".to_owned(), nothing.clone()),
        (format!("enterpriseId={ENTERPRISE_ONE}"), both.clone()),
        ("enterpriseId=other".to_owned(), nothing.clone()),
        ("startTime=2020-01-01&endTime=2020-12-31".to_owned(), nothing.clone()),
        ("startTime=2020-01-01%2008:00".to_owned(), both.clone()),
        ("endTime=2020-01-01T00:00:00%2B08:00".to_owned(), nothing.clone()),
        (format!("holderId={}", TestUser::group_admin().id()), both.clone()),
        (format!("holderId={}", manager.id()), nothing.clone()),
        ("overdue=true".to_owned(), nothing.clone()),
        (format!("keyword=beta&status=approving&enterpriseId={ENTERPRISE_ONE}"), vec![second]),
        ("keyword=beta&status=finished".to_owned(), nothing),
        ("status=&keyword=&scope=".to_owned(), both),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(&world, &manager, &query).await, expected, "{query}");
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn pages_and_sorts_neither_repeat_nor_lose_an_order(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let draft = json!({"state": "draft", "type": "domain_request"});
    let mut saved = Vec::new();
    for _ in 0..5 {
        saved.push(world.save(&manager, &draft).await.expect(200)["id"].as_i64().unwrap());
    }
    for sort in ["createdAt", "updatedAt", "since", "dueAt"] {
        let mut paged = Vec::new();
        for page in 1..=3 {
            paged.extend(ids(&world, &manager, &format!("pageSize=2&pageNum={page}&sort={sort}")).await);
        }
        assert_eq!(paged, saved, "{sort}");
        let descending = ids(&world, &manager, &format!("pageSize=100&sort=-{sort}")).await;
        assert_eq!(descending, saved.iter().rev().copied().collect::<Vec<_>>(), "-{sort}");
    }
    let beyond = list(&world, &manager, "pageNum=9&pageSize=2").await;
    let expected = json!({"data": [], "pageNum": 9, "pageSize": 2, "total": 5});
    assert_eq!(beyond.body, expected);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_filter_comes_as_a_body_too_and_what_is_wrong_is_named(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let id = world.approving(&manager, "a.komect.com").await;
    let api = world.as_user(&manager);
    let body = json!({"pageNum": 1, "pageSize": 5, "scope": "mine", "status": "approving", "keyword": null});
    let found = api.post(LIST).json(&body).await.expect(200);
    assert_eq!((&found["data"][0]["id"], &found["pageSize"], &found["total"]), (&json!(id), &json!(5), &json!(1)));
    let wrong = api.get(&format!("{LIST}?pageSize=101&status=lost&sort=colour")).await;
    let wrong = wrong.expect_problem(400, "request.invalid");
    let faults = ["/pageSize request.invalid", "/status request.invalid", "/sort request.invalid"];
    assert_eq!(BTreeSet::from_iter(wrong.faults()), BTreeSet::from(faults.map(str::to_owned)));
    api.get(&format!("{LIST}?colour=red")).await.expect_problem(400, "request.invalid");
    api.get(&format!("{LIST}?keyword=a%00")).await.expect_problem(400, "request.invalid");
    api.post(LIST).json(&json!({"colour": "red"})).await.expect_problem(400, "request.malformed");
    api.post(LIST).json(&json!({"pageNum": "one"})).await.expect_problem(400, "request.malformed");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_desk_sees_holders_limits_and_the_counts_of_every_scope(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, admin) = (TestUser::ec_manager(), TestUser::group_admin());
    let late = world.approving(&manager, "late.komect.com").await;
    world.approving(&manager, "fresh.komect.com").await;
    world
        .write(move |conn| {
            let long_ago = chrono::DateTime::UNIX_EPOCH.naive_utc();
            diesel::update(work_order::table.find(late)).set(work_order::due_at.eq(long_ago)).execute(conn)?;
            Ok(())
        })
        .await;
    let page = list(&world, &admin, "view=desk&overdue=true").await;
    assert_eq!((&page["total"], &page["data"][0]["id"]), (&json!(1), &json!(late)));
    let item = &page["data"][0];
    let holder = json!({"id": admin.id(), "name": "集团管理员", "role": "GROUP_MANAGER_ADMIN"});
    assert_eq!((&item["holder"], &item["overdue"]), (&holder, &json!(true)));
    assert_eq!((&item["statusName"], &item["enterpriseId"]), (&json!("审批中"), &json!(ENTERPRISE_ONE)));
    assert_eq!((&item["domainsTotal"], &item["dueAt"]), (&json!(1), &json!("1970-01-01T08:00:00+08:00")));
    let page = list(&world, &admin, "view=desk").await;
    assert_eq!(page["counts"], json!({"all": 2, "mine": 0, "pending": 2, "processed": 0}));
    let page = list(&world, &manager, "view=desk&scope=mine&keyword=late").await;
    assert_eq!(page["counts"], json!({"all": 1, "mine": 1, "pending": 0, "processed": 1}));
    assert!(page["data"][0]["since"].as_str().unwrap().ends_with("+08:00"));
    let plain = list(&world, &admin, "").await;
    assert!(plain.body.get("counts").is_none() && plain["data"][0].get("holder").is_none());
    let sorted = ids(&world, &admin, "sort=dueAt").await;
    assert_eq!(sorted[0], late);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_the_viewer_may_do_and_read_is_the_viewers_own(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let mut body = form("a.komect.com");
    body["description"] = json!("特殊配置");
    body["speedList"] = json!([{"domain": "a.komect.com"}, {"domain": "b.komect.com"}, {"domain": "c.komect.com"}]);
    let id = world.save(&manager, &body).await.expect(200)["id"].as_i64().unwrap();
    world.reaches(id, "approving").await;
    let mine = list(&world, &manager, "").await["data"][0].clone();
    let approvers = list(&world, &TestUser::group_admin(), "").await["data"][0].clone();
    let operators = list(&world, &TestUser::operator(), "").await["data"][0].clone();
    for item in [&mine, &approvers, &operators] {
        assert_eq!((&item["details"], &item["customConfig"]), (&json!("a.komect.com等3个"), &json!(true)));
        assert_eq!((&item["dealer"], &item["status"]), (&json!("集团客户经理管理员"), &json!("approving")));
    }
    let flags =
        |item: &Value| ["approving", "createUser", "distribute", "modifying"].map(|name| item[name] == json!(true));
    assert_eq!(flags(&mine), [false, true, false, false]);
    assert_eq!(flags(&approvers), [true, false, true, false]);
    assert_eq!(flags(&operators), [false, false, false, false]);
    assert_eq!(approvers["user"], json!("政企经理甲 | 13800000001 | ec.manager@example.com"));
    assert_eq!(operators["user"], json!("政企经理甲 | 138****0001 | ec.manager@example.com"));
    assert_eq!(operators["approvingWorker"], json!("政企分公司|集团管理员|138****0005"));
}
