//! The TM Forum face of orders: TMF641 Service Ordering v4.1.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Reply, TestDatabase, TestUser};

use crate::support::{ENTERPRISE_ONE, WEB_ONE, World, form};

pub const ORDERS: &str = "/tmf-api/serviceOrdering/v4/serviceOrder";
const CANCELLATIONS: &str = "/tmf-api/serviceOrdering/v4/cancelServiceOrder";
/// What every service order has. source: TMF641 v4.1, conformance profile
const MANDATORY: [&str; 6] = ["id", "href", "state", "orderDate", "startDate", "serviceOrderItem"];

/// A service order that is a valid order of a new domain.
pub fn service_order(domain: &str) -> Value {
    json!({
        "externalId": format!("PO-{domain}"), "category": "CDN", "@type": "CdnOrder", "colour": {"shade": ["blue"]},
        "note": [{"text": "尽快", "author": "CRM"}],
        "relatedParty": [{"id": ENTERPRISE_ONE, "role": "customer", "@referredType": "Organization", "@type": "RelatedParty"}],
        "serviceOrderItem": [{"id": "1", "action": "add", "weight": 7, "service": {"name": "网页加速", "serviceCharacteristic": [
            {"name": "domains", "valueType": "array", "value": [domain]},
            {"name": "origins", "value": "192.0.2.1:80"},
            {"name": "provinces", "value": [33]},
            {"name": "productId", "value": WEB_ONE},
            {"name": "contract", "value": {"no": "HT-1"}}
        ]}}]
    })
}

async fn place(world: &World, user: &TestUser, body: &Value) -> Reply {
    world.as_user(user).post(ORDERS).json(body).await.expect(201)
}

fn number(reply: &Reply) -> i64 {
    reply["id"].as_str().unwrap().parse().unwrap()
}

#[track_caller]
fn assert_mandatory(order: &Value) {
    for name in MANDATORY {
        assert!(!order[name].is_null(), "{name} in {order}");
    }
    assert_eq!(order["href"], format!("{ORDERS}/{}", order["id"].as_str().unwrap()));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_service_order_is_submitted_approved_and_closed_like_any_other(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let sent = service_order("a.komect.com");
    let placed = place(&world, &manager, &sent).await;
    assert_mandatory(&placed.body);
    assert_eq!(placed.header("location"), placed["href"].as_str());
    assert_eq!((&placed["state"], placed.body.get("errorMessage")), (&json!("acknowledged"), None));
    let id = number(&placed);
    world.reaches(id, "approving").await;
    assert_eq!(world.reservations().await, ["a.komect.com"]);
    let show = || world.as_user(&manager).get(placed["href"].as_str().unwrap());
    let shown = show().await.expect(200);
    for name in ["externalId", "category", "@type", "colour", "note", "relatedParty"] {
        assert_eq!(shown[name], sent[name], "{name}");
    }
    let item = &shown["serviceOrderItem"][0];
    assert_eq!((&item["weight"], &item["service"]), (&json!(7), &sent["serviceOrderItem"][0]["service"]));
    assert_eq!(item["state"], "acknowledged");
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    assert_eq!(show().await["state"], "inProgress");
    world.event(id, "close", "e1", json!({"message": "完成"})).await.expect(200);
    let closed = show().await;
    assert_eq!(closed["state"], "completed");
    assert!(closed["completionDate"].is_string(), "{}", closed.text());
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_valid_order_yet_is_kept_as_a_draft_and_submitted_once_it_is(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let smallest = json!({"serviceOrderItem": [{"id": "1", "action": "add", "service": {
        "name": "vCPE", "serviceSpecification": {"id": "12"}, "serviceCharacteristic": [{"name": "domains", "value": "1.2.3.4"}]
    }}]});
    let placed = place(&world, &manager, &smallest).await;
    assert_mandatory(&placed.body);
    assert_eq!(placed["state"], "acknowledged");
    assert_eq!(placed["serviceOrderItem"][0]["service"], smallest["serviceOrderItem"][0]["service"]);
    let codes: Vec<_> = placed["errorMessage"].as_array().unwrap().iter().map(|error| error["code"].clone()).collect();
    assert!(codes.contains(&json!("enterprise.unknown")) && codes.contains(&json!("domain.invalid")), "{codes:?}");
    let id = number(&placed);
    assert_eq!(world.order(id).await.state.code(), "draft");
    let path = placed["href"].as_str().unwrap();
    world.as_user(&TestUser::ec_manager2()).get(path).await.expect_problem(404, "not_found");
    let complete = service_order("b.komect.com");
    let patch = json!({"serviceOrderItem": complete["serviceOrderItem"], "relatedParty": complete["relatedParty"]});
    let patched =
        world.as_user(&manager).request("PATCH", path).body("application/merge-patch+json", patch.to_string()).await;
    let patched = patched.expect(200);
    assert_eq!((&patched["id"], patched.body.get("errorMessage")), (&placed["id"], None));
    world.reaches(id, "approving").await;
    // A domain that is taken keeps the next one a draft.
    let second = place(&world, &manager, &service_order("b.komect.com")).await;
    assert_eq!(second["errorMessage"][0]["code"], "domain.exists");
    assert_eq!(world.order(number(&second)).await.state.code(), "draft");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_service_order_is_refused_in_both_vocabularies(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let post = |body: Value| {
        let api = world.as_user(&manager);
        async move { api.post(ORDERS).in_english().json(&body).await }
    };
    let item = |action: &str| json!({"serviceOrderItem": [{"id": "1", "action": action, "service": {}}]});
    for body in
        [json!({}), json!({"serviceOrderItem": []}), item("noChange"), item("paint"), json!({"serviceOrderItem": [{}]})]
    {
        let refused = post(body).await.expect_problem(400, "request.invalid");
        assert!(refused["reason"].is_string() && refused["message"].is_string(), "{}", refused.text());
    }
    world.as_user(&manager).post(ORDERS).body("application/json", *b"{").await.expect(400);
    let unknown =
        world.as_user(&manager).get(&format!("{ORDERS}/999")).in_english().await.expect_problem(404, "not_found");
    assert_eq!((&unknown["status"], &unknown["reason"]), (&json!(404), &json!("Not found")));
    world.as_user(&manager).get(&format!("{ORDERS}/nothing")).await.expect_problem(404, "not_found");
    let nobody = world.api().get(ORDERS).await.expect_problem(401, "auth.token_invalid");
    assert!(nobody["reason"].is_string());
    assert_eq!(world.orders().await, 0);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_counted_cut_and_filtered(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let first = place(&world, &manager, &service_order("a.komect.com")).await;
    let second = place(&world, &manager, &service_order("b.komect.com")).await;
    let desk = world.approving(&manager, "c.komect.com").await;
    world.decide(&TestUser::group_admin(), desk, "reject", Some("不行")).await.expect(200);
    let list = |query: &str| {
        let api = world.as_user(&manager);
        let path = format!("{ORDERS}?{query}");
        async move { api.get(&path).await.expect(200) }
    };
    let ids = |reply: &Reply| -> Vec<String> {
        reply.body.as_array().unwrap().iter().map(|order| order["id"].as_str().unwrap().to_owned()).collect()
    };
    let (first, second, desk) = (number(&first).to_string(), number(&second).to_string(), desk.to_string());
    let all = list("").await;
    assert_eq!(ids(&all), [desk.as_str(), second.as_str(), first.as_str()]);
    all.body.as_array().unwrap().iter().for_each(assert_mandatory);
    let part = list("limit=1&offset=1").await;
    assert_eq!((part.header("x-result-count"), part.header("x-total-count")), (Some("1"), Some("3")));
    assert_eq!(ids(&part), [second.as_str()]);
    for (query, expected) in [
        ("state=pending", vec![&desk]),
        ("state=pending,acknowledged&sort=orderDate", vec![&first, &second, &desk]),
        ("state=failed", vec![]),
        ("externalId=PO-a.komect.com", vec![&first]),
        ("colour.shade=blue&category=CDN", vec![&second, &first]),
        ("orderDate.gt=2020-01-01&serviceOrderItem.action=add", vec![&desk, &second, &first]),
        ("orderDate%3C2020-01-01", vec![]),
        (&format!("relatedParty.id={ENTERPRISE_ONE}"), vec![&desk, &second, &first]),
        (&format!("id={first}"), vec![&first]),
        ("externalId=nothing", vec![]),
    ] {
        assert_eq!(ids(&list(query).await), expected.into_iter().cloned().collect::<Vec<_>>(), "{query}");
    }
    let whole = list(&format!("id={desk}")).await.body[0].clone();
    let selected = list(&format!("id={desk}&fields=relatedParty.role")).await;
    let expected = json!([{
        "id": desk, "href": format!("{ORDERS}/{desk}"), "state": "pending",
        "orderDate": whole["orderDate"], "startDate": whole["startDate"],
        "relatedParty": [{"role": "customer"}, {"role": "requester"}]
    }]);
    assert_eq!(selected.body, expected);
    assert!(whole["orderDate"].is_string() && whole["startDate"].is_string(), "{whole}");
    let others = world.as_user(&TestUser::ec_manager2()).get(ORDERS).await.expect(200);
    assert_eq!((others.header("x-total-count"), &others.body), (Some("0"), &json!([])));
    for query in ["limit=x", "offset=-1", "orderDate.gt=soon"] {
        let path = format!("{ORDERS}?{query}");
        world.as_user(&manager).get(&path).await.expect_problem(400, "request.invalid");
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_patch_is_for_the_creator_and_for_what_may_be_patched(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let placed = place(&world, &manager, &service_order("a.komect.com")).await;
    let (id, path) = (number(&placed), placed["href"].as_str().unwrap());
    world.reaches(id, "approving").await;
    let patch = |user: &TestUser, body: Value| {
        let api = world.as_user(user);
        async move { api.request("PATCH", path).json(&body).await }
    };
    // Words beside the order at any time, what is ordered only after it came back.
    let noted =
        patch(&manager, json!({"externalId": "PO-2", "note": null, "colour": {"shade": "red"}})).await.expect(200);
    assert_eq!((&noted["externalId"], noted.body.get("note")), (&json!("PO-2"), None));
    assert_eq!(noted["colour"], json!({"shade": "red"}));
    patch(&manager, json!({"description": "换源站"})).await.expect_problem(409, "order.state_conflict");
    patch(&manager, json!({"category": "other"})).await.expect_problem(400, "request.invalid");
    patch(&manager, json!({"state": "completed"})).await.expect_problem(400, "request.invalid");
    patch(&TestUser::ec_manager2(), json!({"externalId": "x"})).await.expect_problem(404, "not_found");
    let stale = world.as_user(&manager).request("PATCH", path).if_match(1).json(&json!({"externalId": "y"})).await;
    stale.expect_problem(412, "stale");
    world.decide(&TestUser::group_admin(), id, "reject", Some("换源站")).await.expect(200);
    let mut changed = service_order("a.komect.com");
    changed["serviceOrderItem"][0]["service"]["serviceCharacteristic"][1]["value"] = json!("127.0.0.1");
    let items = |order: &Value| json!({"serviceOrderItem": order["serviceOrderItem"]});
    patch(&manager, items(&changed)).await.expect_problem(422, "origin.not_routable");
    changed["serviceOrderItem"][0]["service"]["serviceCharacteristic"][1]["value"] = json!("192.0.2.9");
    let again = patch(&manager, items(&changed)).await.expect(200);
    assert_eq!(again["state"], "acknowledged");
    let order = world.reaches(id, "approving").await;
    assert_eq!(order.origins[0].value, "192.0.2.9");
    // The face follows what is changed at the desk.
    world.decide(&TestUser::group_admin(), id, "reject", Some("换域名")).await.expect(200);
    let mut desk = form("z.komect.com");
    desk["id"] = json!(id);
    world.as_user(&manager).post("/workorder/modify/detail").json(&desk).await.expect(200);
    let shown = world.as_user(&manager).get(path).await.expect(200);
    assert!(shown["serviceOrderItem"].to_string().contains("z.komect.com"), "{}", shown.text());
    assert_eq!((&shown["externalId"], &shown["serviceOrderItem"][0]["weight"]), (&json!("PO-2"), &json!(7)));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_deleted_and_an_order_is_cancelled_by_its_creator(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let item = json!({"serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]});
    let draft = place(&world, &manager, &item).await;
    let path = draft["href"].as_str().unwrap();
    world.as_user(&TestUser::ec_manager2()).delete(path).await.expect_problem(404, "not_found");
    world.as_user(&TestUser::platform_admin()).delete(path).await.expect_problem(403, "order.not_creator");
    world.as_user(&manager).delete(path).await.expect(204);
    world.as_user(&manager).get(path).await.expect_problem(404, "not_found");
    let order = place(&world, &manager, &service_order("a.komect.com")).await;
    let path = order["href"].as_str().unwrap();
    world.as_user(&manager).delete(path).await.expect_problem(409, "order.state_conflict");
    let cancel = |user: &TestUser, body: Value| {
        let api = world.as_user(user);
        async move { api.post(CANCELLATIONS).json(&body).await }
    };
    let body = json!({"serviceOrder": {"id": order["id"]}, "cancellationReason": "不要了", "@type": "CdnCancel"});
    cancel(&manager, json!({"cancellationReason": "x"})).await.expect_problem(400, "request.invalid");
    cancel(&manager, json!({"serviceOrder": {"id": "999"}})).await.expect_problem(404, "not_found");
    cancel(&TestUser::ec_manager2(), body.clone()).await.expect_problem(404, "not_found");
    let done = cancel(&manager, body.clone()).await.expect(201);
    assert_eq!(
        (&done["state"], &done["@type"], &done["serviceOrder"]["id"]),
        (&json!("done"), &json!("CdnCancel"), &order["id"])
    );
    assert_eq!(done.header("location"), done["href"].as_str());
    assert!(done["effectiveCancellationDate"].is_string());
    cancel(&manager, body).await.expect_problem(409, "order.state_conflict");
    let shown = world.as_user(&manager).get(path).await.expect(200);
    assert_eq!((&shown["state"], &shown["cancellationReason"]), (&json!("cancelled"), &json!("不要了")));
    assert!(shown["cancellationDate"].is_string() && world.reservations().await.is_empty());
    let listed = world.as_user(&manager).get(CANCELLATIONS).await.expect(200);
    assert_eq!((listed.header("x-total-count"), &listed.body), (Some("1"), &json!([done.body])));
    assert_eq!(world.as_user(&manager).get(done["href"].as_str().unwrap()).await.expect(200).body, done.body);
    let other = world.as_user(&TestUser::ec_manager2());
    other.get(done["href"].as_str().unwrap()).await.expect_problem(404, "not_found");
    assert_eq!(other.get(CANCELLATIONS).await.expect(200).body, json!([]));
    // Or by a patch of the state.
    let third = place(&world, &manager, &service_order("c.komect.com")).await;
    let patch = json!({"state": "cancelled", "cancellationReason": "重复"});
    let patched =
        world.as_user(&manager).request("PATCH", third["href"].as_str().unwrap()).json(&patch).await.expect(200);
    assert_eq!((&patched["state"], &patched["cancellationReason"]), (&json!("cancelled"), &json!("重复")));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_service_order_is_one_and_of_two_for_a_domain_one_is_submitted(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let send = |key: &str| {
        let request = world.as_user(&manager).post(ORDERS).idempotency_key(key).json(&service_order("a.komect.com"));
        async move { request.await.expect(201) }
    };
    let (one, two) = futures_util::future::join(send("k1"), send("k2")).await;
    let again = send("k1").await;
    assert_eq!((&again["id"], again.header("idempotency-replayed")), (&one["id"], Some("true")));
    assert_eq!(again.header("location"), one.header("location"));
    let drafts = [&one, &two].into_iter().filter(|reply| reply.body.get("errorMessage").is_some()).count();
    assert_eq!(drafts, 1, "{} {}", one.text(), two.text());
    assert_eq!(world.orders().await, 2);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_the_console_is_found_by_whatever_its_resource_says(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let desk = world.approving(&manager, "c.komect.com").await;
    let sent = number(&place(&world, &manager, &service_order("a.komect.com")).await);
    let code = world.order(desk).await.code;
    let (desk, sent) = (desk.to_string(), sent.to_string());
    // 网页加速
    let product = "serviceOrderItem.service.name=%E7%BD%91%E9%A1%B5%E5%8A%A0%E9%80%9F";
    for (query, total, expected) in [
        ("relatedParty.role=requester", "1", vec![&desk]),
        ("relatedParty.role=customer&relatedParty.role=requester", "1", vec![&desk]),
        (product, "2", vec![&sent, &desk]),
        (&format!("{product}&state=acknowledged&sort=orderDate"), "2", vec![&desk, &sent]),
        (&format!("{product}&limit=1&offset=1"), "2", vec![&desk]),
        (&format!("{product}&id={sent}"), "1", vec![&sent]),
        ("@type=ServiceOrder", "1", vec![&desk]),
        ("@type=ServiceOrder,CdnOrder", "2", vec![&sent, &desk]),
        (&format!("externalReference.name={code}"), "1", vec![&desk]),
        (&format!("href={ORDERS}/{desk}"), "1", vec![&desk]),
        ("serviceOrderItem.state=acknowledged&serviceOrderItem.id=1", "2", vec![&sent, &desk]),
        ("serviceOrderItem.service.serviceCharacteristic.value.domain=c.komect.com", "1", vec![&desk]),
        ("serviceOrderItem.service.serviceCharacteristic.value=a.komect.com", "1", vec![&sent]),
        ("serviceOrderItem.weight=7", "1", vec![&sent]),
        ("@type=ServiceOrder&state=completed", "0", vec![]),
        ("nothing.at.all=x", "0", vec![]),
    ] {
        let found = world.as_user(&manager).get(&format!("{ORDERS}?{query}")).await.expect(200);
        let ids: Vec<&str> = found.body.as_array().unwrap().iter().map(|order| order["id"].as_str().unwrap()).collect();
        let expected: Vec<&str> = expected.into_iter().map(String::as_str).collect();
        assert_eq!((found.header("x-total-count"), ids), (Some(total), expected), "{query}");
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn domains_of_a_sheet_and_of_a_migration_are_told(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let sheet = "域名\na.example.cn\nb.example.cn\n".as_bytes();
    let mut batch = form("unused.example.cn");
    batch["isBatch"] = json!(true);
    batch["fileId"] = json!(world.upload(&manager, "/workorder/custom/upload", "b.csv", sheet).await);
    batch["speedList"] = Value::Null;
    world.product(ENTERPRISE_ONE, "P-TARGET", "网页加速", "open").await;
    world.import_live("m.example.cn", ENTERPRISE_ONE, WEB_ONE).await;
    let migration = json!({
        "type": "DOMAIN_MIGRATE", "enterprise": ENTERPRISE_ONE, "sourceProductId": WEB_ONE, "productId": "P-TARGET",
        "speedList": []
    });
    for (order, domains) in [(&batch, vec!["a.example.cn", "b.example.cn"]), (&migration, vec!["m.example.cn"])] {
        let id = world.save(&manager, order).await.expect(200)["id"].as_i64().unwrap();
        let shown = world.as_user(&manager).get(&format!("{ORDERS}/{id}")).await.expect(200);
        let service = &shown["serviceOrderItem"][0]["service"];
        let told: Vec<_> = service["serviceCharacteristic"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["name"] == "domains")
            .collect();
        let value: Vec<_> = domains.iter().map(|domain| json!({ "domain": domain })).collect();
        assert_eq!(told, [&json!({"name": "domains", "valueType": "array", "value": value})]);
        let path = "serviceOrderItem.service.serviceCharacteristic.value.domain";
        let found = world.as_user(&manager).get(&format!("{ORDERS}?{path}={}", domains[0])).await.expect(200);
        assert_eq!(found.body, json!([shown.body]));
    }
}
