//! The service put together: the same way by its own binary, by the all-in-one stack and by the tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use chrono::TimeDelta;
use diesel_migrations::embed_migrations;
use shared_model::access;
use shared_model::server::attachment::open_store;
use shared_model::server::client::ServiceClient;
use shared_model::server::clock::Clock;
use shared_model::server::database::{Database, Migrations, SHARED_MIGRATIONS, StoreError};
use shared_model::server::directory::StaffDirectory;
use shared_model::server::http::{HttpService, HttpSettings, Stopper};
use shared_model::server::outbox::{Dispatcher, RetryPolicy};
use shared_model::server::readiness::Readiness;
use shared_model::server::settings::{DatabaseSettings, SettingsError};
use shared_model::server::token::{ServiceKeys, ServiceName, Verifier};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::batch::reader::SheetReader;
use crate::desk::{Desk, Nudges, Policy};
use crate::icp::check::Checker;
use crate::icp::http::{HttpRegistry, RegistryError};
use crate::icp::registry::{IcpRegistry, TableRegistry};
use crate::mail::transport::{self, MailError};
use crate::notice::hub::Hub;
use crate::notice::robot::crew::{Crew, CrewError};
use crate::service_order::hub::courier::Courier;
use crate::settings::{OutboxSettings, RegistryKind, Settings};
use crate::worker::outbound::Outbound;
use crate::worker::rounds::{self, Rounds};
use crate::{openapi, routes};

/// The tables of this service.
pub const MIGRATIONS: Migrations =
    Migrations { sqlite: embed_migrations!("migrations/sqlite"), postgres: embed_migrations!("migrations/postgres") };

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Mail(#[from] MailError),
    #[error("{0}")]
    Registry(#[from] RegistryError),
    #[error("{0}")]
    Robots(#[from] CrewError),
    #[error("an HTTP client: {0}")]
    Client(#[from] reqwest::Error),
    #[error("{0}")]
    Listen(#[from] std::io::Error),
}

/// What may be other than in production.
#[derive(Clone, Default)]
pub struct Edges {
    pub clock: Clock,
    /// None: the table of filings.
    pub registry: Option<Arc<dyn IcpRegistry>>,
}

/// The service, bound to its address.
pub struct Application {
    http: HttpService,
    outbox: Dispatcher,
    rounds: Rounds,
    fresh: JoinHandle<()>,
    hub: JoinHandle<()>,
}

/// Brings the schema up to date and names what was applied. Blocks.
pub fn migrate(settings: &DatabaseSettings) -> Result<Vec<String>, StoreError> {
    Database::connect(settings)?.migrate(&[&SHARED_MIGRATIONS, &MIGRATIONS])
}

impl Application {
    /// Binds the service; to be called inside a tokio runtime.
    pub async fn build(settings: Settings) -> Result<Self, StartError> {
        Self::build_with(settings, Edges::default()).await
    }

    /// [`Application::build`] with a clock and a registry of the caller's.
    pub async fn build_with(settings: Settings, edges: Edges) -> Result<Self, StartError> {
        let db = connect(settings.database.clone()).await?;
        let keys = ServiceKeys::load(&settings.internal)?;
        let permissions = Arc::new(settings.permissions.table()?);
        let verifier = Verifier::remote(&settings.issuer)?;
        let staff = StaffDirectory::new(db.clone());
        staff.refresh().await?;
        let desk = desk(&settings, &db, &keys, &edges)?;
        let files = desk.files.clone();
        let http = HttpSettings {
            name: ServiceName::WorkorderSvc,
            server: settings.server.clone(),
            access: access::workorder::ENDPOINTS,
            verifier,
            service_keys: keys,
            permissions,
            staff: Some(staff.clone()),
            readiness: Readiness::new().database(db.clone()).check("attachments", move || {
                let files = files.clone();
                async move { files.check().await }
            }),
            openapi: serde_json::to_value(openapi::openapi()).map_err(std::io::Error::from)?,
            on_forbidden: None,
        };
        let (shared, directory) = (web::Data::new(desk.clone()), web::Data::new(staff.clone()));
        let http = HttpService::start(http, move |config| {
            config.app_data(shared.clone()).app_data(directory.clone()).configure(routes::routes);
        })?;
        let outbox = desk.nudges.outbox.clone();
        let hub = tokio::spawn(desk.notices.clone().run(db, settings.notices.poll()));
        tokio::spawn(close_streams(http.stopping(), desk.notices.clone()));
        let rounds = Rounds::start(checker(&settings, desk, edges)?, staff.clone(), settings.worker.tick());
        Ok(Self { http, outbox, rounds, fresh: tokio::spawn(staff.keep_fresh()), hub })
    }

    pub fn address(&self) -> SocketAddr {
        self.http.address()
    }

    pub fn stopper(&self) -> Stopper {
        self.http.stopper()
    }

    /// Serves until stopped; then running work ends and leases are given back.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        let served = self.http.run().await;
        self.fresh.abort();
        self.hub.abort();
        self.rounds.stop().await;
        self.outbox.stop().await;
        served
    }
}

/// Streams would go on for ever: when the service is to stop, they end first.
async fn close_streams(stopping: impl Future<Output = ()>, notices: Hub) {
    stopping.await;
    notices.close();
}

/// Opens the database with a current schema, off the async threads.
async fn connect(settings: DatabaseSettings) -> Result<Database, StoreError> {
    let open = move || {
        let db = Database::connect(&settings)?;
        for version in db.migrate(&[&SHARED_MIGRATIONS, &MIGRATIONS])? {
            tracing::info!(version, "migration applied");
        }
        Ok(db)
    };
    tokio::task::spawn_blocking(open).await.map_err(|error| StoreError::Unavailable(error.to_string()))?
}

fn desk(settings: &Settings, db: &Database, keys: &ServiceKeys, edges: &Edges) -> Result<Desk, StartError> {
    let timeout = Duration::from_secs(settings.bpm.timeout_seconds.max(1));
    let (me, other) = (ServiceName::WorkorderSvc, ServiceName::BpmAdapter);
    let bpm = Arc::new(ServiceClient::new(keys.clone(), me, other, settings.bpm.urls.clone(), timeout)?);
    let (policy, clock) = (Arc::new(Policy::of(settings)), edges.clock.clone());
    let mail = transport::from_settings(&settings.mail)?;
    let (hosts, limit) = (&settings.outbound.private_hosts, seconds(settings.outbox.delivery_timeout_seconds));
    let robots = Crew::new(&settings.notices.robots, hosts, limit, clock.clone())?;
    let hub = Courier::new(db.clone(), settings)?;
    let outbound = Outbound { policy: policy.clone(), clock: clock.clone(), bpm: bpm.clone(), mail, robots, hub };
    let outbox = Dispatcher::start(
        db.clone(),
        clock.clone(),
        Arc::new(outbound),
        retry_policy(&settings.outbox),
        rounds::owner(),
    );
    outbox.forget_delivered_after(settings.outbox.keep_delivered());
    let notices = Hub::new(settings.notices.streams_per_person);
    Ok(Desk {
        db: db.clone(),
        clock,
        policy,
        files: open_store(&settings.attachments)?,
        spool: settings.attachments.spool(),
        upload_limit: settings.server.upload_limit_bytes,
        sheets: Arc::new(SheetReader::new(&settings.submission)),
        bpm,
        nudges: Nudges { outbox, icp: Arc::new(Notify::new()), notices: notices.clone() },
        notices,
    })
}

fn checker(settings: &Settings, desk: Desk, edges: Edges) -> Result<Checker, StartError> {
    let registry = match edges.registry {
        Some(registry) => registry,
        None => registry(settings, &desk)?,
    };
    Ok(Checker {
        registry,
        owner: rounds::owner(),
        lease: TimeDelta::seconds(i64::from(settings.icp.lease_seconds.max(1))),
        batch: settings.icp.batch.max(1),
        recheck: settings.icp.recheck(),
        desk,
    })
}

fn registry(settings: &Settings, desk: &Desk) -> Result<Arc<dyn IcpRegistry>, StartError> {
    let (db, clock) = (desk.db.clone(), desk.clock.clone());
    Ok(match settings.icp.registry {
        RegistryKind::Table => Arc::new(TableRegistry { db, clock }),
        RegistryKind::Http => {
            Arc::new(HttpRegistry::new(&settings.icp.http, &settings.outbound.private_hosts, db, clock)?)
        }
    })
}

fn retry_policy(settings: &OutboxSettings) -> RetryPolicy {
    RetryPolicy {
        base: seconds(settings.base_seconds),
        cap: seconds(settings.cap_seconds),
        budget: settings.budget.max(1),
        lease: seconds(settings.lease_seconds),
        delivery_timeout: seconds(settings.delivery_timeout_seconds),
    }
}

/// A setting in seconds; never nothing, never more than a day.
fn seconds(value: f64) -> Duration {
    Duration::from_secs_f64(value.clamp(0.001, 86_400.0))
}
