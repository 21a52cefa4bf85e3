//! Public entities: rules 1 to 5, and who sees what.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::TestDatabase::{self, Postgres, Sqlite};
use test_kit::TestUser;

use crate::support::{ENTITIES, World};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_1_only_an_administrator_registers_and_owns_what_they_register(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    for user in [TestUser::user(), TestUser::operator(), TestUser::ec_manager()] {
        let refused = world.by(&user).put(ENTITIES).json(&world.entity_body().await).await;
        refused.expect_problem(403, "auth.forbidden");
    }
    let first = world.pending_entity().await;
    let second = world.pending_entity().await;
    for entity in [&first, &second] {
        assert_eq!(entity["ownerId"], json!(TestUser::pe_admin().id()));
        assert_eq!(entity["createdBy"], entity["ownerId"]);
        assert_eq!(entity["auditStatus"], "pending");
        assert_eq!((entity.header("etag"), &entity["version"]), (Some("\"1\""), &json!(1)));
    }
    assert_eq!(world.owner().get("/pe/public-entities/mine").await.expect(200)["total"], 2);
    assert_eq!(world.stranger().get("/pe/public-entities/mine").await.expect(200)["total"], 0);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_2_neither_name_nor_number_repeats_within_a_type(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let individual = world.id_of("pe-types", "individual").await;
    let free = json!({ "code": "club", "name": "社团", "registrationNumberKind": "free" });
    let club = world.operator().put("/pe/pe-types").json(&free).await.expect(201)["id"].clone();
    let body = |kind: &Value, name: &str, number: &str| {
        json!({ "typeId": kind, "name": name, "registrationNumber": number,
            "licensePhotos": ["https://cdn.example/1.jpg"] })
    };
    let individual = json!(individual);
    let put = |body: Value| world.stranger().put(ENTITIES).json(&body);
    world.owner().put(ENTITIES).json(&body(&individual, "ABC 科技", "N1")).await.expect(201);
    put(body(&individual, " ＡＢＣ 科技 ", "N2")).await.expect_problem(409, "entity.name_taken");
    put(body(&individual, "别的", "Ｎ1")).await.expect_problem(409, "entity.registration_number_taken");
    let both = put(body(&individual, "ABC 科技", "N1")).await.expect_problem(409, "entity.name_taken");
    assert_eq!(both.faults(), ["/name entity.name_taken", "/registrationNumber entity.registration_number_taken"]);
    put(body(&club, "ABC 科技", "N1")).await.expect(201);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_3_the_number_is_checked_by_its_kind(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let licence = json!({ "name": "老执照", "registrationNumberKind": "business_license" });
    world.operator().put("/pe/pe-types").json(&licence).await.expect(201);
    let cases = [
        ("enterprise", "91440300708461136T", true),
        ("enterprise", "914403001000002860", true),
        ("enterprise", "914403007084611360", false),
        ("enterprise", "9144030070846113", false),
        ("organization", "D2143569-X", true),
        ("organization", "D21435690", false),
        ("老执照", "110108000000016", true),
        ("老执照", "110108000000017", false),
    ];
    for (code, number, good) in cases {
        let mut body = world.entity_body().await;
        body["typeId"] = json!(world.id_of("pe-types", code).await);
        body["registrationNumber"] = json!(number);
        let answer = world.owner().put(ENTITIES).json(&body).await;
        if good {
            answer.expect(201);
        } else {
            let problem = answer.expect_problem(422, "entity.registration_number_invalid");
            assert_eq!(problem.faults(), ["/registrationNumber entity.registration_number_invalid"], "{number}");
        }
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_4_there_are_one_to_ten_licence_photos_on_https_or_uploaded(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let with = |body: &Value, photos: Value| {
        let mut body = body.clone();
        body["licensePhotos"] = photos;
        body
    };
    let body = world.entity_body().await;
    let photo = "https://cdn.example/1.jpg";
    for photos in [json!([]), json!(null), json!(vec![photo; 11])] {
        let answer = world.owner().put(ENTITIES).json(&with(&body, photos)).await;
        answer.expect_problem(422, "entity.license_photos");
    }
    for url in ["http://cdn.example/1.jpg", "javascript:alert(1)", "photo.jpg"] {
        let answer = world.owner().put(ENTITIES).json(&with(&body, json!([photo, url]))).await;
        assert_eq!(answer.expect(422).faults(), ["/licensePhotos/1 field.invalid"]);
    }
    let unknown = world.owner().put(ENTITIES).json(&with(&body, json!(["/pe/files/0123456789abcdefghijklmno"]))).await;
    unknown.expect_problem(422, "file.unknown");
    world.owner().put(ENTITIES).json(&with(&body, json!(vec![photo; 10]))).await.expect(201);
    assert_eq!(world.total("public-entities").await, 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn rule_5_what_is_pending_is_audited_and_what_the_audit_saw_sends_it_back(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let created = world.pending_entity().await;
    let id = created["id"].as_i64().unwrap();
    world.audit("public-entities", id, false, " ").await.expect_problem(422, "audit.remark_required");
    let rejected = world.audit("public-entities", id, false, "照片不清").await.expect(200);
    assert_eq!((&rejected["auditStatus"], &rejected["auditRemark"]), (&json!("rejected"), &json!("照片不清")));
    world.audit("public-entities", id, true, "").await.expect_problem(409, "audit.not_pending");
    // Changed, it asks again.
    let mut body = world.owner().get(&format!("{ENTITIES}/{id}")).await.expect(200).body;
    body["shortName"] = json!("新简称");
    assert_eq!(world.owner().put(ENTITIES).json(&body).await.expect(200)["auditStatus"], "pending");
    let approved = world.audit("public-entities", id, true, "通过").await.expect(200);
    assert_eq!(approved["auditStatus"], "approved");
    // What the audit did not look at may change.
    let mut body = approved.body.clone();
    body["shortName"] = json!("又一个");
    let kept = world.owner().put(ENTITIES).json(&body).await.expect(200);
    assert_eq!(kept["auditStatus"], "approved");
    let mut body = kept.body.clone();
    body["licensePhotos"] = json!(["https://cdn.example/new.jpg"]);
    assert_eq!(world.owner().put(ENTITIES).json(&body).await.expect(200)["auditStatus"], "pending");
    world.audit("public-entities", id, true, "").await.expect(200);
    // Only a platform administrator takes an approval back.
    world.audit("public-entities", id, false, "举报").await.expect_problem(409, "audit.not_pending");
    let verdict = json!({ "approved": false, "remark": "举报属实" });
    let withdrawn = world.platform().post(&format!("{ENTITIES}/{id}/audit")).json(&verdict).await.expect(200);
    assert_eq!(withdrawn["auditStatus"], "rejected");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_or_deleted_entity_holds_neither_name_nor_number(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let body = world.entity_body().await;
    let id = world.owner().put(ENTITIES).json(&body).await.expect(201)["id"].as_i64().unwrap();
    world.audit("public-entities", id, false, "重复").await.expect(200);
    let other = world.stranger().put(ENTITIES).json(&body).await.expect(201)["id"].as_i64().unwrap();
    // The rejected one cannot come back while another holds them.
    let again = world.owner().get(&format!("{ENTITIES}/{id}")).await.expect(200).body;
    world.owner().put(ENTITIES).json(&again).await.expect_problem(409, "entity.name_taken");
    world.stranger().delete(&format!("{ENTITIES}/mine/{other}")).await.expect(204);
    world.owner().put(ENTITIES).json(&again).await.expect(200);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_callers_to_set_is_refused_and_nothing_is_written(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let strangers_id = json!(TestUser::pe_admin2().id());
    for (field, value) in [
        ("ownerId", strangers_id),
        ("auditStatus", json!("approved")),
        ("auditRemark", json!("好")),
        ("createdAt", json!("2020-01-01T00:00:00+08:00")),
        ("createdBy", json!("1")),
        ("isAdmin", json!(true)),
    ] {
        let mut body = world.entity_body().await;
        body[field] = value;
        let refused = world.owner().put(ENTITIES).json(&body).await.expect_problem(400, "request.invalid");
        assert_eq!(refused.faults(), [format!("/{field} request.invalid")]);
    }
    assert_eq!(world.total("public-entities").await, 0);
    let entity = world.pending_entity().await;
    let mut body = entity.body.clone();
    body["auditStatus"] = json!("approved");
    world.owner().put(ENTITIES).json(&body).await.expect_problem(400, "request.invalid");
    // The record as it was read may be sent back.
    world.owner().put(ENTITIES).json(&entity.body).await.expect(200);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_entity_is_as_unknown_as_none(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.pending_entity().await;
    let id = entity["id"].as_i64().unwrap();
    for id in [id, 987_654] {
        let path = format!("{ENTITIES}/{id}");
        let invalid = json!({ "id": id, "name": 7, "ownerId": "x" });
        world.stranger().get(&path).await.expect_problem(404, "not_found");
        world.stranger().put(ENTITIES).json(&invalid).await.expect_problem(404, "not_found");
        world.stranger().delete(&format!("{ENTITIES}/mine/{id}")).await.expect_problem(404, "not_found");
        let member = json!({ "peId": id, "uId": TestUser::user().id() });
        world.stranger().put("/pe/pe-members").json(&member).await.expect_problem(404, "not_found");
        let kind = world.id_of("authentication-types", "gold").await;
        let application = json!({ "peId": id, "typeId": kind });
        world.stranger().put("/pe/pe-authentications").json(&application).await.expect_problem(404, "not_found");
    }
    world.owner().get(&format!("{ENTITIES}/abc")).await.expect_problem(404, "not_found");
    assert_eq!(world.owner().get(&format!("{ENTITIES}/{id}")).await.expect(200).body, entity.body);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn users_see_the_face_of_approved_entities_and_nothing_else(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let pending = world.pending_entity().await["id"].as_i64().unwrap();
    let approved = world.approved_entity().await;
    world.user().get(&format!("{ENTITIES}/{pending}")).await.expect_problem(404, "not_found");
    let face = world.user().get(&format!("{ENTITIES}/{approved}")).await.expect(200);
    let fields: Vec<&String> = face.body.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["id", "name", "shortName", "typeId"]);
    let operators = world.operator().get(&format!("{ENTITIES}/{approved}")).await.expect(200);
    assert_eq!(operators["adminMobile"], "13800000010");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_stale_version_is_refused_and_put_clears_what_it_leaves_out(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.pending_entity().await;
    let body = &entity.body;
    world.owner().put(ENTITIES).if_match(1).json(body).await.expect(200);
    world.owner().put(ENTITIES).if_match(1).json(body).await.expect_problem(412, "stale");
    // The version in the body says the same as If-Match.
    world.owner().put(ENTITIES).json(body).await.expect_problem(412, "stale");
    let mut short = body.clone();
    short.as_object_mut().unwrap().retain(|name, _| name != "shortName" && name != "version" && name != "updatedAt");
    let cleared = world.owner().put(ENTITIES).if_match(2).json(&short).await.expect(200);
    assert_eq!((cleared["shortName"].clone(), &cleared["version"]), (Value::Null, &json!(3)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_body_is_reported_at_once(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let mut body = world.entity_body().await;
    body["name"] = json!(" ");
    body["registrationNumber"] = json!("");
    body["licensePhotos"] = json!([]);
    body["adminMobile"] = json!("12345");
    let problem = world.owner().put(ENTITIES).json(&body).await.expect_problem(422, "validation_failed");
    let faults = [
        "/name field.invalid",
        "/registrationNumber entity.registration_number_invalid",
        "/licensePhotos entity.license_photos",
        "/adminMobile field.invalid",
    ];
    assert_eq!(problem.faults(), faults);
    let english = world.owner().put(ENTITIES).in_english().json(&body).await;
    assert_eq!(english["errors"][2]["message"], "1 to 10 licence photos are required");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_registers_once(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let body = world.entity_body().await;
    let first = world.owner().put(ENTITIES).idempotency_key("k-1").json(&body).await.expect(201);
    let again = world.owner().put(ENTITIES).idempotency_key("k-1").json(&body).await.expect(201);
    assert_eq!((first.body, again.header("idempotency-replayed")), (again.body.clone(), Some("true")));
    let other = world.entity_body().await;
    let mismatch = world.owner().put(ENTITIES).idempotency_key("k-1").json(&other).await;
    mismatch.expect_problem(422, "idempotency.mismatch");
    assert_eq!(world.total("public-entities").await, 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn fields_that_are_not_the_callers_to_set_are_named_with_all_the_other_faults(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let sent = json!({ "ownerId": "1", "zzz": 1, "adminMobile": "12345" });
    let problem = world.owner().put(ENTITIES).json(&sent).await.expect_problem(400, "request.invalid");
    let faults = [
        "/ownerId request.invalid",
        "/zzz request.invalid",
        "/typeId field.invalid",
        "/name field.invalid",
        "/licensePhotos entity.license_photos",
        "/adminMobile field.invalid",
    ];
    assert_eq!(problem.faults(), faults);
    let entity = world.pending_entity().await;
    let mut body = entity.body.clone();
    body["ownerId"] = json!("1");
    body["name"] = json!("");
    let problem = world.owner().put(ENTITIES).json(&body).await.expect_problem(400, "request.invalid");
    assert_eq!(problem.faults(), ["/ownerId request.invalid", "/name field.invalid"]);
    // Sound but for that: still nothing is written.
    body["name"] = json!("新名称");
    world.owner().put(ENTITIES).json(&body).await.expect_problem(400, "request.invalid");
    let path = format!("{ENTITIES}/{}", entity["id"]);
    assert_eq!(world.owner().get(&path).await.expect(200).body, entity.body);
    assert_eq!(world.total("public-entities").await, 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_was_left_out_is_asked_for_and_an_unknown_one_is_named(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let mut body = world.entity_body().await;
    body["typeId"] = Value::Null;
    let absent = world.owner().put(ENTITIES).json(&body).await.expect_problem(422, "field.invalid");
    assert_eq!((&absent["errors"][0]["pointer"], &absent["errors"][0]["message"]), (&json!("/typeId"), &json!("必填")));
    body["typeId"] = json!(987_654);
    let unknown = world.owner().put(ENTITIES).in_english().json(&body).await.expect_problem(422, "field.invalid");
    assert_eq!(unknown["errors"][0]["message"], "there is no such entity type");
    body["typeId"] = json!("x");
    let wrong = world.owner().put(ENTITIES).json(&body).await.expect_problem(400, "request.invalid");
    assert_eq!(wrong.faults(), ["/typeId request.invalid"]);
}
