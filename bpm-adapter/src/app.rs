//! The service put together: the same way by its own binary, by the all-in-one stack and by the tests.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use chrono_tz::Tz;
use diesel_migrations::embed_migrations;
use secrecy::SecretString;
use tokio::task::JoinHandle;
use uuid::Uuid;

use shared_model::access;
use shared_model::permission::RolePermissions;
use shared_model::server::client::ServiceClient;
use shared_model::server::clock::Clock;
use shared_model::server::database::{Database, Migrations, SHARED_MIGRATIONS, StoreError};
use shared_model::server::directory::StaffDirectory;
use shared_model::server::http::{HttpService, HttpSettings, Stopper};
use shared_model::server::idempotency;
use shared_model::server::outbox::Dispatcher;
use shared_model::server::readiness::Readiness;
use shared_model::server::settings::{DatabaseSettings, SettingsError};
use shared_model::server::token::{ServiceKeys, ServiceName, Verifier};

use crate::breaker::Breakers;
use crate::callback::keyring::Keyring;
use crate::driver::{self, Driver};
use crate::event::courier::Courier;
use crate::event::send::ORDER_SERVICE;
use crate::settings::{CallbackSettings, Settings, seconds};
use crate::staff::reroute;
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
    Listen(#[from] std::io::Error),
}

/// What every operation works with.
pub struct Parts {
    pub db: Database,
    pub clock: Clock,
    pub zone: Tz,
    pub driver: Arc<dyn Driver>,
    pub outbox: Dispatcher,
    pub breakers: Breakers,
    pub order_service: Arc<ServiceClient>,
    pub permissions: Arc<RolePermissions>,
    pub engine_keyring: Keyring,
    pub billing_keyring: Keyring,
    /// How long a call waits for the order service before it answers 202.
    pub answer_within: Duration,
    /// How long the order service may take over one page of the comparison.
    pub page_within: Duration,
}

impl Parts {
    /// How long a call waits for the order service now: while that is known to be away, not at all.
    pub fn patience(&self) -> Duration {
        if self.breakers.is_open(ORDER_SERVICE) { Duration::ZERO } else { self.answer_within }
    }
}

/// What may be other than in production.
pub struct Edges {
    pub clock: Clock,
    pub driver: Arc<dyn Driver>,
}

/// The service, bound to its address.
pub struct Application {
    http: HttpService,
    outbox: Dispatcher,
    background: Vec<JoinHandle<()>>,
}

/// Brings the schema up to date and names what was applied. Blocks.
pub fn migrate(settings: &DatabaseSettings) -> Result<Vec<String>, StoreError> {
    Database::connect(settings)?.migrate(&[&SHARED_MIGRATIONS, &MIGRATIONS])
}

impl Application {
    /// Binds the service; to be called inside a tokio runtime.
    pub async fn build(settings: Settings) -> Result<Self, StartError> {
        let driver = driver::build(&settings, &engine_keyring(&settings.callbacks)?)?;
        Self::build_with(settings, Edges { clock: Clock::system(), driver }).await
    }

    /// [`Application::build`] with a clock and an engine of the caller's.
    pub async fn build_with(settings: Settings, edges: Edges) -> Result<Self, StartError> {
        let db = connect(settings.database.clone()).await?;
        let keys = ServiceKeys::load(&settings.internal)?;
        let staff = StaffDirectory::new(db.clone());
        staff.refresh().await?;
        let parts = web::Data::new(parts(&settings, &db, edges, &keys)?);
        let outbox = parts.outbox.clone();
        let mut background = vec![
            tokio::spawn(staff.clone().keep_fresh()),
            tokio::spawn(keep_routed(parts.clone(), seconds(settings.staff.reroute_seconds))),
            tokio::spawn(forget_old_answers(parts.clone())),
        ];
        background.extend(parts.driver.clone().watch(parts.clone()));
        let http = HttpSettings {
            name: ServiceName::BpmAdapter,
            server: settings.server.clone(),
            access: access::bpm::ENDPOINTS,
            verifier: Verifier::remote(&settings.issuer)?,
            service_keys: keys,
            permissions: parts.permissions.clone(),
            staff: Some(staff.clone()),
            readiness: Readiness::new().database(db),
            openapi: serde_json::to_value(openapi::openapi()).map_err(std::io::Error::from)?,
            on_forbidden: None,
        };
        let staff = web::Data::new(staff);
        let http = HttpService::start(http, move |config| {
            config.app_data(parts.clone()).app_data(staff.clone()).configure(routes::routes);
        })?;
        Ok(Self { http, outbox, background })
    }

    pub fn address(&self) -> SocketAddr {
        self.http.address()
    }

    pub fn stopper(&self) -> Stopper {
        self.http.stopper()
    }

    /// Serves until stopped; then running deliveries end and leases are given back.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        let served = self.http.run().await;
        for task in self.background {
            task.abort();
        }
        self.outbox.stop().await;
        served
    }
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

fn parts(settings: &Settings, db: &Database, edges: Edges, keys: &ServiceKeys) -> Result<Parts, StartError> {
    let Edges { clock, driver } = edges;
    let client = ServiceClient::new(
        keys.clone(),
        ServiceName::BpmAdapter,
        ServiceName::WorkorderSvc,
        settings.workorder.urls.clone(),
        seconds(settings.workorder.timeout_seconds),
    )
    .map_err(|error| SettingsError::Unusable(format!("workorder: {error}")))?;
    let order_service = Arc::new(client);
    let breakers = Breakers::new(settings.breaker.policy(), clock.clone());
    let courier = Courier {
        order_service: order_service.clone(),
        driver: driver.clone(),
        clock: clock.clone(),
        breakers: breakers.clone(),
    };
    let owner = Uuid::now_v7().to_string();
    let outbox = Dispatcher::start(db.clone(), clock.clone(), Arc::new(courier), settings.outbox.policy(), owner);
    outbox.forget_delivered_after(settings.outbox.keep_delivered());
    let callbacks = &settings.callbacks;
    let engine_keyring = engine_keyring(callbacks)?;
    let own = keyring("callbacks.bboss_secrets", &callbacks.bboss_secrets, &callbacks.bboss_secrets_file)?;
    Ok(Parts {
        db: db.clone(),
        clock,
        zone: settings.time.zone,
        driver,
        outbox,
        breakers,
        order_service,
        permissions: Arc::new(settings.permissions.table()?),
        billing_keyring: own.or_else(engine_keyring.clone()),
        engine_keyring,
        answer_within: seconds(settings.desk.answer_within_seconds),
        page_within: seconds(settings.reconcile.page_timeout_seconds),
    })
}

fn engine_keyring(callbacks: &CallbackSettings) -> Result<Keyring, SettingsError> {
    keyring("callbacks.secrets", &callbacks.secrets, &callbacks.secrets_file)
}

fn keyring(name: &str, secrets: &[SecretString], file: &Path) -> Result<Keyring, SettingsError> {
    Keyring::new(secrets, file.to_path_buf()).map_err(|error| SettingsError::Unusable(format!("{name}: {error}")))
}

/// Looks for tasks without an able assignee at the start and every so often: a push may have died half-way.
async fn keep_routed(parts: web::Data<Parts>, pause: Duration) {
    loop {
        if let Err(error) = reroute::reroute(&parts).await {
            tracing::warn!(%error, "tasks could not be routed again");
        }
        tokio::time::sleep(pause.max(Duration::from_secs(1))).await;
    }
}

/// Answers kept under idempotency keys are forgotten after their day.
async fn forget_old_answers(parts: web::Data<Parts>) {
    loop {
        let now = parts.clock.now();
        let forgotten = parts.db.write(move |conn| idempotency::forget_old(conn, now).map_err(StoreError::from)).await;
        if let Err(error) = forgotten {
            tracing::warn!(%error, "old answers could not be forgotten");
        }
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
}
