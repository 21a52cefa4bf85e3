//! Subscriptions to the events of service orders.

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{Reply, TestDatabase, TestUser, eventually};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};
use workorder_svc::settings::Settings;

use crate::service_order::{ORDERS, service_order};
use crate::support::World;

const HUB: &str = "/tmf-api/serviceOrdering/v4/hub";

fn local(settings: &mut Settings) {
    settings.hub.callback_hosts = vec!["127.0.0.1".to_owned()];
    settings.outbound.private_hosts = vec!["127.0.0.1".to_owned()];
}

/// A listener that takes everything.
async fn listener() -> MockServer {
    let listener = MockServer::start().await;
    Mock::given(method("POST")).and(path("/listener")).respond_with(ResponseTemplate::new(204)).mount(&listener).await;
    listener
}

async fn subscribe(world: &World, listener: &MockServer, query: Option<&str>) -> Reply {
    let body = json!({"callback": format!("{}/listener", listener.uri()), "query": query});
    world.as_user(&TestUser::platform_admin()).post(HUB).json(&body).await.expect(201)
}

/// What the listener has heard, oldest first, once there are so many.
async fn heard(listener: &MockServer, count: usize) -> Vec<Value> {
    eventually("the events are there", || async {
        let requests = listener.received_requests().await.unwrap();
        let events: Vec<Value> = requests.iter().map(|request| request.body_json().unwrap()).collect();
        (events.len() >= count).then_some(events)
    })
    .await
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["eventType"].as_str().unwrap()).collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn subscribers_hear_in_order_what_they_asked_for(#[case] database: TestDatabase) {
    let world = World::with(database, None, local).await;
    let (everything, moves) = (listener().await, listener().await);
    let subscription = subscribe(&world, &everything, None).await;
    let location = subscription.header("location").unwrap().to_owned();
    assert_eq!(location, format!("{HUB}/{}", subscription["id"].as_str().unwrap()));
    subscribe(&world, &moves, Some("eventType=ServiceOrderStateChangeEvent&serviceOrder.state=pending,completed"))
        .await;
    let manager = TestUser::ec_manager();
    let placed = world.as_user(&manager).post(ORDERS).json(&service_order("a.komect.com")).await.expect(201);
    let id: i64 = placed["id"].as_str().unwrap().parse().unwrap();
    world.reaches(id, "approving").await;
    world.decide(&TestUser::group_admin(), id, "reject", Some("不行")).await.expect(200);
    let path = placed["href"].as_str().unwrap();
    world.as_user(&manager).request("PATCH", path).json(&json!({"externalId": "PO-3"})).await.expect(200);
    let events = heard(&everything, 4).await;
    let expected = [
        "ServiceOrderCreateEvent",
        "ServiceOrderStateChangeEvent",
        "ServiceOrderInformationRequiredEvent",
        "ServiceOrderAttributeValueChangeEvent",
    ];
    assert_eq!(types(&events), expected);
    let created = &events[0]["event"]["serviceOrder"];
    assert_eq!(
        (&created["id"], &created["state"], &created["externalId"]),
        (&placed["id"], &json!("acknowledged"), &json!("PO-a.komect.com"))
    );
    assert_eq!(events[1]["event"]["serviceOrder"]["state"], "pending");
    assert!(events.iter().all(|event| event["eventId"].is_string() && event["eventTime"].is_string()));
    assert_eq!(types(&heard(&moves, 1).await), ["ServiceOrderStateChangeEvent"]);
    // Who has left hears no more.
    let admin = world.as_user(&TestUser::platform_admin());
    admin.delete(&location).await.expect(204);
    admin.delete(&location).await.expect_problem(404, "not_found");
    let cancel = json!({"serviceOrder": {"id": placed["id"]}});
    world.as_user(&manager).post("/tmf-api/serviceOrdering/v4/cancelServiceOrder").json(&cancel).await.expect(201);
    let third = listener().await;
    subscribe(&world, &third, None).await;
    let item = json!({"serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]});
    let draft = world.as_user(&manager).post(ORDERS).json(&item).await.expect(201);
    world.as_user(&manager).delete(draft["href"].as_str().unwrap()).await.expect(204);
    assert_eq!(types(&heard(&third, 2).await), ["ServiceOrderCreateEvent", "ServiceOrderDeleteEvent"]);
    assert_eq!(heard(&everything, 4).await.len(), 4);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_was_away_hears_everything_when_it_is_back(#[case] database: TestDatabase) {
    let world = World::with(database, None, local).await;
    let listener = MockServer::start().await;
    let away = Mock::given(method("POST")).respond_with(ResponseTemplate::new(503)).mount_as_scoped(&listener).await;
    subscribe(&world, &listener, None).await;
    let manager = TestUser::ec_manager();
    let placed = world.as_user(&manager).post(ORDERS).json(&service_order("a.komect.com")).await.expect(201);
    let cancel = json!({"serviceOrder": {"id": placed["id"]}});
    world.as_user(&manager).post("/tmf-api/serviceOrdering/v4/cancelServiceOrder").json(&cancel).await.expect(201);
    heard(&listener, 2).await;
    drop(away);
    listener.reset().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&listener).await;
    let events = heard(&listener, 4).await;
    let expected = [
        "ServiceOrderCreateEvent",
        "ServiceOrderStateChangeEvent",
        "CancelServiceOrderCreateEvent",
        "CancelServiceOrderStateChangeEvent",
    ];
    assert_eq!(types(&events), expected);
    assert_eq!(events[3]["event"]["cancelServiceOrder"]["state"], "done");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn only_configured_hosts_are_called_back(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| {
        settings.hub.callback_hosts = vec!["crm.example.cn".to_owned(), "127.0.0.1".to_owned()];
    })
    .await;
    let register = |callback: &str, query: Option<&str>| {
        let request = world.as_user(&TestUser::platform_admin()).post(HUB);
        let body = json!({"callback": callback, "query": query});
        async move { request.json(&body).await }
    };
    for callback in
        ["http://other.example.cn/", "file:///etc/passwd", "http://127.0.0.1/", "http://u:p@crm.example.cn/", "x"]
    {
        let refused = register(callback, None).await.expect_problem(422, "hub.callback_refused");
        assert_eq!(refused.faults(), ["/callback hub.callback_refused"]);
    }
    register("https://crm.example.cn/x", Some("eventType")).await.expect_problem(422, "field.invalid");
    register("https://crm.example.cn/x", None).await.expect(201);
    let refused =
        world.as_user(&TestUser::ec_manager()).post(HUB).json(&json!({"callback": "https://crm.example.cn/"})).await;
    assert!(refused.expect_problem(403, "auth.forbidden")["detail"].as_str().unwrap().contains("WO_Hub_Manage"));
}
