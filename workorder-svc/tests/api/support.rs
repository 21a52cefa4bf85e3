//! The service as the tests run it: the real application on a database of its own, in a runtime that can be killed.

use std::sync::Arc;

use diesel::prelude::*;
use serde_json::{Value, json};
use shared_model::ids::OrderId;
use shared_model::local_time::now;
use shared_model::server::clock::Clock;
use shared_model::server::database::{Connection, Database, SHARED_MIGRATIONS, StoreError};
use shared_model::server::http::Stopper;
use shared_model::server::outbox;
use shared_model::server::settings::EnvironmentScope;
use shared_model::server::token::ServiceName;
use test_kit::{
    Client, OwnDatabase, Reply, TestDatabase, TestUser, eventually, fixtures, internal_settings, issuer, service_bearer,
};
use tokio::runtime::Runtime;
use workorder_svc::app::{Application, Edges, MIGRATIONS};
use workorder_svc::domain_name::repo::{LiveDomain, insert_live};
use workorder_svc::icp::registry::{IcpRegistry, put_filing};
use workorder_svc::order::history;
use workorder_svc::order::model::Order;
use workorder_svc::order::repo;
use workorder_svc::schema;
use workorder_svc::settings::Settings;

use crate::bpm_side::{BpmSide, task_id};

pub const ENTERPRISE_ONE: &str = "awgb5qxx-hdmw9aygdphcswsi";
pub const ENTERPRISE_TWO: &str = "impdmahu-qxqlctq2lghkfq7q";
/// 网页加速 of the first enterprise, opened.
pub const WEB_ONE: &str = "PRODUCTID1747035900";

/// One test's world.
pub struct World {
    pub bpm: BpmSide,
    pub own: OwnDatabase,
    pub db: Database,
    settings: Settings,
    registry: Option<Arc<dyn IcpRegistry>>,
    running: Option<Running>,
}

struct Running {
    runtime: Runtime,
    stopper: Stopper,
    /// One for the whole test: its connections are shared.
    api: Client,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// What a test changes of the settings before the start.
pub type Change = fn(&mut Settings);

impl World {
    /// With the people of the demo, two enterprises and their products, and some filings.
    pub async fn new(database: TestDatabase) -> Self {
        Self::with(database, None, |_| {}).await
    }

    pub async fn with(database: TestDatabase, registry: Option<Arc<dyn IcpRegistry>>, change: Change) -> Self {
        Self::with_settings(database, registry, change).await
    }

    /// [`World::with`] what a test has made itself, such as the address of a server.
    pub async fn with_settings(
        database: TestDatabase,
        registry: Option<Arc<dyn IcpRegistry>>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let (own, db) = database.migrated(&[&SHARED_MIGRATIONS, &MIGRATIONS]);
        let bpm = BpmSide::start().await;
        let mut settings = Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap();
        settings.server.listen = "127.0.0.1:0".parse().unwrap();
        settings.server.shutdown_seconds = 5;
        settings.database = own.settings();
        settings.issuer = issuer().settings();
        settings.internal = internal_settings();
        settings.attachments.folder = own.folder().join("files");
        settings.mail.folder = own.folder().join("mail");
        settings.bpm.urls = vec![bpm.url()];
        settings.outbox.base_seconds = 0.02;
        settings.outbox.cap_seconds = 0.05;
        settings.outbox.budget = 10_000;
        settings.worker.tick_seconds = 0.05;
        change(&mut settings);
        let mut world = Self { bpm, own, db, settings, registry, running: None };
        world.start().await;
        world.lay_ground().await;
        world
    }

    async fn lay_ground(&self) {
        self.push_directory(&TestUser::everybody()).await;
        self.product(ENTERPRISE_ONE, WEB_ONE, "网页加速", "open").await;
        self.product(ENTERPRISE_TWO, "P-WEB", "网页加速", "open").await;
        self.product(ENTERPRISE_TWO, "P-DOWNLOAD", "下载加速", "trial").await;
        self.write(|conn| {
            put_filing(conn, "komect.com", "京ICP备0500_komect.com_12号", now())?;
            put_filing(conn, "example.cn", "京ICP备0501号", now())
        })
        .await;
    }

    pub async fn start(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let edges = Edges { clock: Clock::system(), registry: self.registry.clone() };
        let building = runtime.spawn(Application::build_with(self.settings.clone(), edges));
        let application = building.await.unwrap().unwrap();
        let (api, stopper) = (Client::new(application.address()), application.stopper());
        let served = runtime.spawn(application.run_until_stopped());
        self.running = Some(Running { runtime, stopper, api, served });
    }

    /// Changes the settings of the next start.
    pub fn change(&mut self, change: Change) {
        change(&mut self.settings);
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
        self.running.as_ref().unwrap().api.clone()
    }

    pub fn as_user(&self, user: &TestUser) -> Client {
        self.api().as_user(user)
    }

    pub fn as_bpm(&self) -> Client {
        self.api().with_bearer(&service_bearer(ServiceName::BpmAdapter, ServiceName::WorkorderSvc))
    }

    pub fn as_gateway(&self) -> Client {
        self.api().with_bearer(&service_bearer(ServiceName::Gateway, ServiceName::WorkorderSvc))
    }

    pub async fn push_directory(&self, people: &[TestUser]) {
        let accounts: Vec<_> = people.iter().map(|one| one.account.clone()).collect();
        let body = json!({ "accounts": accounts, "takenAt": now() });
        self.as_gateway().put("/internal/accounts").json(&body).await.expect(204);
    }

    /// An event of the billing feed that occurred just now.
    pub async fn product(&self, enterprise: &str, product: &str, name: &str, event: &str) -> Reply {
        let body = json!({
            "eventId": uuid::Uuid::new_v4().to_string(), "enterpriseId": enterprise, "enterpriseName": "示例企业",
            "productId": product, "productName": name, "chargeMode": "按流量", "event": event, "occurredAt": now()
        });
        self.as_bpm().put("/internal/enterprise-products").json(&body).await.expect(200)
    }

    /// Submits as this person; the answer is the test's to judge.
    pub async fn save(&self, user: &TestUser, form: &Value) -> Reply {
        self.as_user(user).post("/workorder/custom/save").json(form).await
    }

    /// A submitted order of a new domain.
    pub async fn submitted(&self, user: &TestUser, domain: &str) -> i64 {
        self.save(user, &form(domain)).await.expect(200)["id"].as_i64().unwrap()
    }

    /// An order that has passed the ICP check.
    pub async fn approving(&self, user: &TestUser, domain: &str) -> i64 {
        let id = self.submitted(user, domain).await;
        self.reaches(id, "approving").await;
        id
    }

    /// An approved order whose task is known.
    pub async fn dispatching(&self, user: &TestUser, domain: &str) -> i64 {
        let id = self.approving(user, domain).await;
        self.approve(id).await.expect(200);
        self.task_is_known(id).await;
        id
    }

    pub async fn task_is_known(&self, id: i64) {
        let what = format!("the task of order {id} is known");
        eventually(&what, || async { self.order(id).await.task_id }).await;
    }

    pub async fn decide(&self, user: &TestUser, id: i64, decision: &str, comment: Option<&str>) -> Reply {
        let body = json!({"id": id, "decision": decision, "comment": comment});
        self.as_user(user).post("/workorder/approvedecision").json(&body).await
    }

    pub async fn approve(&self, id: i64) -> Reply {
        self.decide(&TestUser::group_admin(), id, "approve", None).await
    }

    /// An event of BPM for the order's first task, with whatever belongs to it.
    pub async fn event(&self, id: i64, kind: &str, event_id: &str, more: Value) -> Reply {
        self.event_of(id, 1, kind, event_id, more).await
    }

    pub async fn event_of(&self, id: i64, attempt: i64, kind: &str, event_id: &str, more: Value) -> Reply {
        let mut body = json!({
            "taskId": task_id(id, attempt), "eventId": event_id, "attempt": attempt, "occurredAt": now(),
            "operator": {"id": TestUser::sa().id(), "name": "SA甲"}
        });
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.as_bpm().post(&format!("/internal/orders/{id}/{kind}")).json(&body).await
    }

    /// The order as the tables have it.
    pub async fn order(&self, id: i64) -> Order {
        self.db.read(move |conn| repo::find(conn, OrderId(id))).await.unwrap().expect("the order is there")
    }

    /// Waits until the order is in this state.
    pub async fn reaches(&self, id: i64, state: &str) -> Order {
        let what = format!("order {id} is {state}");
        eventually(&what, || async {
            let order = self.order(id).await;
            (order.state.code() == state).then_some(order)
        })
        .await
    }

    /// `event fromStatus->toStatus completed success` of every row of the history, oldest first.
    pub async fn history(&self, id: i64) -> Vec<String> {
        let rows = self.db.read(move |conn| history::list(conn, OrderId(id))).await.unwrap();
        rows.iter()
            .map(|row| {
                let from = row.from.map_or("", |state| state.code());
                let flags = [row.icp_completed, row.icp_success].map(|flag| if flag { "+" } else { "-" }).concat();
                format!("{} {from}->{} {flags}", row.event, row.to.code())
            })
            .collect()
    }

    /// The last comment of the history.
    pub async fn last_comment(&self, id: i64) -> Option<String> {
        let rows = self.db.read(move |conn| history::list(conn, OrderId(id))).await.unwrap();
        rows.last().and_then(|row| row.comment.clone())
    }

    /// Messages of the outbox in this state, the oldest first.
    pub async fn outbox_with(&self, state: &'static str) -> Vec<outbox::Message> {
        self.read(move |conn| {
            use outbox::schema::outbox as t;
            let ids: Vec<String> = t::table.filter(t::state.eq(state)).order(t::seq).select(t::id).load(conn)?;
            let mut found = Vec::new();
            for id in ids {
                found.extend(outbox::find(conn, &id)?);
            }
            Ok(found)
        })
        .await
    }

    pub async fn reservations(&self) -> Vec<String> {
        self.read(|conn| {
            use schema::work_order_cache_domain as t;
            Ok(t::table.order(t::domain).select(t::domain).load(conn)?)
        })
        .await
    }

    /// `(domain, product)` of everything that is live.
    pub async fn live(&self) -> Vec<(String, String)> {
        self.read(|conn| {
            use schema::self_service_domain_config as t;
            Ok(t::table.order(t::domain).select((t::domain, t::product_id)).load(conn)?)
        })
        .await
    }

    /// Rows of orders, whatever became of them.
    pub async fn orders(&self) -> i64 {
        self.read(|conn| Ok(schema::work_order::table.count().get_result(conn)?)).await
    }

    /// A live domain with no order behind it.
    pub async fn import_live(&self, domain: &str, enterprise: &str, product: &str) {
        let live = LiveDomain {
            domain: domain.to_owned(),
            enterprise_id: enterprise.to_owned(),
            product_id: product.to_owned(),
            order_id: None,
            source: "imported",
            legality: "lawful",
            record_number: None,
            form: "{}".to_owned(),
            live_since: now().naive_utc(),
            updated_at: now().naive_utc(),
        };
        self.write(move |conn| insert_live(conn, &[live])).await;
    }

    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.db.read(work).await.unwrap()
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> T {
        self.db.write(work).await.unwrap()
    }

    /// Uploads a small text file, and gives its id.
    pub async fn upload(&self, user: &TestUser, path: &str, name: &str, content: &[u8]) -> String {
        let sent = self.as_user(user).post(path).file("file", name, "text/plain", content).await;
        sent.expect(200)["fileId"].as_str().unwrap().to_owned()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.runtime.shutdown_background();
        }
    }
}

/// A form for one new domain of the first enterprise.
pub fn form(domain: &str) -> Value {
    fixtures::domain_request_for(domain)
}

/// A form that changes or takes down a live domain of the first enterprise.
pub fn form_for(requirement: &str, domain: &str) -> Value {
    let mut form = form(domain);
    form["requirement"] = requirement.into();
    form
}
