//! The service as the tests run it: the real application on a database of its own, with a clock the test moves.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::Duration;
use pe_svc::app::{Application, MIGRATIONS};
use pe_svc::settings::Settings;
use serde_json::{Value, json};
use shared_model::local_time;
use shared_model::server::clock::Clock;
use shared_model::server::database::Database;
use shared_model::server::http::Stopper;
use shared_model::server::settings::EnvironmentScope;
use shared_model::server::token::ServiceName;
use test_kit::{Client, OwnDatabase, Reply, TestDatabase, TestUser, internal_settings, issuer, service_bearer};
use tokio::runtime::Runtime;

/// One test's world.
pub struct World {
    pub clock: Clock,
    pub db: Database,
    pub own: OwnDatabase,
    address: SocketAddr,
    stopper: Stopper,
    runtime: Option<Runtime>,
}

impl World {
    pub async fn new(database: TestDatabase) -> Self {
        let (own, db) = database.migrated(MIGRATIONS);
        let mut settings = Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap();
        settings.server.listen = "127.0.0.1:0".parse().unwrap();
        settings.server.upload_limit_bytes = 100_000;
        settings.database = own.settings();
        settings.issuer = issuer().settings();
        settings.internal = internal_settings();
        settings.files.folder = own.folder().join("files");
        settings.files.sweep_seconds = 0.01;
        settings.badge.signing_key_file = own.folder().join("keys/badge.pk8");
        settings.worker.interval_seconds = 1;
        let clock = Clock::manual(local_time::now());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let application = runtime.spawn(Application::build_with(settings, clock.clone())).await.unwrap().unwrap();
        let (address, stopper) = (application.address(), application.stopper());
        runtime.spawn(application.run_until_stopped());
        let world = Self { clock, db, own, address, stopper, runtime: Some(runtime) };
        world.push_directory().await;
        world.platform().post("/pe/setup/initial").await.expect(200);
        world
    }

    async fn push_directory(&self) {
        let gateway = self.api().with_bearer(&service_bearer(ServiceName::Gateway, ServiceName::PeSvc));
        let body = json!({ "accounts": TestUser::directory(), "takenAt": local_time::now() });
        gateway.put("/internal/accounts").json(&body).await.expect(204);
    }

    pub fn api(&self) -> Client {
        Client::new(self.address)
    }

    pub fn by(&self, user: &TestUser) -> Client {
        self.api().as_user(user)
    }

    /// 机构管理员甲
    pub fn owner(&self) -> Client {
        self.by(&TestUser::pe_admin())
    }

    /// 机构管理员乙
    pub fn stranger(&self) -> Client {
        self.by(&TestUser::pe_admin2())
    }

    pub fn operator(&self) -> Client {
        self.by(&TestUser::operator())
    }

    /// A second operator.
    pub fn operator2(&self) -> Client {
        self.by(&TestUser::operator().numbered(90).named("运营乙"))
    }

    pub fn platform(&self) -> Client {
        self.by(&TestUser::platform_admin())
    }

    pub fn user(&self) -> Client {
        self.by(&TestUser::user())
    }

    pub fn days_pass(&self, days: i64) {
        self.clock.advance(Duration::days(days));
    }

    /// The id of the reference record of that code.
    pub async fn id_of(&self, resource: &str, code: &str) -> i64 {
        let list = self.platform().get(&format!("/pe/{resource}")).query("pageSize", "100").await.expect(200);
        let found = list["data"].as_array().unwrap().iter().find(|one| one["code"] == code).cloned();
        found.unwrap_or_else(|| panic!("{resource} {code}"))["id"].as_i64().unwrap()
    }

    /// A body that registers an entity of free numbers, unlike any other.
    pub async fn entity_body(&self) -> Value {
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        json!({
            "typeId": self.id_of("pe-types", "individual").await,
            "name": format!("示例机构{number}"),
            "shortName": "示例",
            "registrationNumber": format!("G-{number}"),
            "licensePhotos": ["https://cdn.example/licence.jpg"],
            "adminName": "张三",
            "adminMobile": "13800000010",
        })
    }

    /// An entity of 机构管理员甲 that awaits its audit.
    pub async fn pending_entity(&self) -> Reply {
        self.owner().put("/pe/public-entities").json(&self.entity_body().await).await.expect(201)
    }

    /// An approved entity of 机构管理员甲.
    pub async fn approved_entity(&self) -> i64 {
        let id = self.pending_entity().await["id"].as_i64().unwrap();
        self.audit("public-entities", id, true, "").await.expect(200);
        id
    }

    pub async fn audit(&self, resource: &str, id: i64, approved: bool, remark: &str) -> Reply {
        let verdict = json!({ "approved": approved, "remark": remark });
        self.operator().post(&format!("/pe/{resource}/{id}/audit")).json(&verdict).await
    }

    /// A draft of 机构管理员甲 with everything the type asks for.
    pub async fn draft(&self, pe_id: i64, code: &str) -> i64 {
        let body = json!({
            "peId": pe_id,
            "typeId": self.id_of("authentication-types", code).await,
            "materials": [
                { "name": "营业执照", "url": "https://cdn.example/1.pdf" },
                { "name": "近一年业务说明", "url": "https://cdn.example/2.pdf" },
            ],
            "note": "请审核",
        });
        self.owner().put(CERTIFICATIONS).json(&body).await.expect(201)["id"].as_i64().unwrap()
    }

    pub async fn submitted(&self, pe_id: i64, code: &str) -> i64 {
        let id = self.draft(pe_id, code).await;
        self.submit(id).await.expect(200);
        id
    }

    pub async fn passed(&self, pe_id: i64, code: &str) -> i64 {
        let id = self.submitted(pe_id, code).await;
        self.audit("pe-authentications", id, true, "").await.expect(200);
        id
    }

    pub async fn submit(&self, id: i64) -> Reply {
        self.owner().post(&format!("{CERTIFICATIONS}/{id}/submit")).await
    }

    pub async fn certification(&self, id: i64) -> Reply {
        self.owner().get(&format!("{CERTIFICATIONS}/{id}")).await.expect(200)
    }

    /// How long a list is, to somebody who sees all of it.
    pub async fn total(&self, resource: &str) -> i64 {
        self.platform().get(&format!("/pe/{resource}")).await.expect(200)["total"].as_i64().unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The runtime is not waited for: a test must not stop another runtime's thread.
        if let Some(runtime) = self.runtime.take() {
            drop(self.stopper.clone());
            runtime.shutdown_background();
        }
    }
}

pub const ENTITIES: &str = "/pe/public-entities";
pub const CERTIFICATIONS: &str = "/pe/pe-authentications";
pub const MEMBERS: &str = "/pe/pe-members";

static NEXT: AtomicUsize = AtomicUsize::new(1);
