//! Certifications: rules 7 to 11, verdicts on materials, drafts, renewals and reminders.

use rstest::rstest;
use serde_json::{Value, json};
use shared_model::server::database::StoreError;
use test_kit::TestDatabase::{self, Postgres, Sqlite};
use test_kit::{TestUser, eventually};

use crate::support::{CERTIFICATIONS, ENTITIES, World};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_7_one_certification_of_a_type_for_an_approved_entity(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let kind = world.id_of("authentication-types", "gold").await;
    let pending = world.pending_entity().await["id"].clone();
    let body = json!({ "peId": pending, "typeId": kind });
    world.owner().put(CERTIFICATIONS).json(&body).await.expect_problem(409, "entity.not_approved");
    let entity = world.approved_entity().await;
    let draft = world.draft(entity, "gold").await;
    let body = json!({ "peId": entity, "typeId": kind });
    world.owner().put(CERTIFICATIONS).json(&body).await.expect_problem(409, "authentication.exists");
    world.draft(entity, "silver").await;
    // A deleted draft is out of the way; what was submitted cannot be deleted by its owner.
    world.owner().delete(&format!("{CERTIFICATIONS}/mine/{draft}")).await.expect(204);
    let again = world.submitted(entity, "gold").await;
    let delete = format!("{CERTIFICATIONS}/mine/{again}");
    world.owner().delete(&delete).await.expect_problem(409, "authentication.closed");
    world.stranger().delete(&delete).await.expect_problem(404, "not_found");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_8_it_is_submitted_whole_returned_with_a_remark_and_passed(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let kind = world.id_of("authentication-types", "gold").await;
    let incomplete = json!({ "peId": entity, "typeId": kind, "materials": [{ "name": "营业执照" }], "note": "草稿" });
    let draft = world.owner().put(CERTIFICATIONS).json(&incomplete).await.expect(201);
    let id = draft["id"].as_i64().unwrap();
    let missing = world.submit(id).await.expect_problem(422, "authentication.material_missing");
    let named: Vec<Value> = missing["errors"].as_array().unwrap().iter().map(|e| e["material"].clone()).collect();
    assert_eq!(named, ["营业执照", "近一年业务说明"]);
    // Nothing typed is lost.
    assert_eq!(world.certification(id).await.body, draft.body);
    world.audit("pe-authentications", id, true, "").await.expect_problem(409, "audit.not_pending");
    let complete = json!({ "id": id, "materials": [
        { "name": "营业执照", "url": "https://cdn.example/1.pdf" },
        { "name": "近一年业务说明", "url": "https://cdn.example/2.pdf" },
    ] });
    world.owner().put(CERTIFICATIONS).json(&complete).await.expect(200);
    let submitted = world.submit(id).await.expect(200);
    assert_eq!((&submitted["status"], &submitted["statusName"]), (&json!("submitted"), &json!("申请")));
    assert_eq!(submitted["applicantId"], json!(TestUser::pe_admin().id()));
    world.submit(id).await.expect_problem(409, "authentication.under_review");
    world.owner().put(CERTIFICATIONS).json(&complete).await.expect_problem(409, "authentication.under_review");
    world.audit("pe-authentications", id, false, "").await.expect_problem(422, "audit.remark_required");
    let returned = world.audit("pe-authentications", id, false, "缺盖章").await.expect(200);
    assert_eq!(
        (&returned["status"], &returned["replies"][0]["content"]),
        (&json!("needsModification"), &json!("缺盖章"))
    );
    world.submit(id).await.expect(200);
    let passed = world.audit("pe-authentications", id, true, "").await.expect(200);
    assert_eq!(passed["status"], "passed");
    assert_eq!(passed["replies"].as_array().unwrap().len(), 1, "an approval without a remark makes no reply");
    assert_eq!(passed["expired"], false);
    assert!(passed["completedAt"].is_string() && passed["validUntil"].is_string() && passed["badgeId"].is_string());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_9_after_passing_nothing_changes_but_revocation(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let id = world.submitted(entity, "gold").await;
    let replies = format!("{CERTIFICATIONS}/{id}/replies");
    let say = |content: &str| json!({ "content": content });
    world.owner().post(&replies).json(&say("请尽快")).await.expect(201);
    world.operator().post(&replies).json(&say("好的")).await.expect(201);
    world.stranger().post(&replies).json(&say("我呢")).await.expect_problem(404, "not_found");
    world.stranger().get(&replies).await.expect_problem(404, "not_found");
    world.owner().post(&replies).json(&say(" ")).await.expect_problem(422, "field.invalid");
    world.audit("pe-authentications", id, true, "恭喜").await.expect(200);
    let thread = world.owner().get(&replies).await.expect(200);
    let said: Vec<Value> = thread["data"].as_array().unwrap().iter().map(|r| r["content"].clone()).collect();
    assert_eq!(said, ["请尽快", "好的", "恭喜"]);
    for (what, answer) in [
        ("reply", world.owner().post(&replies).json(&say("谢谢")).await),
        ("operator's reply", world.operator().post(&replies).json(&say("不谢")).await),
        ("change", world.owner().put(CERTIFICATIONS).json(&json!({ "id": id, "note": "改" })).await),
        ("submission", world.submit(id).await),
        ("deletion", world.owner().delete(&format!("{CERTIFICATIONS}/mine/{id}")).await),
        ("second pass", world.audit("pe-authentications", id, true, "").await),
        ("operator's revocation", world.audit("pe-authentications", id, false, "撤销").await),
    ] {
        assert_eq!((answer.status, &answer["code"]), (409, &json!("authentication.closed")), "{what}");
    }
    let audit = format!("{CERTIFICATIONS}/{id}/audit");
    let bare = world.platform().post(&audit).json(&json!({ "approved": false })).await;
    bare.expect_problem(422, "audit.remark_required");
    let verdict = json!({ "approved": false, "remark": "资料造假" });
    let revoked = world.platform().post(&audit).json(&verdict).await.expect(200);
    assert_eq!(revoked["status"], "passed");
    assert!(revoked["revokedAt"].is_string());
    world.platform().post(&audit).json(&verdict).await.expect_problem(409, "authentication.closed");
    // A revoked one does not bar a new application.
    world.draft(entity, "gold").await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_10_in_modification_only_materials_and_note_change(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let other = world.approved_entity().await;
    let id = world.submitted(entity, "gold").await;
    let silver = world.id_of("authentication-types", "silver").await;
    let verdict = json!({ "approved": false, "remark": "更换说明", "materials": [
        { "name": "营业执照", "accepted": true },
        { "name": "近一年业务说明", "accepted": false, "remark": "不清晰" },
    ] });
    let returned = world.operator().post(&format!("{CERTIFICATIONS}/{id}/audit")).json(&verdict).await.expect(200);
    assert_eq!(returned["materials"][1]["remark"], "不清晰");
    for (field, value) in [("peId", other), ("typeId", silver)] {
        let moved = json!({ "id": id, field: value, "materials": [] });
        let refused = world.owner().put(CERTIFICATIONS).json(&moved).await.expect_problem(400, "request.invalid");
        assert_eq!(refused.faults(), [format!("/{field} request.invalid")]);
    }
    for field in [json!({ "status": "passed" }), json!({ "applicantId": "1" }), json!({ "validityDays": 9999 })] {
        let mut body = json!({ "id": id });
        body.as_object_mut().unwrap().extend(field.as_object().unwrap().clone());
        world.owner().put(CERTIFICATIONS).json(&body).await.expect_problem(400, "request.invalid");
    }
    // Only what was refused is sent again: what was accepted stays, with its verdict.
    let better = json!({ "id": id, "note": "已更换", "materials": [
        { "name": "近一年业务说明", "url": "https://cdn.example/better.pdf" },
    ] });
    let changed = world.owner().put(CERTIFICATIONS).json(&better).await.expect(200);
    let materials = changed["materials"].as_array().unwrap();
    assert_eq!(materials.len(), 2);
    assert_eq!(materials[0], json!({ "name": "近一年业务说明", "url": "https://cdn.example/better.pdf" }));
    assert_eq!((&materials[1]["name"], &materials[1]["accepted"]), (&json!("营业执照"), &json!(true)));
    world.submit(id).await.expect(200);
    let bad =
        json!({ "approved": true, "materials": [{ "name": "近一年业务说明", "accepted": false, "remark": "x" }] });
    let audit = format!("{CERTIFICATIONS}/{id}/audit");
    world.operator().post(&audit).json(&bad).await.expect_problem(422, "field.invalid");
    world.operator().post(&audit).json(&json!({ "approved": true })).await.expect(200);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_11_past_the_review_window_the_owner_can_only_delete(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let kind = json!({ "code": "quick", "name": "快审", "validityDays": 30, "reviewWindowDays": 10 });
    world.operator().put("/pe/authentication-types").json(&kind).await.expect(201);
    let (first, second) = (world.approved_entity().await, world.approved_entity().await);
    let (returned, waiting) = (world.submitted(first, "quick").await, world.submitted(second, "quick").await);
    world.days_pass(5);
    world.audit("pe-authentications", returned, false, "补").await.expect(200);
    world.submit(returned).await.expect(200);
    world.audit("pe-authentications", returned, false, "再补").await.expect(200);
    world.days_pass(5);
    assert_eq!(world.certification(returned).await["expired"], false, "the last moment still counts");
    world.days_pass(1);
    assert_eq!(world.certification(returned).await["expired"], true, "the window runs from the first submission");
    let change = json!({ "id": returned, "note": "改" });
    world.owner().put(CERTIFICATIONS).json(&change).await.expect_problem(409, "authentication.expired");
    world.submit(returned).await.expect_problem(409, "authentication.expired");
    let expired = world.operator().get(CERTIFICATIONS).query("expired", "true").await.expect(200);
    assert_eq!(expired["total"], 2);
    assert_eq!(world.operator().get(CERTIFICATIONS).query("expired", "false").await.expect(200)["total"], 0);
    // An operator may still decide what was submitted in time.
    let passed = world.audit("pe-authentications", waiting, true, "").await.expect(200);
    assert_eq!((&passed["status"], &passed["expired"]), (&json!("passed"), &json!(false)));
    world.days_pass(31);
    assert_eq!(world.certification(waiting).await["expired"], true);
    world.owner().delete(&format!("{CERTIFICATIONS}/mine/{returned}")).await.expect(204);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_opens_ninety_days_ahead_and_takes_the_old_ones_place(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let old = world.passed(entity, "gold").await;
    let renew = format!("{CERTIFICATIONS}/{old}/renew");
    world.owner().post(&renew).await.expect_problem(409, "authentication.not_renewable");
    world.stranger().post(&renew).await.expect_problem(404, "not_found");
    world.days_pass(730 - 90);
    let draft = world.owner().post(&renew).await.expect(201);
    let id = draft["id"].as_i64().unwrap();
    assert_eq!((&draft["renewsId"], &draft["status"]), (&json!(old), &json!("draft")));
    assert_eq!(draft["materials"].as_array().unwrap().len(), 2);
    assert_eq!(draft["changes"], json!([]));
    world.owner().post(&renew).await.expect_problem(409, "authentication.exists");
    let body = json!({ "id": id, "materials": [
        { "name": "营业执照", "url": "https://cdn.example/1.pdf" },
        { "name": "近一年业务说明", "url": "https://cdn.example/next-year.pdf" },
    ] });
    let changed = world.owner().put(CERTIFICATIONS).json(&body).await.expect(200);
    assert_eq!(changed["changes"], json!([{ "name": "近一年业务说明", "change": "replaced" }]));
    world.submit(id).await.expect(200);
    let passed = world.audit("pe-authentications", id, true, "").await.expect(200);
    assert_eq!(passed["status"], "passed");
    assert!(world.certification(old).await["supersededAt"].is_string());
    world.owner().post(&renew).await.expect_problem(409, "authentication.not_renewable");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn owners_are_reminded_once_on_each_of_the_four_days(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let id = world.passed(entity, "first").await;
    let mut expected: Vec<i64> = Vec::new();
    for (day, days) in [(275, 90), (30, 60), (30, 30), (23, 7)] {
        world.days_pass(day);
        expected.insert(0, days);
        let now = world.clock.now();
        // Beside the worker's own rounds: however often it is done, each reminder is made once.
        pe_svc::reminder::remind::remind(&world.db, now).await.unwrap();
        pe_svc::reminder::remind::remind(&world.db, now).await.unwrap();
        let list = world.owner().get("/pe/reminders").await.expect(200);
        let made: Vec<i64> =
            list["data"].as_array().unwrap().iter().map(|r| r["daysBefore"].as_i64().unwrap()).collect();
        assert_eq!(made, expected);
        assert_eq!(list["data"][0]["certificationId"], id);
    }
    assert_eq!(world.stranger().get("/pe/reminders").await.expect(200)["total"], 0);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_worker_makes_reminders_by_itself(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    world.passed(entity, "first").await;
    world.days_pass(300);
    eventually("a reminder", || async {
        let list = world.owner().get("/pe/reminders").await.expect(200);
        (list["total"] == 1).then_some(())
    })
    .await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_entity_under_review_again_cannot_apply(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let id = world.draft(entity, "gold").await;
    let mut body = world.owner().get(&format!("{ENTITIES}/{entity}")).await.expect(200).body;
    body["name"] = json!("改名后的机构");
    world.owner().put(ENTITIES).json(&body).await.expect(200);
    world.submit(id).await.expect_problem(409, "entity.not_approved");
    assert_eq!(world.certification(id).await["status"], "draft");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_table_itself_keeps_two_open_certifications_apart(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    let id = world.draft(entity, "gold").await;
    let copied: Result<(), StoreError> = world
        .db
        .write(move |conn| {
            use diesel::connection::SimpleConnection;
            let columns = "pe_id, type_id, status, owner_id, applicant_id, validity_days, review_window_days, \
                created_by, created_at, updated_at, version";
            let copy =
                format!("INSERT INTO certification ({columns}) SELECT {columns} FROM certification WHERE id = {id}");
            Ok(conn.batch_execute(&copy)?)
        })
        .await;
    assert_eq!(copied.unwrap_err().unique_violation().as_deref(), Some("certification.pe_id,type_id"));
}
