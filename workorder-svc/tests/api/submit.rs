//! Submission: what is accepted, what is refused and where, drafts, idempotency keys, and races for a domain.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{TestDatabase, TestUser, fixtures};

use crate::support::{ENTERPRISE_TWO, WEB_ONE, World, form, form_for};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_submission_passes_the_check_and_waits_for_the_group_administrator(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let saved = world.save(&TestUser::ec_manager(), &form("a.komect.com")).await.expect(200);
    assert_eq!(saved["status"], "icpChecking");
    let id = saved["id"].as_i64().unwrap();
    assert!(saved["code"].as_str().unwrap().ends_with(&format!("-{id:04}")), "{}", saved.text());
    let order = world.reaches(id, "approving").await;
    assert_eq!(order.approver.as_ref().unwrap().id, *TestUser::group_admin().id());
    assert_eq!(order.domains[0].record_number.as_deref(), Some("京ICP备0500_komect.com_12号"));
    assert_eq!(
        world.history(id).await,
        ["submitted draft->icpChecking --", "pending ->icpChecking ++", "icpPassed icpChecking->approving ++"]
    );
    assert_eq!(world.reservations().await, ["a.komect.com"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_front_ends_own_form_is_accepted_with_its_files(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let mut form = fixtures::domain_request();
    let faults = world.save(&manager, &form).await.expect_problem(422, "file.unknown").faults();
    assert_eq!(faults, ["/md5List/0 file.unknown", "/secInfoFileId/0 file.unknown"]);
    let plain = world.upload(&manager, "/workorder/custom/upload", "说明.txt", b"text").await;
    let security = world.upload(&manager, "/workorder/requestDomain/upload", "信安.txt", b"text").await;
    form["md5List"] = json!([plain]);
    form["secInfoFileId"] = json!([security]);
    world.save(&manager, &form).await.expect(200);
}

/// What is changed of a good form, the status and code of the problem, and its faults.
type Case = (&'static str, fn(&mut Value), u16, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    ("kind", |f| f["type"] = json!("nonsense"), 422, "order.type_unknown", &["/type order.type_unknown"]),
    (
        "billing's kind",
        |f| f["type"] = json!("PRODUCT_CANCEL"),
        422,
        "order.type_unknown",
        &["/type order.type_unknown"],
    ),
    (
        "requirement",
        |f| f["requirement"] = json!("paint"),
        422,
        "order.requirement_unknown",
        &["/requirement order.requirement_unknown"],
    ),
    (
        "enterprise",
        |f| f["enterprise"] = json!("nobody"),
        422,
        "enterprise.unknown",
        &["/enterprise enterprise.unknown"],
    ),
    (
        "product",
        |f| f["productId"] = json!("P-WEB"),
        422,
        "product.not_available",
        &["/productId product.not_available"],
    ),
    ("no domain", |f| f["speedList"] = json!([]), 422, "domain.required", &["/speedList domain.required"]),
    (
        "too many",
        |f| f["speedList"] = (0..501).map(|n| json!({"domain": format!("{n}.example.cn")})).collect(),
        422,
        "domain.too_many",
        &["/speedList domain.too_many"],
    ),
    (
        "bad domain",
        |f| f["speedList"][0]["domain"] = json!("com.cn"),
        422,
        "domain.invalid",
        &["/speedList/0/domain domain.invalid"],
    ),
    (
        "twice",
        |f| f["speedList"] = json!([{"domain": "a.example.cn"}, {"domain": "Ａ.example.cn"}]),
        422,
        "domain.duplicate",
        &["/speedList/1/domain domain.duplicate"],
    ),
    (
        "not owned",
        |f| f["requirement"] = json!("modify"),
        422,
        "domain.not_owned",
        &["/speedList/0/domain domain.not_owned"],
    ),
    ("no origin", |f| f["loopDomain"] = json!([]), 422, "origin.required", &["/loopDomain origin.required"]),
    (
        "bad origin",
        |f| f["loopDomain"][0]["value"] = json!("2001:db8::1:80:99999"),
        422,
        "origin.invalid",
        &["/loopDomain/0/value origin.invalid"],
    ),
    (
        "private origin",
        |f| f["loopDomain"][0]["value"] = json!("10.0.0.1"),
        422,
        "origin.not_routable",
        &["/loopDomain/0/value origin.not_routable"],
    ),
    (
        "no main origin",
        |f| f["loopDomain"][0]["mainFlag"] = json!(false),
        422,
        "origin.main_missing",
        &["/loopDomain origin.main_missing"],
    ),
    (
        "weight",
        |f| f["loopDomain"][0]["weight"] = json!(101),
        422,
        "origin.weight_invalid",
        &["/loopDomain/0/weight origin.weight_invalid"],
    ),
    (
        "loop",
        |f| f["loopDomain"][0] = json!({"value": "A.example.cn", "type": "domain", "mainFlag": true}),
        422,
        "origin.loop",
        &["/loopDomain/0/value origin.loop"],
    ),
    ("province", |f| f["provinces"] = json!([33, 99]), 422, "province.unknown", &["/provinces/1 province.unknown"]),
    ("file", |f| f["md5List"] = json!(["0".repeat(25)]), 422, "file.unknown", &["/md5List/0 file.unknown"]),
    ("sheet", |f| f["fileId"] = json!("0".repeat(25)), 422, "batch.file_invalid", &["/fileId batch.file_invalid"]),
    (
        "record number",
        |f| f["speedList"][0]["icpNumber"] = json!("京\u{0}"),
        422,
        "icp_number.invalid",
        &["/speedList/0/icpNumber icp_number.invalid"],
    ),
    (
        "two faults",
        |f| {
            f["requirement"] = json!("paint");
            f["provinces"] = json!([99]);
        },
        422,
        "validation_failed",
        &["/requirement order.requirement_unknown", "/provinces/0 province.unknown"],
    ),
    (
        "wrong type",
        |f| f["speedList"] = json!("a.example.cn"),
        400,
        "request.malformed",
        &["/speedList request.malformed"],
    ),
];

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_named_with_its_place_and_nothing_is_written(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    for (what, change, status, code, faults) in CASES {
        let mut form = form("a.example.cn");
        change(&mut form);
        let problem = world.save(&TestUser::ec_manager(), &form).await.expect_problem(*status, code);
        assert_eq!(problem.faults(), *faults, "{what}");
        let english = world.as_user(&TestUser::ec_manager()).post("/workorder/custom/save").json(&form).in_english();
        assert_ne!(english.await["title"], problem["title"], "{what}");
        if *status == 422 {
            let check = world.as_user(&TestUser::ec_manager()).post("/workorder/custom/check").json(&form).await;
            let check = check.expect(200);
            assert_eq!((check["ok"].clone(), check.faults()), (json!(false), problem.faults()), "{what}");
        }
    }
    assert_eq!(world.orders().await, 0);
    assert!(world.reservations().await.is_empty());
    let check = world.as_user(&TestUser::ec_manager()).post("/workorder/custom/check").json(&form("a.example.cn"));
    assert_eq!(check.await.expect(200).body, json!({"ok": true, "errors": []}));
    assert_eq!(world.orders().await, 0);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_domain_that_exists_is_a_conflict_that_names_the_first_place(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    world.import_live("live.example.cn", ENTERPRISE_TWO, "P-WEB").await;
    let id = world.submitted(&manager, "open.example.cn").await;
    let places = [("live.example.cn", "self_service_domain_config"), ("open.example.cn", "work_order_cache_domain")];
    for (domain, place) in places {
        let problem = world.save(&TestUser::province_manager(), &form(domain)).await;
        let problem = problem.expect_problem(409, "domain.exists");
        assert_eq!(problem["errors"][0]["where"], place);
        assert_eq!(problem["errors"][0]["pointer"], "/speedList/0/domain");
    }
    let draft = json!({"state": "draft", "type": "domain_request", "requirement": "add",
        "speedList": [{"domain": "draft.example.cn"}]});
    world.save(&manager, &draft).await.expect(200);
    world.save(&manager, &form("draft.example.cn")).await.expect(200);
    let body = json!({"id": id, "reason": "不要了"});
    world.as_user(&manager).post("/workorder/withdraw").json(&body).await.expect(200);
    world.save(&manager, &form("open.example.cn")).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_submissions_of_one_domain_exactly_one_succeeds(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let (one, other) = (TestUser::ec_manager(), TestUser::ec_manager2());
    let submissions = (0..50).map(|n| {
        let mut form = form("race.example.cn");
        // Half of them with a second domain, in the other order, so that they meet in the middle.
        if n % 2 == 0 {
            form["speedList"] = json!([{"domain": "zz.example.cn"}, {"domain": "race.example.cn"}]);
        }
        let user = if n % 3 == 0 { &one } else { &other };
        let (world, form) = (&world, form);
        async move { world.save(user, &form).await }
    });
    let replies = join_all(submissions).await;
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(won, 1);
    for reply in replies.into_iter().filter(|reply| reply.status != 200) {
        assert_eq!(reply.expect_problem(409, "domain.exists")["errors"][0]["where"], "work_order_cache_domain");
    }
    assert_eq!(world.orders().await, 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gives_the_same_order_and_another_body_under_it_is_refused(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let send = |form: Value| {
        let api = world.as_user(&manager);
        async move { api.post("/workorder/custom/save").idempotency_key("k-1").json(&form).await }
    };
    let replies = join_all((0..20).map(|_| send(form("a.example.cn")))).await;
    let first = replies[0].clone().expect(200);
    for reply in &replies {
        assert_eq!((reply.status, &reply.body), (200, &first.body), "{}", reply.text());
    }
    let replayed = replies.iter().filter(|reply| reply.header("idempotency-replayed") == Some("true")).count();
    assert_eq!((replayed, world.orders().await), (19, 1));
    send(form("b.example.cn")).await.expect_problem(422, "idempotency.mismatch");
    let other = world.as_user(&TestUser::ec_manager2()).post("/workorder/custom/save").idempotency_key("k-1");
    assert_ne!(other.json(&form("b.example.cn")).await.expect(200)["id"], first["id"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_saved_again_and_submitted_by_its_creator_alone(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let draft = json!({"type": "domain_request", "state": "draft", "speedList": [{"domain": "a.example.cn"}]});
    let saved = world.save(&manager, &draft).await.expect(200);
    assert_eq!(saved["status"], "draft");
    assert_eq!(world.history(saved["id"].as_i64().unwrap()).await, Vec::<String>::new());
    let broken = json!({"state": "draft", "id": saved["id"], "speedList": [{"domain": "no domain"}]});
    world.save(&manager, &broken).await.expect_problem(422, "domain.invalid");
    let mut whole = form("a.example.cn");
    whole["id"] = saved["id"].clone();
    whole["code"] = json!("mine");
    whole["createUser"] = json!("someone else");
    world.save(&TestUser::ec_manager2(), &whole).await.expect_problem(404, "not_found");
    let submitted = world.save(&manager, &whole).await.expect(200);
    assert_eq!((&submitted["id"], &submitted["code"]), (&saved["id"], &saved["code"]));
    let order = world.reaches(saved["id"].as_i64().unwrap(), "approving").await;
    assert_eq!(order.creator.id, *manager.id());
    world.save(&manager, &whole).await.expect_problem(404, "not_found");
    whole["speedList"] = json!([]);
    world.save(&manager, &whole).await.expect_problem(404, "not_found");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_live_domain_is_changed_or_taken_down_by_one_order_at_a_time(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    world.import_live("live.example.cn", crate::support::ENTERPRISE_ONE, WEB_ONE).await;
    let saved = world.save(&manager, &form_for("delete", "live.example.cn")).await.expect(200);
    assert_eq!(saved["status"], "approving");
    let id = saved["id"].as_i64().unwrap();
    assert_eq!(world.history(id).await, ["submitted draft->approving ++", "pending ->approving ++"]);
    let second = world.save(&manager, &form_for("modify", "live.example.cn")).await;
    let second = second.expect_problem(409, "domain.in_progress");
    assert_eq!(second["errors"][0]["where"], "work_order_cache_domain");
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    world.event(id, "close", "e-1", json!({})).await.expect(200);
    assert!(world.live().await.is_empty() && world.reservations().await.is_empty());
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn with_assignment_a_manager_orders_only_for_enterprises_of_their_own(#[case] database: TestDatabase) {
    use diesel::prelude::*;
    use workorder_svc::schema::enterprise_manager as t;

    let world = World::with(database, None, |settings| settings.enterprise.assignment = true).await;
    let manager = TestUser::ec_manager();
    world.save(&manager, &form("a.example.cn")).await.expect_problem(422, "enterprise.unknown");
    let (enterprise, user) = (crate::support::ENTERPRISE_ONE, manager.id().0.clone());
    world
        .write(move |conn| {
            let row = (t::enterprise_id.eq(enterprise), t::user_id.eq(user));
            Ok(diesel::insert_into(t::table).values(row).execute(conn)?)
        })
        .await;
    world.save(&manager, &form("a.example.cn")).await.expect(200);
    world.save(&TestUser::ec_manager2(), &form("b.example.cn")).await.expect_problem(422, "enterprise.unknown");
}
