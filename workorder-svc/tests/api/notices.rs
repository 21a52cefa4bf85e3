//! What people are told: the inbox, and its stream.

use chrono::Utc;
use rstest::rstest;
use serde_json::json;
use shared_model::ids::UserId;
use shared_model::server::outbox;
use shared_model::text::Language;
use test_kit::{Reply, TestDatabase, TestUser, eventually, issuer};
use workorder_svc::notice::{Facts, Notice, NoticeKind, repo};

use crate::bpm_side::Mood;
use crate::support::World;

async fn inbox(world: &World, user: &TestUser) -> Reply {
    world.as_user(user).get("/workorder/notices").await.expect(200)
}

/// `kind orderId` of a person's notices, the oldest first.
async fn told(world: &World, user: &TestUser) -> Vec<String> {
    let page = world.as_user(user).get("/workorder/notices?pageSize=100").await.expect(200);
    let data = page["data"].as_array().unwrap().clone();
    data.iter().rev().map(|notice| format!("{} {}", notice["kind"].as_str().unwrap(), notice["orderId"])).collect()
}

/// So many notices about nothing in particular.
async fn tell(world: &World, user: &TestUser, count: usize) -> Vec<i64> {
    let to = user.id().clone();
    world
        .write(move |conn| {
            let facts = Facts { code: "20261122-0001".to_owned(), ..Facts::default() };
            for _ in 0..count {
                let notice =
                    Notice { kind: NoticeKind::Urged, to: vec![to.clone()], order: None, facts: facts.clone() };
                repo::insert(conn, &notice, Utc::now())?;
            }
            repo::list_ids_after(conn, &to, 0)
        })
        .await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn everybody_hears_of_what_concerns_them_on_an_orders_way(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, admin, sa) = (TestUser::ec_manager(), TestUser::group_admin(), TestUser::sa());
    let id = world.approving(&manager, "a.example.cn").await;
    world.decide(&admin, id, "reject", Some("材料不全")).await.expect(200);
    let mut again = crate::support::form("a.example.cn");
    again["id"] = json!(id);
    world.as_user(&manager).post("/workorder/modify/detail").json(&again).await.expect(200);
    world.reaches(id, "approving").await;
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    world.event(id, "dispatched", "e-1", json!({"billNo": "HD1", "operator": null})).await.expect(200);
    world.event(id, "close", "e-2", json!({})).await.expect(200);
    let about = |kind: &str| format!("{kind} {id}");
    assert_eq!(told(&world, &manager).await, [about("orderRejected"), about("orderApproved"), about("orderFinished")]);
    assert_eq!(told(&world, &admin).await, [about("waitingForYou"), about("waitingForYou")]);
    assert_eq!(told(&world, &sa).await, [about("waitingForYou")]);
    assert!(told(&world, &TestUser::ec_manager2()).await.is_empty());
    let page = inbox(&world, &manager).await;
    assert_eq!((&page["total"], &page["unread"]), (&json!(3), &json!(3)));
    let code = world.order(id).await.code;
    let rejected = &page["data"][2];
    assert_eq!(rejected["title"], format!("工单 {code} 被驳回，请修改后重新提交"));
    assert!(rejected["text"].as_str().unwrap().ends_with("集团管理员：材料不全"), "{rejected}");
    assert_eq!((&rejected["orderCode"], &rejected["read"]), (&json!(code), &json!(false)));
    let english = world.as_user(&manager).get("/workorder/notices").in_english().await.expect(200);
    assert_eq!(english["data"][2]["title"], format!("Work order {code} was rejected"));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn notices_are_marked_as_read_and_only_ones_own(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, other) = (TestUser::ec_manager(), TestUser::ec_manager2());
    let ids = tell(&world, &manager, 4).await;
    let theirs = tell(&world, &other, 1).await;
    let mark = |user: &TestUser, body: serde_json::Value| {
        let api = world.as_user(user);
        async move { api.post("/workorder/notices/read").json(&body).await }
    };
    let some = mark(&manager, json!({"ids": [ids[0], theirs[0], 999_999]})).await.expect(200);
    assert_eq!(some.body, json!({"marked": 1, "unread": 3}));
    assert_eq!(inbox(&world, &other).await["unread"], 1);
    assert_eq!(mark(&manager, json!({"ids": [ids[0]]})).await.expect(200).body, json!({"marked": 0, "unread": 3}));
    let upto = mark(&manager, json!({"all": true, "upTo": ids[2]})).await.expect(200);
    assert_eq!(upto.body, json!({"marked": 2, "unread": 1}));
    let unread = world.as_user(&manager).get("/workorder/notices?unread=true").await.expect(200);
    assert_eq!((&unread["total"], &unread["data"][0]["id"]), (&json!(1), &json!(ids[3])));
    let read = world.as_user(&manager).get("/workorder/notices?unread=false&kind=urged").await.expect(200);
    assert_eq!((&read["total"], &read["unread"]), (&json!(3), &json!(1)));
    assert!(read["data"][0]["readAt"].is_string());
    assert_eq!(mark(&manager, json!({"all": true})).await.expect(200).body, json!({"marked": 1, "unread": 0}));
    let none = world.as_user(&manager).get("/workorder/notices/unread").await.expect(200);
    assert_eq!(none.body, json!({"unread": 0}));
    for body in
        [json!({}), json!({"ids": [1], "all": true}), json!({"ids": [1], "upTo": 2}), json!({"ids": vec![1; 501]})]
    {
        mark(&manager, body).await.expect_problem(400, "request.invalid");
    }
    world.as_user(&manager).get("/workorder/notices?kind=gossip").await.expect_problem(400, "request.invalid");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_that_is_given_up_is_told_to_the_platform_administrator(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.outbox.budget = 2).await;
    world.bpm.is(Mood::Down);
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    world.approve(id).await.expect(200);
    let admin = TestUser::platform_admin();
    let page = eventually("the administrator is told", || async {
        Some(inbox(&world, &admin).await).filter(|page| page["total"] != 0)
    })
    .await;
    assert_eq!((&page["data"][0]["kind"], &page["data"][0]["orderId"]), (&json!("deadLetter"), &json!(id)));
    assert_eq!(world.read(|conn| Ok(outbox::list_dead(conn, 0, 10)?.1)).await, 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_brings_what_comes_and_goes_on_after_what_was_seen(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.notices.poll_seconds = 0.1).await;
    let admin = TestUser::group_admin();
    let old = tell(&world, &admin, 2).await;
    let mut stream = world.as_user(&admin).get("/workorder/notices/stream").open().await;
    assert_eq!(stream.header("content-type"), Some("text/event-stream"));
    let first = stream.next().await.unwrap();
    assert_eq!((first.name.as_str(), first.id, first.data), ("unread", None, json!({"unread": 2})));
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let event = stream.next_named("notice").await;
    let notice = &event.data["notice"];
    assert_eq!((&notice["kind"], &notice["orderId"]), (&json!("waitingForYou"), &json!(id)));
    assert_eq!((&event.data["unread"], event.id.unwrap()), (&json!(3), notice["id"].to_string()));
    // Written by another replica, of which this one hears nothing.
    let all = tell(&world, &admin, 1).await;
    assert_eq!(stream.next_named("notice").await.data["notice"]["id"], json!(all[3]));
    world.as_user(&admin).post("/workorder/notices/read").json(&json!({"all": true})).await.expect(200);
    assert_eq!(stream.next_named("unread").await.data, json!({"unread": 0}));
    let after = world.as_user(&admin).get("/workorder/notices/stream").header("last-event-id", &old[0].to_string());
    let mut again = after.open().await;
    for missed in &all[1..] {
        assert_eq!(again.next_named("notice").await.id.unwrap(), missed.to_string());
    }
    let mut other = world.as_user(&TestUser::ec_manager2()).get("/workorder/notices/stream?lastEventId=0").open().await;
    assert_eq!(other.next().await.unwrap().data, json!({"unread": 0}));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_token_with_its_account_and_with_the_service(#[case] database: TestDatabase) {
    let mut world = World::with(database, None, |settings| settings.notices.heartbeat_seconds = 0.1).await;
    let manager = TestUser::ec_manager();
    let mut claims = issuer().claims(&manager.account);
    claims.exp = Utc::now().timestamp() + 2;
    let short = world.api().with_bearer(&issuer().sign(&claims));
    let mut stream = short.get("/workorder/notices/stream").open().await;
    assert_eq!(stream.next().await.unwrap().name, "unread");
    assert_eq!(stream.next().await.unwrap().comment.as_deref(), Some("still here"));
    assert_eq!(stream.next_named("end").await.data, json!({"reason": "expired"}));
    assert!(stream.next().await.is_none());
    let mut leaver = world.as_user(&manager).get("/workorder/notices/stream").open().await;
    let mut stayer = world.as_user(&TestUser::operator()).get("/workorder/notices/stream").open().await;
    let mut people = TestUser::everybody();
    people.retain(|one| one.id() != manager.id());
    people.push(manager.disabled());
    world.push_directory(&people).await;
    assert_eq!(leaver.next_named("end").await.data, json!({"reason": "disabled"}));
    let stopping = std::time::Instant::now();
    world.stop().await;
    assert_eq!(stayer.next_named("end").await.data, json!({"reason": "stopping"}));
    assert!(stopping.elapsed().as_secs() < 4, "a stream keeps nobody from stopping");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_a_bounded_number_of_streams(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.notices.streams_per_person = 2).await;
    let manager = TestUser::ec_manager();
    let open = || world.as_user(&manager).get("/workorder/notices/stream");
    let (first, _second) = (open().open().await, open().open().await);
    let refused = open().await.expect_problem(429, "rate_limited");
    assert!(refused.header("retry-after").is_some());
    drop(first);
    eventually("the place is free again", || async { open().try_open().await }).await;
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn old_notices_are_forgotten(#[case] database: TestDatabase) {
    let mut world = World::with(database, None, |settings| settings.notices.keep_days = 0).await;
    let manager = TestUser::ec_manager();
    tell(&world, &manager, 3).await;
    world.stop().await;
    // The first round of a start sweeps.
    world.start().await;
    eventually("the inbox is empty", || async { (inbox(&world, &manager).await["total"] == 0).then_some(()) }).await;
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_chooses_the_language_they_are_written_to_in(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::ec_manager());
    let path = "/workorder/notices/preference";
    assert_eq!(api.get(path).await.expect(200).body, json!({"language": "zh-CN"}));
    for language in ["en", "zh-CN", "en"] {
        assert_eq!(api.put(path).json(&json!({"language": language})).await.expect(200)["language"], language);
    }
    assert_eq!(api.get(path).await.expect(200).body, json!({"language": "en"}));
    api.put(path).json(&json!({"language": "fr"})).await.expect_problem(400, "request.invalid");
    let user = UserId::from(TestUser::ec_manager().id().as_str());
    assert_eq!(world.read(move |conn| repo::language_of(conn, &user)).await, Language::English);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_a_stream_alone_opens_none(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.notices.streams_per_person = 1).await;
    let api = world.as_user(&TestUser::ec_manager());
    for _ in 0..2 {
        let head = api.request("HEAD", "/workorder/notices/stream").await.expect(200);
        assert_eq!(head.header("content-type"), Some("text/event-stream"));
    }
}
