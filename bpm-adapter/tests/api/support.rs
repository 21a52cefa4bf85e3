//! The service as the tests run it: the real application on a database of its own, in a runtime that can be killed.

use std::path::PathBuf;
use std::sync::Arc;

use bpm_adapter::app::{Application, Edges, MIGRATIONS};
use bpm_adapter::callback::keyring::Keyring;
use bpm_adapter::driver::embedded::Embedded;
use bpm_adapter::driver::{self, Driver};
use bpm_adapter::settings::Settings;
use secrecy::SecretString;
use serde_json::{Value, json};
use shared_model::server::clock::Clock;
use shared_model::server::database::SHARED_MIGRATIONS;
use shared_model::server::http::Stopper;
use shared_model::server::settings::EnvironmentScope;
use shared_model::server::token::ServiceName;
use test_kit::{
    Client, OwnDatabase, Reply, TestDatabase, TestUser, eventually, internal_settings, issuer, service_bearer,
};
use tokio::runtime::Runtime;

use crate::order_service::OrderService;

/// What call-backs are signed with.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const BILLING_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// One test's world.
pub struct World {
    pub orders: OrderService,
    _own: OwnDatabase,
    settings: Settings,
    driver: Arc<dyn Driver>,
    running: Option<Running>,
    replicas: Vec<Running>,
}

struct Running {
    runtime: Runtime,
    stopper: Stopper,
    address: std::net::SocketAddr,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// What a test changes of the settings before the start.
pub type Change = fn(&mut Settings);

/// The engine that the settings name, as in production.
pub fn named_driver(settings: &Settings) -> Arc<dyn Driver> {
    let keyring = Keyring::new(&settings.callbacks.secrets, PathBuf::new()).unwrap();
    driver::build(settings, &keyring).unwrap()
}

impl World {
    pub async fn new(database: TestDatabase) -> Self {
        Self::with(database, Arc::new(Embedded), |_| {}).await
    }

    pub async fn with(database: TestDatabase, driver: Arc<dyn Driver>, change: Change) -> Self {
        Self::made(database, Some(driver), change).await
    }

    /// With the engine that the changed settings name, as in production.
    pub async fn configured(database: TestDatabase, change: impl FnOnce(&mut Settings)) -> Self {
        Self::made(database, None, change).await
    }

    async fn made(database: TestDatabase, driver: Option<Arc<dyn Driver>>, change: impl FnOnce(&mut Settings)) -> Self {
        let (own, db) = database.migrated(&[&SHARED_MIGRATIONS, &MIGRATIONS]);
        drop(db);
        let orders = OrderService::start().await;
        let mut settings = Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap();
        settings.server.listen = "127.0.0.1:0".parse().unwrap();
        settings.server.shutdown_seconds = 5;
        settings.database = own.settings();
        settings.issuer = issuer().settings();
        settings.internal = internal_settings();
        settings.workorder.urls = vec![orders.url()];
        settings.outbox.base_seconds = 0.02;
        settings.outbox.cap_seconds = 0.05;
        settings.outbox.budget = 10_000;
        settings.breaker.pause_seconds = 0.02;
        settings.breaker.cap_seconds = 0.05;
        settings.callbacks.secrets = vec![SecretString::from(SECRET)];
        settings.callbacks.secrets_file = PathBuf::new();
        settings.callbacks.bboss_secrets_file = PathBuf::new();
        settings.webhook.secrets_file = PathBuf::new();
        settings.outbound.private_hosts = vec!["127.0.0.1".to_owned()];
        change(&mut settings);
        let driver = driver.unwrap_or_else(|| named_driver(&settings));
        let mut world = Self { orders, _own: own, settings, driver, running: None, replicas: Vec::new() };
        world.start().await;
        world
    }

    pub async fn start(&mut self) {
        self.running = Some(self.launch().await);
    }

    /// A second process on the same database, and its address.
    pub async fn start_replica(&mut self) -> Client {
        let replica = self.launch().await;
        let address = replica.address;
        self.replicas.push(replica);
        Client::new(address)
    }

    async fn launch(&self) -> Running {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let edges = Edges { clock: Clock::system(), driver: self.driver.clone() };
        let building = runtime.spawn(Application::build_with(self.settings.clone(), edges));
        let application = building.await.unwrap().unwrap();
        let (address, stopper) = (application.address(), application.stopper());
        let served = runtime.spawn(application.run_until_stopped());
        Running { runtime, stopper, address, served }
    }

    /// As `kill -9` does: whatever was under way stops where it stands.
    pub async fn crash(&mut self) {
        let Running { runtime, stopper, .. } = self.running.take().unwrap();
        runtime.shutdown_background();
        drop(stopper);
    }

    /// As SIGTERM does.
    pub async fn stop(&mut self) {
        let Running { runtime, stopper, served, .. } = self.running.take().unwrap();
        stopper.stop().await;
        served.await.unwrap().unwrap();
        runtime.shutdown_background();
    }

    pub fn api(&self) -> Client {
        Client::new(self.running.as_ref().unwrap().address)
    }

    pub fn as_user(&self, user: &TestUser) -> Client {
        self.api().as_user(user)
    }

    pub fn as_order_service(&self) -> Client {
        self.api().with_bearer(&service_bearer(ServiceName::WorkorderSvc, ServiceName::BpmAdapter))
    }

    pub fn as_gateway(&self) -> Client {
        self.api().with_bearer(&service_bearer(ServiceName::Gateway, ServiceName::BpmAdapter))
    }

    /// Sends a dispatch and answers its task's id.
    pub async fn dispatch(&self, order: i64, assignee: &TestUser) -> String {
        let sent = self.as_order_service().post("/internal/dispatches").json(&dispatch_body(order, 1, assignee)).await;
        sent.expect(202)["taskId"].as_str().unwrap().to_owned()
    }

    pub async fn task(&self, id: &str) -> Reply {
        self.as_user(&TestUser::operator()).get(&format!("/bpm/tasks/{id}")).await.expect(200)
    }

    /// Waits until the task is in this state and nothing of it is on its way.
    pub async fn settled(&self, id: &str, state: &str) -> Reply {
        let what = format!("task {id} is {state}");
        eventually(&what, || async {
            let task = self.task(id).await;
            (task["state"] == state && task["pendingEvents"].is_null()).then_some(task)
        })
        .await
    }

    pub async fn bill_state(&self, order: i64) -> Value {
        let bills = self.as_user(&TestUser::operator()).get("/bpm/bills").query("orderId", &order.to_string()).await;
        bills.expect(200)["data"][0]["state"].clone()
    }

    /// Pushes the directory as the gateway does.
    pub async fn push_directory(&self, people: &[TestUser]) {
        let accounts: Vec<_> = people.iter().map(|one| one.account.clone()).collect();
        let body = json!({ "accounts": accounts, "takenAt": shared_model::local_time::now() });
        self.as_gateway().put("/internal/accounts").json(&body).await.expect(204);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for running in self.running.take().into_iter().chain(self.replicas.drain(..)) {
            running.runtime.shutdown_background();
        }
    }
}

pub fn dispatch_body(order: i64, attempt: i32, assignee: &TestUser) -> Value {
    json!({
        "orderId": order, "orderCode": format!("20260105-{order:04}"), "enumType": "domain_request",
        "requirement": "add", "enterpriseId": "awgb5qxx-hdmw9aygdphcswsi", "corpName": "示例企业一",
        "productId": "PRODUCTID1747035900", "product": "网页加速", "domains": ["www.example.cn", "img.example.cn"],
        "assignee": {
            "id": assignee.id(), "name": assignee.account.name, "mobile": assignee.account.mobile,
            "role": assignee.role()
        },
        "attempt": attempt
    })
}
