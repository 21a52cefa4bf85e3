//! Tasks and the people they lie with.

use rstest::rstest;
use serde_json::json;
use shared_model::role::Role;
use test_kit::{Reply, TestDatabase, TestUser};

use crate::desk::call;
use crate::order_service::Mood;
use crate::support::World;

async fn reassign(world: &World, task: &str, to: &TestUser) -> Reply {
    let body = json!({"toUserId": to.id(), "comment": "休假"});
    world.as_user(&TestUser::operator()).post(&format!("/bpm/tasks/{task}/reassign")).json(&body).await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_given_to_another_who_then_works_on_it(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    world.push_directory(&TestUser::everybody()).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    let given = reassign(&world, &task, &TestUser::global_area()).await.expect(200);
    assert_eq!(
        (&given["assignee"]["name"], &given["assignee"]["role"]),
        (&json!("大区经理"), &json!("GLOBAL_AREA_MANAGER"))
    );
    call(&world.as_user(&TestUser::sa()), &task, "close").await.expect_problem(404, "not_found");
    call(&world.as_user(&TestUser::global_area()), &task, "close").await.expect(200);
    let told = &world.orders.effects_at("/internal/orders/1/reassigned")[0];
    assert_eq!((&told["comment"], &told["assignee"]["id"]), (&json!("休假"), &json!("100008")));
    assert_eq!((&told["operator"]["name"], &told["assignee"]["mobile"]), (&json!("运营甲"), &json!("13800000008")));
    assert_eq!(world.orders.effects(), ["dispatched", "reassigned", "close"]);
    reassign(&world, &task, &TestUser::sa()).await.expect_problem(409, "task.state_conflict");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_not_given_to_whoever_cannot_do_it(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let gone = TestUser::sa().numbered(60).disabled();
    let mut people = TestUser::everybody();
    people.push(gone.clone());
    world.push_directory(&people).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    let stranger = TestUser::sa().numbered(99);
    for to in [&gone, &stranger, &TestUser::ec_manager(), &TestUser::operator(), &TestUser::sa()] {
        reassign(&world, &task, to).await.expect_problem(422, "transfer.target_invalid");
    }
    reassign(&world, "none", &TestUser::global_area()).await.expect_problem(404, "not_found");
    assert_eq!(world.orders.effects_at("/reassigned").len(), 0);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_tasks_of_a_disabled_person_go_to_the_least_loaded_of_the_same_role(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (busy, free) = (TestUser::sa().numbered(20).named("SA忙"), TestUser::sa().numbered(30).named("SA闲"));
    let everybody = |sa: TestUser| {
        let mut people: Vec<_> = TestUser::everybody().into_iter().filter(|one| one.role() != Role::Sa).collect();
        people.extend([sa, busy.clone(), free.clone()]);
        people
    };
    world.push_directory(&everybody(TestUser::sa())).await;
    let stranded = world.dispatch(1, &TestUser::sa()).await;
    world.dispatch(2, &busy).await;
    let done = world.dispatch(3, &TestUser::sa()).await;
    call(&world.as_user(&TestUser::sa()), &done, "close").await.expect(200);
    world.push_directory(&everybody(TestUser::sa().disabled())).await;
    let moved = world.settled(&stranded, "dispatched").await;
    assert_eq!(moved["assignee"]["name"], "SA闲");
    assert_eq!(world.task(&done).await["assignee"]["name"], "SA甲");
    world.as_user(&TestUser::sa()).get("/bpm/tasks").await.expect_problem(401, "auth.token_invalid");
    call(&world.as_user(&free), &stranded, "close").await.expect(200);
    assert_eq!(world.orders.effects_at("/internal/orders/1/reassigned")[0]["assignee"]["name"], "SA闲");
    assert_eq!(world.orders.effects_at("/internal/orders/3/reassigned").len(), 0);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_province_s_tasks_leave_it_only_upward(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let elsewhere = TestUser::province_sa().numbered(40).in_province(Some(44));
    let (gone, area) = (TestUser::province_sa(), TestUser::global_area());
    let admin = TestUser::platform_admin();
    world.push_directory(&[gone.clone(), elsewhere.clone(), area.clone(), admin.clone()]).await;
    let task = world.dispatch(1, &gone).await;
    // An account the directory does not name is no longer there.
    world.push_directory(&[elsewhere.clone(), area.clone(), admin.clone()]).await;
    assert_eq!(world.settled(&task, "dispatched").await["assignee"]["role"], "GLOBAL_AREA_MANAGER");
    world.push_directory(&[elsewhere.clone(), area.disabled(), admin.clone()]).await;
    assert_eq!(world.settled(&task, "dispatched").await["assignee"]["role"], "PLATFORM_ADMIN");
    call(&world.as_user(&admin), &task, "close").await.expect(200);
    assert_eq!(world.orders.effects_at("/reassigned").len(), 2);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_older_directory_and_one_nobody_fits_change_nothing(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let task = world.dispatch(1, &TestUser::sa()).await;
    world.orders.is(Mood::Yes);
    world.push_directory(&[TestUser::operator()]).await;
    assert_eq!(world.settled(&task, "dispatched").await["assignee"]["name"], "SA甲");
    let old = json!({"accounts": [TestUser::global_area().account], "takenAt": "2020-01-01T00:00:00Z"});
    world.as_gateway().put("/internal/accounts").json(&old).await.expect(204);
    assert_eq!(world.task(&task).await["assignee"]["name"], "SA甲");
    world.push_directory(&[TestUser::operator(), TestUser::global_area()]).await;
    assert_eq!(world.settled(&task, "dispatched").await["assignee"]["name"], "大区经理");
}
