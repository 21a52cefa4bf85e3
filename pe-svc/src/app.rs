//! The service put together: the same way by its own binary, by the all-in-one stack and by the tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use diesel_migrations::embed_migrations;
use shared_model::access;
use shared_model::server::attachment::open_store;
use shared_model::server::clock::Clock;
use shared_model::server::database::{Database, Migrations, SHARED_MIGRATIONS, StoreError};
use shared_model::server::directory::StaffDirectory;
use shared_model::server::http::{HttpService, HttpSettings, Stopper};
use shared_model::server::readiness::Readiness;
use shared_model::server::settings::{DatabaseSettings, SettingsError};
use shared_model::server::token::{ServiceKeys, ServiceName, Verifier};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::badge::signer::BadgeSigner;
use crate::desk::Desk;
use crate::settings::Settings;
use crate::worker::{self, Pace};
use crate::{audit_log, openapi, routes};

/// The tables of this service.
pub const OWN_MIGRATIONS: Migrations =
    Migrations { sqlite: embed_migrations!("migrations/sqlite"), postgres: embed_migrations!("migrations/postgres") };

/// Everything the schema is made of.
pub const MIGRATIONS: &[&Migrations] = &[&SHARED_MIGRATIONS, &OWN_MIGRATIONS];

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// The service, bound to its address.
pub struct Application {
    http: HttpService,
    worker: JoinHandle<()>,
    directory: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

/// Brings the schema up to date and names what was applied. Blocks.
pub fn migrate(settings: &DatabaseSettings) -> Result<Vec<String>, StoreError> {
    Database::connect(settings)?.migrate(MIGRATIONS)
}

impl Application {
    /// Binds the service; to be called inside a tokio runtime.
    pub async fn build(settings: Settings) -> Result<Self, StartError> {
        Self::build_with(settings, Clock::system()).await
    }

    /// [`Application::build`] with a clock of the caller's.
    pub async fn build_with(settings: Settings, clock: Clock) -> Result<Self, StartError> {
        let db = connect(settings.database.clone()).await?;
        let desk = Desk {
            db: db.clone(),
            clock,
            zone: settings.time.zone,
            files: open_store(&settings.files)?,
            spool: settings.files.spool(),
            upload_limit: settings.server.upload_limit_bytes,
            signer: Arc::new(BadgeSigner::load(&settings.badge.signing_key_file)?),
        };
        let staff = StaffDirectory::new(db.clone());
        staff.refresh().await?;
        let http = http_settings(&settings, &desk, &staff)?;
        let (shared, pushed) = (web::Data::new(desk.clone()), web::Data::new(staff.clone()));
        let http = HttpService::start(http, move |config| {
            config.app_data(shared.clone()).app_data(pushed.clone()).configure(routes::routes);
        })?;
        let (stop, stopped) = watch::channel(false);
        let pace = Pace {
            pause: Duration::from_secs(settings.worker.interval_seconds.max(1)),
            sweep: settings.files.sweep_every(),
            unused_for: settings.files.unused_for(),
        };
        Ok(Self {
            http,
            worker: tokio::spawn(worker::run(desk, pace, stopped)),
            directory: tokio::spawn(staff.keep_fresh()),
            stop,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.http.address()
    }

    pub fn stopper(&self) -> Stopper {
        self.http.stopper()
    }

    /// Serves until stopped; the worker ends its round.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        let served = self.http.run().await;
        self.directory.abort();
        self.stop.send_replace(true);
        if let Err(error) = self.worker.await {
            tracing::warn!(%error, "the worker did not end well");
        }
        served
    }
}

fn http_settings(settings: &Settings, desk: &Desk, staff: &StaffDirectory) -> Result<HttpSettings, StartError> {
    let files = desk.files.clone();
    Ok(HttpSettings {
        name: ServiceName::PeSvc,
        server: settings.server.clone(),
        access: access::pe::ENDPOINTS,
        verifier: Verifier::remote(&settings.issuer)?,
        service_keys: ServiceKeys::load(&settings.internal)?,
        permissions: Arc::new(settings.permissions.table()?),
        staff: Some(staff.clone()),
        readiness: Readiness::new().database(desk.db.clone()).check("files", move || {
            let files = files.clone();
            async move { files.check().await }
        }),
        openapi: serde_json::to_value(openapi::openapi()).map_err(std::io::Error::from)?,
        on_forbidden: Some(audit_log::refusal::recorder(desk.db.clone(), desk.clock.clone())),
    })
}

/// Opens the database with a current schema, off the async threads.
async fn connect(settings: DatabaseSettings) -> Result<Database, StoreError> {
    let open = move || {
        let db = Database::connect(&settings)?;
        for version in db.migrate(MIGRATIONS)? {
            tracing::info!(version, "migration applied");
        }
        Ok(db)
    };
    tokio::task::spawn_blocking(open).await.map_err(|error| StoreError::Unavailable(error.to_string()))?
}
