//! Reference data, setup, and what deleting takes.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::TestDatabase::{self, Postgres, Sqlite};

use crate::support::World;

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn setup_lays_the_reference_data_once(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let again = world.platform().post("/pe/setup/initial").await.expect(200);
    let nothing = json!({ "entityTypes": 0, "certificationTypes": 0, "certificationStatuses": 0 });
    assert_eq!(again.body, json!({ "migrated": 0, "seeded": nothing }));
    let names = |list: &Value| -> Vec<String> {
        let mut names: Vec<String> =
            list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    let types = world.user().get("/pe/pe-types").await.expect(200);
    assert_eq!(names(&types["data"]), ["个体", "企业", "组织"]);
    let kinds = world.user().get("/pe/authentication-types").await.expect(200);
    let expected = ["2026年审核", "2027年审核", "会员认证", "金牌", "银牌", "首次申请认证"];
    let mut expected = expected.map(str::to_owned);
    expected.sort();
    assert_eq!(names(&kinds["data"]), expected);
    let statuses = world.user().get("/pe/authentication-statuses").query("sort", "id").await.expect(200);
    let codes: Vec<&Value> = statuses["data"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, ["draft", "submitted", "needsModification", "passed"]);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_a_status_only_the_name_changes(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let statuses = "/pe/authentication-statuses";
    let id = world.id_of("authentication-statuses", "draft").await;
    let renamed = json!({ "id": id, "name": "起草" });
    assert_eq!(world.operator().put(statuses).json(&renamed).await.expect(200)["name"], "起草");
    let recoded = json!({ "id": id, "code": "passed", "name": "起草" });
    world.operator().put(statuses).json(&recoded).await.expect_problem(422, "field.invalid");
    let new = json!({ "code": "archived", "name": "归档" });
    world.operator().put(statuses).json(&new).await.expect_problem(422, "field.invalid");
    let twice = json!({ "code": "draft", "name": "草稿" });
    world.operator().put(statuses).json(&twice).await.expect_problem(409, "conflict");
    let entity = world.approved_entity().await;
    let draft = world.draft(entity, "gold").await;
    assert_eq!(world.certification(draft).await["statusName"], "起草");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_others_refer_to_is_not_deleted(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let entity = world.approved_entity().await;
    world.draft(entity, "gold").await;
    for (resource, code) in
        [("pe-types", "individual"), ("authentication-types", "gold"), ("authentication-statuses", "draft")]
    {
        let id = world.id_of(resource, code).await;
        let refused = world.operator().delete(&format!("/pe/{resource}/{id}")).await;
        refused.expect_problem(409, "reference.in_use");
    }
    let mine = format!("/pe/public-entities/mine/{entity}");
    world.owner().delete(&mine).await.expect_problem(409, "reference.in_use");
    let every = world.platform().delete("/pe/pe-types").header("x-confirm", "delete-all").await;
    every.expect_problem(409, "reference.in_use");
    let unused = world.id_of("pe-types", "organization").await;
    world.operator().delete(&format!("/pe/pe-types/{unused}")).await.expect(204);
    world.operator().delete(&format!("/pe/pe-types/{unused}")).await.expect_problem(404, "not_found");
    let changed = json!({ "id": world.id_of("pe-types", "individual").await, "name": "个体",
        "registrationNumberKind": "uscc" });
    world.operator().put("/pe/pe-types").json(&changed).await.expect_problem(409, "reference.in_use");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn deleting_everything_wants_to_be_confirmed(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    for resource in ["pe-members", "pe-authentications", "public-entities", "pe-types", "authentication-types"] {
        let path = format!("/pe/{resource}");
        world.platform().delete(&path).await.expect_problem(428, "confirm.required");
        world.platform().delete(&path).header("x-confirm", "yes").await.expect_problem(428, "confirm.required");
        world.operator().delete(&path).header("x-confirm", "delete-all").await.expect_problem(403, "auth.forbidden");
        let before = world.total(resource).await;
        let deleted = world.platform().delete(&path).header("x-confirm", "delete-all").await.expect(200);
        assert_eq!(deleted.body, json!({ "deleted": before }), "{resource}");
        assert_eq!(world.total(resource).await, 0);
    }
    // Laid again by the next setup.
    let again = world.platform().post("/pe/setup/initial").await.expect(200);
    assert_eq!((&again["seeded"]["entityTypes"], &again["seeded"]["certificationTypes"]), (&json!(3), &json!(6)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_certification_type_says_how_long_and_what_for(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let types = "/pe/authentication-types";
    let bad = json!({ "name": "坏", "validityDays": 0, "reviewWindowDays": -1, "requiredMaterials": ["a", "a", ""] });
    let faults = world.operator().put(types).json(&bad).await.expect(422).faults();
    let expected = [
        "/validityDays field.invalid",
        "/reviewWindowDays field.invalid",
        "/requiredMaterials/1 field.invalid",
        "/requiredMaterials/2 field.invalid",
    ];
    assert_eq!(faults, expected);
    let good = json!({ "name": "顶级供应商认证", "validityDays": 400 });
    let made = world.operator().put(types).json(&good).await.expect(201);
    assert_eq!((&made["reviewWindowDays"], &made["auditStatus"]), (&json!(400), &json!("pending")));
    assert_eq!(world.operator().get(&format!("{types}/{}", made["id"])).await.expect(200).body, made.body);
}
