//! Lists: pages, filters, sorting, search.

use diesel::RunQueryDsl;
use rstest::rstest;
use serde_json::{Value, json};
use shared_model::server::database::{Connection, StoreError};
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

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_length_of_a_list_follows_every_change_of_its_records(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let other = world.pending_entity().await["id"].as_i64().unwrap();
    let total = |query: &'static str| {
        let request = world.operator().get(&format!("{ENTITIES}{query}"));
        async { request.await.expect(200)["total"].as_i64().unwrap() }
    };
    let owner = TestUser::pe_admin();
    let lengths = || async {
        let own = world.operator().get(ENTITIES).query("ownerId", owner.id().as_str()).await.expect(200);
        let lengths = [total("").await, total("?auditStatus=pending").await, total("?auditStatus=approved").await];
        (lengths, own["total"].as_i64().unwrap(), world.owner().get(&format!("{ENTITIES}/mine")).await["total"].clone())
    };
    assert_eq!(lengths().await, ([2, 1, 1], 2, json!(2)));
    world.audit("public-entities", other, false, "照片不清").await.expect(200);
    assert_eq!(lengths().await, ([2, 0, 1], 2, json!(2)));
    let mut body = world.owner().get(&format!("{ENTITIES}/{entity}")).await.expect(200).body;
    body["name"] = json!("新名称");
    body["typeId"] = json!(world.id_of("pe-types", "individual").await);
    world.owner().put(ENTITIES).json(&body).await.expect(200);
    assert_eq!(lengths().await, ([2, 1, 0], 2, json!(2)));
    assert_eq!(world.operator().get("/pe/review-queue").query("resource", "public-entities").await["total"], 1);
    world.owner().delete(&format!("{ENTITIES}/mine/{entity}")).await.expect(204);
    assert_eq!(lengths().await, ([1, 0, 0], 1, json!(1)));
    world.platform().delete(ENTITIES).header("x-confirm", "delete-all").await.expect(200);
    assert_eq!(lengths().await, ([0, 0, 0], 0, json!(0)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_long_list_holds_what_comes_next(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let kind = world.id_of("pe-types", "individual").await;
    let every: Vec<i64> = (1..=9000).collect();
    world.db.write(move |conn| fill(conn, kind, 9000)).await.unwrap();
    let kept: Vec<i64> = every.into_iter().filter(|n| n % 7 != 0).collect();
    let pending: Vec<i64> = kept.iter().copied().filter(|n| n % 3 == 0).collect();
    for (query, expected) in [("", kept), ("&auditStatus=pending", pending)] {
        for sort in ["-id", "id"] {
            for page in [1, 3, 26, 27, 40, 60, 86, 900] {
                let path = format!("{ENTITIES}?pageSize=100&pageNum={page}&sort={sort}{query}");
                let list = world.operator().get(&path).await.expect(200);
                let ids = list["data"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap());
                let wanted = if sort == "id" { expected.clone() } else { expected.iter().rev().copied().collect() };
                let wanted: Vec<i64> = wanted.into_iter().skip((page - 1) * 100).take(100).collect();
                assert_eq!(ids.collect::<Vec<_>>(), wanted, "{path}");
                assert_eq!(list["total"].as_u64().unwrap(), expected.len() as u64);
            }
        }
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_keyword_finds_what_is_called_so_now_however_many_are_called_alike(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let kind = world.id_of("pe-types", "individual").await;
    world.db.write(move |conn| fill(conn, kind, 3000)).await.unwrap();
    let total = |keyword: &str| {
        let request = world.operator().get(ENTITIES).query("keyword", keyword);
        async { request.await.expect(200)["total"].clone() }
    };
    assert_eq!(total("机构1234号").await, 1);
    assert_eq!(total("1234").await, 1, "once, though name and number both have it");
    assert_eq!(total("机构2100号").await, 0, "a deleted one is not found");
    assert_eq!(total("大宗机构").await, 3000 - 3000 / 7, "more than are looked up");
    let mut body = world.entity_body().await;
    let long = "很长的名称".repeat(10);
    body["name"] = json!(long);
    let id = world.owner().put(ENTITIES).json(&body).await.expect(201)["id"].clone();
    assert_eq!(total(&long).await, 1);
    assert_eq!(total(&long.replace("称很", "称恨")).await, 0);
    assert_eq!(total(&format!("{}别的", &long[..90])).await, 0, "alike for longer than a place is");
    body["id"] = id;
    body["name"] = json!("改了名");
    world.owner().put(ENTITIES).json(&body).await.expect(200);
    assert_eq!((total(&long).await, total("改了").await), (json!(0), json!(1)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn head_answers_like_get_without_the_body(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let paths =
        [ENTITIES.to_owned(), format!("{ENTITIES}/{entity}"), format!("{ENTITIES}/mine"), "/pe/pe-types".to_owned()];
    for path in paths {
        let (get, head) = (world.owner().get(&path).await, world.owner().request("HEAD", &path).await);
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.bytes.is_empty(), "{path}");
        for name in ["content-type", "content-length", "etag"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
    assert_eq!(world.owner().request("HEAD", &format!("{ENTITIES}/999999")).await.status, 404);
    assert_eq!(world.api().as_nobody().request("HEAD", ENTITIES).await.status, 401);
    assert_eq!(world.user().request("HEAD", ENTITIES).await.status, 403);
}

/// Entities numbered from 1: every third pending, every seventh deleted afterwards.
fn fill(conn: &mut Connection, kind: i64, many: i64) -> Result<(), StoreError> {
    let insert = format!(
        "INSERT INTO public_entity (type_id, name, name_key, registration_number, license_photos, admin_name, \
         admin_mobile, owner_id, search_text, audit_status, created_by, created_at, updated_at, version) \
         WITH RECURSIVE one (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < {many}) \
         SELECT {kind}, '大宗机构' || n || '号', '大宗机构' || n || '号', 'D-' || n, '[]', '张三', '13800000010', \
         'owner-' || (n % 100), '大宗机构' || n || '号' || '\n\n' || 'd-' || n, \
         CASE WHEN n % 3 = 0 THEN 'pending' ELSE 'approved' END, 'o', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1 \
         FROM one"
    );
    diesel::sql_query(insert).execute(conn)?;
    let delete = "UPDATE public_entity SET deleted_at = '2026-01-02 00:00:00' WHERE id % 7 = 0";
    diesel::sql_query(delete).execute(conn)?;
    Ok(())
}
