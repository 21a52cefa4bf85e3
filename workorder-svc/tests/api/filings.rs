//! Filings: a registry asked over HTTP, the evidence of its answers, and what becomes of live domains whose filing lapses.

use std::sync::{Arc, Mutex};

use rstest::rstest;
use serde_json::{Value, json};
use test_kit::{TestDatabase, TestUser, eventually};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};
use workorder_svc::settings::RegistryKind;

use crate::registry::{Mood, ScriptedRegistry};
use crate::support::{ENTERPRISE_ONE, WEB_ONE, World};

/// A registry of the network, that says what it is told to and remembers what it was asked.
struct Network {
    server: MockServer,
    state: Arc<Mutex<(ResponseTemplate, Vec<String>)>>,
}

struct Script(Arc<Mutex<(ResponseTemplate, Vec<String>)>>);

impl Respond for Script {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.lock().unwrap();
        let key = request.headers.get("x-api-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
        state.1.push(format!("{} {key}", request.url.query().unwrap_or_default()));
        state.0.clone()
    }
}

fn says(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn filed() -> ResponseTemplate {
    says(&json!({"result": {"name": "example.cn", "state": 1, "icp": "京ICP备7号"}}))
}

impl Network {
    async fn start(answer: ResponseTemplate) -> Self {
        let (server, state) = (MockServer::start().await, Arc::new(Mutex::new((answer, Vec::new()))));
        Mock::given(any()).respond_with(Script(Arc::clone(&state))).mount(&server).await;
        Self { server, state }
    }

    fn is(&self, answer: ResponseTemplate) {
        self.state.lock().unwrap().0 = answer;
    }

    fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().1.clone()
    }

    async fn world(&self, database: TestDatabase) -> World {
        World::with_settings(database, None, |settings| {
            settings.outbound.private_hosts = vec!["127.0.0.1".to_owned()];
            settings.icp.registry = RegistryKind::Http;
            settings.icp.retry_base_seconds = 0;
            let http = &mut settings.icp.http;
            http.name = "管局备案接口".to_owned();
            http.url = format!("{}/v2/filing?name={{domain}}", self.server.uri());
            http.headers.insert("X-Api-Key".to_owned(), "s3cret".to_owned().into());
            (http.status, http.record_number) = ("/result/state".to_owned(), "/result/icp".to_owned());
            (http.reason, http.domain) = ("/result/why".to_owned(), "/result/name".to_owned());
            (http.lawful, http.unlawful) = (vec!["1".to_owned()], vec!["0".to_owned()]);
        })
        .await
    }
}

async fn detail(world: &World, id: i64) -> Value {
    world.as_user(&TestUser::ec_manager()).get(&format!("/workorder/detail?id={id}")).await.expect(200).body
}

/// The order's row in the list says that it is prohibited.
async fn is_prohibited(world: &World, id: i64) -> bool {
    let list = world.as_user(&TestUser::ec_manager()).get("/workorder/getworkList?pageSize=100").await.expect(200);
    let rows = list["data"].as_array().unwrap().clone();
    rows.iter().find(|row| row["id"] == id).unwrap()["prohibited"].as_bool().unwrap()
}

async fn notices(world: &World, user: &TestUser, kind: &str) -> Vec<Value> {
    let path = format!("/workorder/notices?kind={kind}&pageSize=100");
    world.as_user(user).get(&path).await.expect(200)["data"].as_array().unwrap().clone()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_of_the_network_is_asked_once_and_its_answer_is_shown_as_evidence(#[case] database: TestDatabase) {
    let network = Network::start(filed()).await;
    let world = network.world(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    let domain = &detail(&world, id).await["domains"][0];
    assert_eq!((&domain["legality"], &domain["recordNumber"]), (&json!("lawful"), &json!("京ICP备7号")));
    assert_eq!(domain["evidence"]["source"], "管局备案接口");
    let first = domain["evidence"]["fetchedAt"].clone();
    assert!(first.as_str().unwrap().ends_with("+08:00"), "{first}");
    network.is(ResponseTemplate::new(500));
    let second = world.approving(&TestUser::ec_manager(), "b.example.cn").await;
    assert_eq!(detail(&world, second).await["domains"][0]["evidence"]["fetchedAt"], first);
    assert_eq!(network.asked(), ["name=example.cn s3cret"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_network_says_that_was_not_configured_is_asked_again(#[case] database: TestDatabase) {
    let network = Network::start(ResponseTemplate::new(302).insert_header("location", "/v2/elsewhere")).await;
    let world = network.world(database).await;
    let id = world.submitted(&TestUser::ec_manager(), "a.example.cn").await;
    let strange = [
        says(&json!({"result": {"name": "other.cn", "state": 1, "icp": "京ICP备7号"}})),
        says(&json!({"result": {"name": "example.cn", "state": 1}})),
        ResponseTemplate::new(200).set_body_string("<html>please log in</html>"),
    ];
    for answer in strange {
        let asked = network.asked().len();
        network.is(answer);
        eventually("it is asked again", || async { (network.asked().len() > asked + 1).then_some(()) }).await;
        let domain = detail(&world, id).await["domains"][0].clone();
        assert_eq!((&domain["legality"], domain.get("evidence")), (&json!("unknown"), None));
    }
    assert!(network.asked().iter().all(|asked| asked == "name=example.cn s3cret"), "no redirect is followed");
    network.is(says(&json!({"result": {"name": "example.cn", "state": 0, "why": "主体不符"}})));
    world.reaches(id, "icpFailed").await;
    let domain = detail(&world, id).await["domains"][0].clone();
    assert_eq!((&domain["legality"], &domain["reason"]), (&json!("unlawful"), &json!("主体不符")));
    assert_eq!(domain["evidence"]["source"], "管局备案接口");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn who_corrects_by_hand_stands_for_it(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    assert_eq!(detail(&world, id).await["domains"][0]["evidence"]["source"], "icp_filing");
    let body =
        json!({"orderId": id, "results": [{"domain": "a.example.cn", "passed": true, "recordNumber": "京ICP备9号"}]});
    world.as_user(&TestUser::operator()).post("/workorder/icp/checked").json(&body).await.expect(200);
    let evidence = detail(&world, id).await["domains"][0]["evidence"].clone();
    assert_eq!(evidence["source"], format!("人工 by hand: {}", TestUser::operator().account.name));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_filing_that_lapses_is_shown_and_told_once_and_so_is_its_return(#[case] database: TestDatabase) {
    let registry = ScriptedRegistry::new(Mood::Lawful);
    // About every tenth of a second.
    let world =
        World::with(database, Some(Arc::new(registry.clone())), |settings| settings.icp.recheck_hours = 3e-5).await;
    let (manager, admin) = (TestUser::ec_manager(), TestUser::group_admin());
    let id = world.dispatching(&manager, "a.example.cn").await;
    world.event(id, "close", "e-1", json!({})).await.expect(200);
    world.import_live("b.example.cn", ENTERPRISE_ONE, WEB_ONE).await;
    assert!(!is_prohibited(&world, id).await);
    registry.is(Mood::Unlawful);
    eventually("the order is shown as prohibited", || async { is_prohibited(&world, id).await.then_some(()) }).await;
    let shown = detail(&world, id).await;
    assert_eq!((&shown["prohibited"], &shown["status"]), (&json!(true), &json!("finished")));
    assert_eq!(shown["domains"][0]["lapse"]["reason"], "已注销");
    assert_eq!(shown["domains"][0]["legality"], "lawful", "what the order was decided by stays");
    let asked = registry.asked();
    eventually("it is looked at again", || async { (registry.asked() > asked + 2).then_some(()) }).await;
    let told = notices(&world, &manager, "icpLapsed").await;
    assert_eq!((told.len(), &told[0]["orderId"]), (1, &json!(id)));
    assert_eq!(told[0]["title"], "域名 example.cn 的备案已失效");
    assert_eq!(notices(&world, &admin, "icpLapsed").await.len(), 1);
    registry.is(Mood::Silent);
    let asked = registry.asked();
    eventually("silence is met", || async { (registry.asked() > asked + 1).then_some(()) }).await;
    assert!(is_prohibited(&world, id).await);
    registry.is(Mood::Lawful);
    eventually("it is cleared", || async { (!is_prohibited(&world, id).await).then_some(()) }).await;
    assert_eq!(detail(&world, id).await["domains"][0].get("lapse"), None);
    assert_eq!(notices(&world, &manager, "icpRestored").await.len(), 1);
    assert_eq!(notices(&world, &admin, "icpRestored").await.len(), 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_live_is_looked_at_by_its_registrable_domain_and_forgotten_when_taken_down(
    #[case] database: TestDatabase,
) {
    let registry = ScriptedRegistry::new(Mood::Lawful);
    let world =
        World::with(database, Some(Arc::new(registry.clone())), |settings| settings.icp.recheck_hours = 3e-5).await;
    for domain in ["a.example.cn", "b.example.cn", "c.example.com.cn"] {
        world.import_live(domain, ENTERPRISE_ONE, WEB_ONE).await;
    }
    let filings = || {
        world.read(|conn| {
            use diesel::prelude::*;
            use workorder_svc::schema::live_filing as t;
            Ok(t::table.filter(t::checked_at.is_not_null()).order(t::domain).select(t::domain).load::<String>(conn)?)
        })
    };
    eventually("both are looked at", || async { (filings().await == ["example.cn", "example.com.cn"]).then_some(()) })
        .await;
    world
        .write(|conn| {
            use diesel::prelude::*;
            use workorder_svc::schema::self_service_domain_config as t;
            diesel::delete(t::table.filter(t::registrable.eq("example.com.cn"))).execute(conn)?;
            Ok(())
        })
        .await;
    eventually("one is forgotten", || async { (filings().await == ["example.cn"]).then_some(()) }).await;
}
