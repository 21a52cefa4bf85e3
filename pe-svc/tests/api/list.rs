//! Lists: pages, filters, sorting, search.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::TestDatabase::{self, Postgres, Sqlite};
use test_kit::TestUser;

use crate::support::{CERTIFICATIONS, ENTITIES, World};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn entities_are_found_by_what_people_know_of_them(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    for (name, number) in [("云杉出版集团", "YS-1"), ("青禾种业", "QH_2"), ("100%纯棉", "CM-3")] {
        let mut body = world.entity_body().await;
        body["name"] = json!(name);
        body["registrationNumber"] = json!(number);
        world.owner().put(ENTITIES).json(&body).await.expect(201);
        world.days_pass(1);
    }
    let names = |query: &'static [(&'static str, &'static str)]| {
        let request =
            query.iter().fold(world.operator().get(ENTITIES), |request, (name, value)| request.query(name, value));
        async {
            let list = request.await.expect(200);
            let names = list["data"].as_array().unwrap().iter();
            names.map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        }
    };
    assert_eq!(names(&[]).await, ["100%纯棉", "青禾种业", "云杉出版集团"], "newest first");
    assert_eq!(names(&[("keyword", "出版")]).await, ["云杉出版集团"]);
    assert_eq!(names(&[("keyword", "ｙｓ-")]).await, ["云杉出版集团"], "whatever width and case");
    assert_eq!(names(&[("keyword", "%")]).await, ["100%纯棉"], "literally");
    assert_eq!(names(&[("keyword", "_")]).await, ["青禾种业"], "literally");
    assert_eq!(names(&[("sort", "createdAt")]).await, ["云杉出版集团", "青禾种业", "100%纯棉"]);
    assert_eq!(names(&[("pageSize", "1"), ("pageNum", "2")]).await, ["青禾种业"]);
    assert_eq!(names(&[("auditStatus", "approved")]).await, Vec::<String>::new());
    let mine = world.operator().get(ENTITIES).query("ownerId", TestUser::pe_admin().id().as_str()).await.expect(200);
    assert_eq!(mine["total"], 3);
    let page = world.operator().get(ENTITIES).query("pageSize", "2").await.expect(200);
    let shape = |name: &str| page[name].clone();
    assert_eq!([shape("pageNum"), shape("pageSize"), shape("total")], [json!(1), json!(2), json!(3)]);
    assert_eq!(world.operator().get(ENTITIES).query("pageSize", "101").await.status, 400);
    assert_eq!(world.operator().get(ENTITIES).query("colour", "red").await.status, 400);
    assert_eq!(world.operator().get(ENTITIES).query("peId", "1").await.status, 400);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn certifications_are_narrowed_by_entity_type_status_and_times(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let (first, second) = (world.approved_entity().await, world.approved_entity().await);
    let passed = world.passed(first, "gold").await;
    world.days_pass(10);
    let draft = world.draft(second, "silver").await;
    let gold = world.id_of("authentication-types", "gold").await.to_string();
    let day = world.clock.now().format("%Y-%m-%d").to_string();
    let ids = |name: &str, value: &str| {
        let request = world.operator().get(CERTIFICATIONS).query(name, value);
        async {
            let list = request.await.expect(200);
            list["data"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<Value>>()
        }
    };
    assert_eq!(ids("status", "passed").await, [passed]);
    assert_eq!(ids("status", "draft").await, [draft]);
    assert_eq!(ids("peId", &second.to_string()).await, [draft]);
    assert_eq!(ids("typeId", &gold).await, [passed]);
    assert_eq!(ids("appliedTo", &day).await, [passed]);
    assert_eq!(ids("validUntilFrom", &day).await, [passed]);
    assert_eq!(ids("expired", "false").await, [draft, passed]);
    assert_eq!(ids("sort", "createdAt").await, [passed, draft]);
    assert_eq!(ids("keyword", "示例机构").await, [draft, passed]);
    assert_eq!(world.stranger().get("/pe/pe-authentications/mine").await.expect(200)["total"], 0);
    assert_eq!(world.owner().get("/pe/pe-authentications/mine").await.expect(200)["total"], 2);
}
