//! What is said to groups, and by mail, beside the inbox.

use std::sync::{Arc, Mutex};

use rstest::rstest;
use serde_json::{Value, json};
use shared_model::server::outbox;
use test_kit::{TestDatabase, TestUser, eventually};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};
use workorder_svc::notice::NoticeKind;
use workorder_svc::notice::robot::{RobotKind, RobotSettings};

use crate::support::World;

/// A platform that answers what it is told to, the first answers first.
struct Platform {
    server: MockServer,
    heard: Arc<Mutex<Vec<(String, Value)>>>,
}

struct Script(Arc<Mutex<Vec<(String, Value)>>>, Mutex<Vec<Value>>);

impl Respond for Script {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let query = request.url.query().unwrap_or_default().to_owned();
        self.0.lock().unwrap().push((query, serde_json::from_slice(&request.body).unwrap()));
        let mut answers = self.1.lock().unwrap();
        let answer = if answers.is_empty() { json!({"errcode": 0}) } else { answers.remove(0) };
        ResponseTemplate::new(200).set_body_json(answer)
    }
}

impl Platform {
    async fn start(answers: Vec<Value>) -> Self {
        let (server, heard) = (MockServer::start().await, Arc::default());
        let script = Script(Arc::clone(&heard), Mutex::new(answers));
        Mock::given(any()).respond_with(script).mount(&server).await;
        Self { server, heard }
    }

    fn robot(&self, name: &str, kind: RobotKind, events: &[NoticeKind]) -> RobotSettings {
        RobotSettings {
            name: name.to_owned(),
            kind,
            url: format!("{}/robot/send?access_token=T0KEN", self.server.uri()).into(),
            secret: "SEC-example".to_owned().into(),
            events: events.to_vec(),
        }
    }

    fn heard(&self) -> Vec<(String, Value)> {
        self.heard.lock().unwrap().clone()
    }
}

async fn world(database: TestDatabase, robots: Vec<RobotSettings>) -> World {
    World::with_settings(database, None, |settings| {
        settings.notices.robots = robots;
        settings.outbound.private_hosts = vec!["127.0.0.1".to_owned()];
    })
    .await
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn each_robot_hears_of_its_events_signed_as_its_platform_wants(#[case] database: TestDatabase) {
    let (ding, feishu) = (Platform::start(vec![]).await, Platform::start(vec![json!({"code": 0})]).await);
    let robots = vec![
        ding.robot("ops", RobotKind::DingTalk, &[NoticeKind::WaitingForYou]),
        feishu.robot("managers", RobotKind::Feishu, &[NoticeKind::OrderRejected]),
    ];
    let world = world(database, robots).await;
    let id = world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    world.decide(&TestUser::group_admin(), id, "reject", Some("材料不全")).await.expect(200);
    let heard = eventually("both are told", || async {
        let heard = [ding.heard(), feishu.heard()].concat();
        (heard.len() == 2).then_some(heard)
    })
    .await;
    let code = world.order(id).await.code;
    let (query, body) = &heard[0];
    assert!(query.starts_with("access_token=T0KEN&timestamp=") && query.contains("&sign="), "{query}");
    let said = body["text"]["content"].as_str().unwrap();
    assert!(said.starts_with(&format!("【提单前台】@集团管理员 工单 {code} 等待您处理")), "{said}");
    let (query, body) = &heard[1];
    assert_eq!(query, "access_token=T0KEN");
    assert!(body["sign"].is_string() && body["timestamp"].is_string());
    assert!(body["content"]["text"].as_str().unwrap().contains("材料不全"));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_platform_is_asked_again_and_a_refusal_is_final(#[case] database: TestDatabase) {
    let busy = Platform::start(vec![json!({"errcode": -1, "errmsg": "system busy"})]).await;
    let wrong = Platform::start(vec![json!({"errcode": 310000, "errmsg": "sign not match"})]).await;
    let robots = vec![
        busy.robot("busy", RobotKind::WeCom, &[NoticeKind::WaitingForYou]),
        wrong.robot("wrong", RobotKind::DingTalk, &[NoticeKind::WaitingForYou]),
    ];
    let world = world(database, robots).await;
    world.approving(&TestUser::ec_manager(), "a.example.cn").await;
    eventually("the busy one is asked twice", || async { (busy.heard().len() == 2).then_some(()) }).await;
    let refused = eventually("the wrong one is given up", || async { world.outbox_with("refused").await.pop() }).await;
    assert_eq!(wrong.heard().len(), 1);
    let why = refused.last_error.unwrap();
    assert!(why.contains("310000 sign not match") && !why.contains("T0KEN"), "{why}");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn no_robot_is_told_more_than_its_platform_takes(#[case] database: TestDatabase) {
    let platform = Platform::start(vec![]).await;
    let world = world(database, vec![platform.robot("ops", RobotKind::WeCom, &[NoticeKind::WaitingForYou])]).await;
    for n in 0..25 {
        world.approving(&TestUser::ec_manager(), &format!("a{n}.example.cn")).await;
    }
    eventually("twenty are said", || async { (platform.heard().len() == 20).then_some(()) }).await;
    // What goes elsewhere is not held up by those that wait.
    let id = world.dispatching(&TestUser::ec_manager2(), "b.example.cn").await;
    world.event(id, "close", "e-1", json!({})).await.expect(200);
    eventually("the letter is sent", || async {
        world.outbox_with("delivered").await.into_iter().find(|m| m.kind == "mail")
    })
    .await;
    assert_eq!(platform.heard().len(), 20);
    let waiting = world.outbox_with("pending").await;
    assert_eq!(waiting.len(), 6);
    assert!(waiting.iter().all(|message| message.attempts == 0), "what waits keeps its tries");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_configured_goes_by_mail_in_the_readers_language_and_nothing_else(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.notices.mail = vec![NoticeKind::OrderRejected]).await;
    let manager = TestUser::ec_manager();
    let english = json!({"language": "en"});
    world.as_user(&manager).put("/workorder/notices/preference").json(&english).await.expect(200);
    let id = world.approving(&manager, "a.example.cn").await;
    world.decide(&TestUser::group_admin(), id, "reject", Some("材料不全")).await.expect(200);
    let sent = eventually("the letter is sent", || async { world.outbox_with("delivered").await.pop() }).await;
    let code = world.order(id).await.code;
    assert_eq!(sent.payload["subject"], format!("Work order {code} was rejected"));
    assert!(sent.payload["text"].as_str().unwrap().starts_with("Dear 政企经理甲,"), "{}", sent.payload["text"]);
    assert_eq!(world.read(|conn| Ok(outbox::find(conn, "none")?)).await, None);
    let letters = std::fs::read_dir(world.own.folder().join("mail")).unwrap().count();
    assert_eq!(letters, 1);
}
