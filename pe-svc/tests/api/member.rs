//! Members: rule 6.

use rstest::rstest;
use serde_json::json;
use test_kit::TestDatabase::{self, Postgres, Sqlite};
use test_kit::TestUser;

use crate::support::{ENTITIES, MEMBERS, World};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_6_members_join_approved_entities_once(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let user = TestUser::user();
    let pending = world.pending_entity().await["id"].clone();
    let body = json!({ "peId": pending, "uId": user.id(), "uName": "销售" });
    world.owner().put(MEMBERS).json(&body).await.expect_problem(409, "entity.not_approved");
    let approved = world.approved_entity().await;
    let unknown = json!({ "peId": approved, "uId": "999999" });
    world.owner().put(MEMBERS).json(&unknown).await.expect_problem(422, "member.user_unknown");
    let unknown = json!({ "peId": approved, "mobile": "13900009999" });
    world.owner().put(MEMBERS).json(&unknown).await.expect_problem(422, "member.user_unknown");
    let body = json!({ "peId": approved, "uId": user.id(), "uName": "销售" });
    let member = world.owner().put(MEMBERS).json(&body).await.expect(201);
    assert_eq!((&member["uName"], &member["auditStatus"]), (&json!("销售"), &json!("pending")));
    world.owner().put(MEMBERS).json(&body).await.expect_problem(409, "member.exists");
    let by_mobile = json!({ "peId": approved, "mobile": user.account.mobile });
    world.owner().put(MEMBERS).json(&by_mobile).await.expect_problem(409, "member.exists");
    // Gone and back again.
    world.owner().delete(&format!("{MEMBERS}/mine/{}", member["id"])).await.expect(204);
    let back = world.owner().put(MEMBERS).json(&by_mobile).await.expect(201);
    assert_eq!((&back["uId"], &back["uName"]), (&json!(user.id()), &json!("普通用户")));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn people_read_their_memberships_but_only_the_owner_changes_them(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let colleague = TestUser::pe_admin2();
    for user in [TestUser::user(), colleague.clone()] {
        world.owner().put(MEMBERS).json(&json!({ "peId": entity, "uId": user.id() })).await.expect(201);
    }
    assert_eq!(world.user().get("/pe/pe-members/mine").await.expect(200)["total"], 1);
    assert_eq!(world.owner().get("/pe/pe-members/mine").await.expect(200)["total"], 2);
    let mine = world.stranger().get("/pe/pe-members/mine").await.expect(200);
    let own = mine["data"][0].clone();
    let path = format!("{MEMBERS}/{}", own["id"]);
    world.stranger().get(&path).await.expect(200);
    world.stranger().put(MEMBERS).json(&own).await.expect_problem(404, "not_found");
    world.stranger().delete(&format!("{MEMBERS}/mine/{}", own["id"])).await.expect_problem(404, "not_found");
    let mut renamed = own.clone();
    renamed["uName"] = json!("客服");
    assert_eq!(world.owner().put(MEMBERS).json(&renamed).await.expect(200)["uName"], "客服");
    // Renaming asks nothing new of the entity.
    let mut entity_body = world.owner().get(&format!("{ENTITIES}/{entity}")).await.expect(200).body;
    entity_body["name"] = json!("重新审核的机构");
    world.owner().put(ENTITIES).json(&entity_body).await.expect(200);
    let renamed = json!({ "id": own["id"], "uName": "售后" });
    assert_eq!(world.owner().put(MEMBERS).json(&renamed).await.expect(200)["uName"], "售后");
    let verdict = world.audit("pe-members", own["id"].as_i64().unwrap(), true, "").await.expect(200);
    assert_eq!(verdict["auditStatus"], "approved");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn everything_missing_of_a_member_is_asked_for_at_once(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let empty = world.owner().put(MEMBERS).json(&json!({})).await.expect_problem(422, "field.invalid");
    assert_eq!(empty.faults(), ["/uId field.invalid", "/peId field.invalid"]);
    let wrong = world.owner().put(MEMBERS).json(&json!({ "uId": 7, "peId": "x", "auditStatus": "approved" })).await;
    let faults = ["/auditStatus request.invalid", "/peId request.invalid", "/uId request.invalid"];
    assert_eq!(wrong.expect_problem(400, "request.invalid").faults(), faults);
}
