//! The whole life of an organization, from its registration to the renewal of its certification.

use rstest::rstest;
use serde_json::json;
use test_kit::TestDatabase::{self, Postgres, Sqlite};
use test_kit::TestUser;

use crate::support::{CERTIFICATIONS, ENTITIES, MEMBERS, World};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_organization_registers_is_certified_and_renews(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let pdf = b"%PDF-1.7\n1 0 obj\n";
    let photo = world.owner().post("/pe/files").file("file", "执照.pdf", "application/pdf", pdf).await.expect(201);
    let body = json!({
        "typeId": world.id_of("pe-types", "enterprise").await,
        "name": "云杉出版集团",
        "shortName": "云杉",
        "registrationNumber": "91440300708461136T",
        "licensePhotos": [photo["url"]],
        "adminName": "方远",
        "adminMobile": "13800000010",
    });
    let entity = world.owner().put(ENTITIES).json(&body).await.expect(201);
    let pe_id = entity["id"].as_i64().unwrap();
    world.audit("public-entities", pe_id, false, "照片不清").await.expect(200);
    let mut body = world.owner().get(&format!("{ENTITIES}/{pe_id}")).await.expect(200).body;
    body["licensePhotos"] = json!(["https://cdn.example/clear.jpg"]);
    world.owner().put(ENTITIES).json(&body).await.expect(200);
    world.operator().post(&format!("{ENTITIES}/{pe_id}/claim")).await.expect(200);
    world.audit("public-entities", pe_id, true, "通过").await.expect(200);
    let member = json!({ "peId": pe_id, "mobile": TestUser::user().account.mobile, "uName": "销售" });
    world.owner().put(MEMBERS).json(&member).await.expect(201);
    let id = world.submitted(pe_id, "gold").await;
    world.audit("pe-authentications", id, false, "请补充盖章").await.expect(200);
    let replies = format!("{CERTIFICATIONS}/{id}/replies");
    world.owner().post(&replies).json(&json!({ "content": "已补" })).await.expect(201);
    world.submit(id).await.expect(200);
    let passed = world.audit("pe-authentications", id, true, "恭喜").await.expect(200);
    let badge = format!("/pe/badge/{}", passed["badgeId"].as_str().unwrap());
    assert_eq!(world.api().as_nobody().get(&badge).await.expect(200)["entity"]["name"], "云杉出版集团");
    world.days_pass(700);
    let renewal = world.owner().post(&format!("{CERTIFICATIONS}/{id}/renew")).await.expect(201);
    let renewal = renewal["id"].as_i64().unwrap();
    world.submit(renewal).await.expect(200);
    world.audit("pe-authentications", renewal, true, "").await.expect(200);
    world.days_pass(100);
    assert_eq!(world.api().as_nobody().get(&badge).await.expect(200)["status"], "expired");
    assert_eq!(world.certification(renewal).await["expired"], false);
    let log = world.operator().get("/pe/audit-log").query("resource", "pe-authentications").await.expect(200);
    assert!(log["total"].as_i64().unwrap() >= 8);
}
