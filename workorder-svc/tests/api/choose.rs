//! What forms are built from: products, enterprises, staff, and the words with their names.

use diesel::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{TestDatabase, TestUser};
use workorder_svc::schema::enterprise_manager;

use crate::support::{ENTERPRISE_ONE, ENTERPRISE_TWO, WEB_ONE, World};

/// `product state domainCount` of the filter's answer.
async fn products(world: &World, enterprise: &str, operation: &str) -> Vec<String> {
    let path = format!("/workorder/filter/product?enterpriseId={enterprise}&operateType={operation}");
    let reply = world.as_user(&TestUser::ec_manager()).get(&path).await.expect(200);
    let line = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        format!("{} {} {}", text("product"), text("state"), row["domainCount"])
    };
    reply["data"].as_array().unwrap().iter().map(line).collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_product_filter_follows_the_feed_and_the_live_domains(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    world.product(ENTERPRISE_TWO, "P-VOD", "点播加速", "trial").await;
    world.import_live("vod-trial.example.cn", ENTERPRISE_TWO, "P-VOD").await;
    world.product(ENTERPRISE_TWO, "P-SITE", "全站加速", "open").await;
    world.product(ENTERPRISE_TWO, "P-SITE", "全站加速", "suspend").await;
    world.product(ENTERPRISE_TWO, "P-DESK", "云桌面", "open").await;
    let (web, download, vod) = ("网页加速 opened 0", "下载加速 trial 0", "点播加速 trial 1");
    assert_eq!(products(&world, ENTERPRISE_TWO, "add").await, [download, web]);
    for operation in ["modify", "delete"] {
        assert_eq!(products(&world, ENTERPRISE_TWO, operation).await, [download, vod, web], "{operation}");
    }
    world.product(ENTERPRISE_TWO, "P-SITE", "全站加速", "resume").await;
    world.product(ENTERPRISE_TWO, "P-DOWNLOAD", "下载加速", "trialEnd").await;
    world.product(ENTERPRISE_TWO, "P-WEB", "网页加速", "cancel").await;
    assert_eq!(products(&world, ENTERPRISE_TWO, "add").await, ["全站加速 opened 0"]);
    let path = format!("/workorder/filter/product?enterpriseId={ENTERPRISE_ONE}&operateType=add");
    let reply = world.as_user(&TestUser::ec_manager()).get(&path).await.expect(200);
    assert_eq!(
        reply["data"],
        json!([{
            "productId": WEB_ONE, "product": "网页加速", "productCode": "web", "chargeMode": "按流量", "state": "opened",
            "domainCount": 0
        }])
    );
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_enterprise_or_operation_is_said_to_be_one(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let api = world.as_user(&TestUser::group_admin());
    let filter = "/workorder/filter/product?enterpriseId=";
    let nul = api.get(&format!("{filter}a%00b&operateType=add")).await.expect_problem(400, "request.invalid");
    assert_eq!(nul.faults(), ["/enterpriseId request.invalid"]);
    for unknown in ["nobody", "%27%20OR%201=1"] {
        let reply = api.get(&format!("{filter}{unknown}&operateType=add")).await;
        reply.expect_problem(404, "enterprise.unknown");
    }
    let reply = api.get(&format!("{filter}{ENTERPRISE_ONE}&operateType=paint")).await;
    assert_eq!(reply.expect_problem(400, "request.invalid").faults(), ["/operateType request.invalid"]);
    api.get(&format!("{filter}{ENTERPRISE_ONE}")).await.expect_problem(400, "request.invalid");
    let reply = world.as_user(&TestUser::operator()).get(&format!("{filter}x&operateType=add")).await;
    reply.expect_problem(403, "auth.forbidden");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn enterprises_are_found_by_part_of_their_name_or_id(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let found = async |keyword: &str| {
        let api = world.as_user(&TestUser::ec_manager());
        let reply = api.get("/workorder/enterprises").query("keyword", keyword).await.expect(200);
        reply["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, [ENTERPRISE_ONE, ENTERPRISE_TWO]);
    assert_eq!(found("示例").await, [ENTERPRISE_ONE, ENTERPRISE_TWO]);
    assert_eq!(found("impdmahu").await, [ENTERPRISE_TWO]);
    assert_eq!(found("%").await, Vec::<String>::new());
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn where_enterprises_are_assigned_a_manager_sees_only_their_own(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.enterprise.assignment = true).await;
    let (manager, admin) = (TestUser::ec_manager(), TestUser::platform_admin());
    let assigned = manager.id().0.clone();
    world
        .write(move |conn| {
            let row = (enterprise_manager::enterprise_id.eq(ENTERPRISE_TWO), enterprise_manager::user_id.eq(assigned));
            diesel::insert_into(enterprise_manager::table).values(row).execute(conn)?;
            Ok(())
        })
        .await;
    let count = async |user: &TestUser| {
        let reply = world.as_user(user).get("/workorder/enterprises").await.expect(200);
        reply["data"].as_array().unwrap().len()
    };
    assert_eq!((count(&manager).await, count(&TestUser::province_manager()).await, count(&admin).await), (1, 0, 2));
    let filter = format!("/workorder/filter/product?enterpriseId={ENTERPRISE_ONE}&operateType=add");
    world.as_user(&manager).get(&filter).await.expect_problem(404, "enterprise.unknown");
    world.as_user(&admin).get(&filter).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_can_be_handed_to_the_enabled_people_of_a_role(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let mut people = TestUser::everybody();
    people.push(TestUser::group_admin().numbered(60).named("集团管理员乙"));
    people.push(TestUser::group_admin().numbered(61).disabled());
    world.push_directory(&people).await;
    let names = async |user: TestUser, query: &str| {
        let reply = world.as_user(&user).get(&format!("/workorder/staff?{query}")).await.expect(200);
        reply["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let admin = TestUser::group_admin;
    assert_eq!(names(admin(), "").await, ["集团管理员", "集团管理员乙"]);
    assert_eq!(names(admin(), "role=GROUP_MANAGER_ADMIN&keyword=乙").await, ["集团管理员乙"]);
    assert_eq!(names(TestUser::platform_admin(), "role=EC_MANAGER").await, ["政企经理甲", "政企经理乙"]);
    let reply = world.as_user(&admin()).get("/workorder/staff?role=EC_MANAGER").await.expect(200);
    assert_eq!(reply["data"][0]["mobile"], "138****0001");
    let reply = world.as_user(&admin()).get("/workorder/staff?role=KING").await;
    reply.expect_problem(400, "request.invalid");
    let reply = world.as_user(&TestUser::ec_manager()).get("/workorder/staff").await;
    reply.expect_problem(403, "auth.forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_of_the_reference_has_both_names() {
    let world = World::new(TestDatabase::Sqlite).await;
    let reference = world.as_user(&TestUser::user()).get("/workorder/reference").await.expect(200);
    for (list, count) in [("provinces", 34), ("products", 5), ("orderKinds", 5), ("requirements", 3), ("states", 10)] {
        let words = reference[list].as_array().unwrap();
        assert_eq!(words.len(), count, "{list}");
        for word in words {
            let both = ["zh", "en"].iter().all(|name| !word[name].as_str().unwrap().is_empty());
            assert!(both && !word["code"].is_null(), "{word}");
        }
    }
    let zhejiang = json!({"code": 33, "zh": "浙江", "en": "Zhejiang"});
    assert!(reference["provinces"].as_array().unwrap().contains(&zhejiang));
    world.api().get("/workorder/reference").await.expect_problem(401, "auth.token_invalid");
}
