//! Urging, and the reminders that come by themselves.

use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;
use shared_model::server::database::StoreError;
use test_kit::{Reply, TestDatabase, TestUser, eventually};
use workorder_svc::reminder::repo as reminders;
use workorder_svc::schema::order_reminder;

use crate::chain::{admins, all, world as chain_world};
use crate::support::World;

async fn urge(world: &World, user: &TestUser, id: i64) -> Reply {
    world.as_user(user).post("/workorder/urge").json(&json!({"id": id})).await
}

/// How many notices of this kind a person has about the order.
async fn told(world: &World, user: &TestUser, kind: &str, id: i64) -> usize {
    let page = world.as_user(user).get("/workorder/notices?pageSize=100").await.expect(200);
    let about = |notice: &&serde_json::Value| notice["kind"] == kind && notice["orderId"] == id;
    page["data"].as_array().unwrap().iter().filter(about).count()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_order_in_hand_is_urged_once_in_half_an_hour(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, admin) = (TestUser::ec_manager(), TestUser::group_admin());
    let id = world.approving(&manager, "a.example.cn").await;
    urge(&world, &TestUser::ec_manager2(), id).await.expect_problem(404, "not_found");
    urge(&world, &admin, id).await.expect_problem(403, "auth.forbidden");
    let history = world.history(id).await;
    let urged = urge(&world, &manager, id).await.expect(200);
    assert_eq!((&urged["status"], &urged["urged"][0]["id"]), (&json!("approving"), &json!(admin.id())));
    assert_eq!(told(&world, &admin, "urged", id).await, 1);
    let refused = urge(&world, &manager, id).await.expect_problem(429, "order.urge_too_soon");
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1_700..=1_800).contains(&wait), "{wait}");
    urge(&world, &TestUser::platform_admin(), id).await.expect_problem(429, "order.urge_too_soon");
    assert_eq!((told(&world, &admin, "urged", id).await, world.history(id).await), (1, history));
    world.decide(&admin, id, "reject", Some("补材料")).await.expect(200);
    urge(&world, &manager, id).await.expect_problem(409, "order.state_conflict");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_urge_at_once_one_does(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let id = world.dispatching(&manager, "a.example.cn").await;
    let replies = join_all((0..8).map(|_| urge(&world, &manager, id))).await;
    let mut statuses: Vec<_> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 429, 429, 429, 429, 429, 429, 429]);
    assert_eq!(told(&world, &TestUser::sa(), "urged", id).await, 1, "the BPM person is");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn all_who_have_to_decide_are_urged_and_whoever_stands_in_for_them(#[case] database: TestDatabase) {
    let world = chain_world(database, |settings| {
        all(settings);
        settings.urging.interval_minutes = 0;
    })
    .await;
    let [first, second, third] = admins();
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let now = Utc::now();
    let away = json!({"toUserId": second.id(), "from": now - TimeDelta::hours(1), "to": now + TimeDelta::hours(1)});
    world.as_user(&first).put("/workorder/substitute").json(&away).await.expect(200);
    world.decide(&second, id, "approve", None).await.expect(200);
    for _ in 0..2 {
        let urged = urge(&world, &TestUser::ec_manager(), id).await.expect(200);
        assert_eq!(urged["urged"].as_array().unwrap().len(), 2);
    }
    for person in [&first, &second, &third] {
        assert_eq!(told(&world, person, "urged", id).await, 2, "{}", person.account.name);
    }
}

/// Moves what is left of the order's time.
async fn set_times(world: &World, id: i64, due: TimeDelta, remind: TimeDelta) {
    world
        .write(move |conn| {
            let at = |delta: TimeDelta| (Utc::now() + delta).naive_utc();
            let times = (order_reminder::due_at.eq(at(due)), order_reminder::remind_at.eq(at(remind)));
            diesel::update(order_reminder::table.find(id)).set(times).execute(conn)?;
            Ok(())
        })
        .await;
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_holder_is_reminded_once_when_time_is_short_and_once_when_it_is_up(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (manager, admin) = (TestUser::ec_manager(), TestUser::group_admin());
    let id = world.approving(&manager, "a.example.cn").await;
    let order = world.order(id).await;
    let planned = async || {
        world
            .read(move |conn| {
                let row = order_reminder::table.find(id).first(conn).optional()?;
                Ok::<Option<(i64, chrono::NaiveDateTime, Option<chrono::NaiveDateTime>)>, StoreError>(row)
            })
            .await
    };
    let (_, due_at, remind_at) = planned().await.unwrap();
    let after = |at: chrono::NaiveDateTime| (at.and_utc() - order.since).num_minutes();
    assert_eq!((after(due_at), remind_at.map(after)), (24 * 60, Some(24 * 48)), "24 hours, and four fifths of them");
    assert_eq!(told(&world, &admin, "dueSoon", id).await, 0);
    set_times(&world, id, TimeDelta::hours(4), TimeDelta::minutes(-1)).await;
    eventually("it is said that time is short", || async {
        (told(&world, &admin, "dueSoon", id).await == 1).then_some(())
    })
    .await;
    set_times(&world, id, TimeDelta::minutes(-2), TimeDelta::minutes(-1)).await;
    eventually("it is said that time is up", || async {
        (told(&world, &admin, "overdue", id).await == 1).then_some(())
    })
    .await;
    assert_eq!(planned().await.unwrap().2, None, "nothing more is to be said");
    assert_eq!((told(&world, &admin, "dueSoon", id).await, told(&world, &manager, "overdue", id).await), (1, 0));
    world.decide(&admin, id, "reject", Some("补材料")).await.expect(200);
    assert_eq!(planned().await, None, "time on the creator does not count");
    let mut again = crate::support::form("a.example.cn");
    again["id"] = json!(id);
    world.as_user(&manager).post("/workorder/modify/detail").json(&again).await.expect(200);
    world.reaches(id, "approving").await;
    assert!(planned().await.unwrap().2.is_some(), "the next holder has time of their own");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_two_replicas_one_says_a_reminder(#[case] database: TestDatabase) {
    let mut world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    world.stop().await;
    set_times(&world, id, TimeDelta::minutes(-2), TimeDelta::minutes(-1)).await;
    let taken = world
        .write(|conn| {
            let due = reminders::list_due(conn, Utc::now(), 10)?;
            let both = (reminders::take(conn, due[0], None)?, reminders::take(conn, due[0], None)?);
            Ok((due.len(), both, reminders::list_due(conn, Utc::now(), 10)?.len()))
        })
        .await;
    assert_eq!(taken, (1, (true, false), 0));
}
