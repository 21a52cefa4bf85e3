//! Puts a gateway together from its settings, and runs it until it is stopped.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use chrono::TimeDelta;
use shared_model::server::client::ServiceClient;
use shared_model::server::clock::Clock;
use shared_model::server::database::{Database, Migrations, SHARED_MIGRATIONS, StoreError};
use shared_model::server::settings::{DatabaseSettings, SettingsError};
use shared_model::server::telemetry;
use shared_model::server::token::{ServiceKeys, ServiceName};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::directory_push::DirectoryPush;
use crate::edge::health;
use crate::edge::limits::Limits;
use crate::edge::upstream::Upstreams;
use crate::edge::worker::{Shared, TokenSource};
use crate::error::ServiceError;
use crate::identity::external::ExternalIssuer;
use crate::identity::lockout::LockRule;
use crate::identity::password::{HashError, Hasher};
use crate::identity::standing::Standing;
use crate::identity::token::Issuer;
use crate::identity::{Identity, bootstrap};
use crate::openapi::collect::Collected;
use crate::readiness::{GatewayReadiness, ReadyGate};
use crate::settings::Settings;
use crate::site::Site;
use crate::{admin, edge, upkeep};

/// The gateway's own tables.
pub const MIGRATIONS: Migrations = Migrations {
    sqlite: diesel_migrations::embed_migrations!("migrations/sqlite"),
    postgres: diesel_migrations::embed_migrations!("migrations/postgres"),
};

/// Between a service and the gateway that pushes accounts to it or asks for its document.
const CALL: Duration = Duration::from_secs(5);

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("database: {0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("passwords: {0}")]
    Hash(#[from] HashError),
    #[error("accounts: {0}")]
    Accounts(#[from] ServiceError),
    #[error("http client: {0}")]
    Http(#[from] reqwest::Error),
}

/// A gateway that is bound and serves once it runs.
pub struct Application {
    address: SocketAddr,
    admin_address: Option<SocketAddr>,
    server: Server,
    admin: Option<Server>,
    tasks: JoinSet<()>,
    identity: Data<Identity>,
    stopping: watch::Sender<bool>,
}

/// Stops a gateway from elsewhere. Cheap to clone.
#[derive(Clone)]
pub struct Stopper {
    server: ServerHandle,
    admin: Option<ServerHandle>,
    stopping: watch::Sender<bool>,
}

impl Stopper {
    /// No new connections; running requests finish within the configured time.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        self.server.stop(true).await;
        if let Some(admin) = &self.admin {
            admin.stop(true).await;
        }
    }
}

impl Application {
    /// Opens the database, brings it up to date, makes keys and the first account when there are none, and binds.
    pub async fn build(settings: Settings) -> Result<Self, StartError> {
        Self::build_with(settings, Clock::system(), ReadyGate::opened()).await
    }

    /// The same by another clock, and not ready before the gate is open.
    pub async fn build_with(settings: Settings, clock: Clock, gate: ReadyGate) -> Result<Self, StartError> {
        telemetry::metrics();
        let listener = listen(settings.server.listen)?;
        let db = open(&settings)?;
        let hasher = Hasher::new(settings.identity.hashes_at_once)?;
        let tokens = token_source(&settings, &clock)?;
        let identity = identity(&settings, &clock, db.clone(), hasher, &tokens).await?;
        let shared = shared(&settings, &clock, &tokens, &identity.standing)?;
        let http = reqwest::Client::builder().no_proxy().connect_timeout(CALL).build()?;
        let keys = ServiceKeys::load(&settings.internal)?;
        let openapi = Collected::new(clients(&keys, &shared)?);
        let mut tasks = JoinSet::new();
        if identity.issuer.is_some() {
            let interval = Duration::from_secs(settings.directory.push_seconds.max(1));
            for client in clients(&keys, &shared)? {
                tasks.spawn(identity.push.to(client, db.clone(), clock.clone(), interval));
            }
        }
        tasks.spawn(health::watch(shared.clone(), http.clone()));
        tasks.spawn(openapi.clone().refresh());
        let key_age = TimeDelta::days(i64::from(settings.identity.key_days.max(1)));
        tasks.spawn(upkeep::run(identity.clone().into_inner(), shared.clone(), key_age));
        let readiness = GatewayReadiness::new(db, &shared, identity.push.clone(), gate, &http);
        let site = Data::new(Site { console: settings.console.enabled, openapi, readiness });
        let address = listener.local_addr()?;
        let stopping = shared.stopping.clone();
        let server = edge::server::start(listener, &settings.server, shared, identity.clone(), site)?;
        let (admin_address, admin) = admin::start(&settings.admin)?.unzip();
        tracing::info!(service = "gateway", %address, "listening");
        Ok(Self { address, admin_address, server, admin, tasks, identity, stopping })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where `/metrics` is answered, if anywhere.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_address
    }

    pub fn stopper(&self) -> Stopper {
        Stopper {
            server: self.server.handle(),
            admin: self.admin.as_ref().map(Server::handle),
            stopping: self.stopping.clone(),
        }
    }

    /// The identity provider, for what is laid beside the running gateway.
    pub fn identity(&self) -> Arc<Identity> {
        self.identity.clone().into_inner()
    }

    /// Serves until stopped.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        let Self { server, admin, mut tasks, .. } = self;
        let admin = async {
            match admin {
                Some(admin) => admin.await,
                None => Ok(()),
            }
        };
        let (served, administered) = tokio::join!(server, admin);
        tasks.shutdown().await;
        served.and(administered)
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{address}: {error}"));
    let listener = TcpListener::bind(address).map_err(named)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Brings the schema up to date and names what was applied. Blocks.
pub fn migrate(settings: &DatabaseSettings) -> Result<Vec<String>, StoreError> {
    Database::connect(settings)?.migrate(&[&SHARED_MIGRATIONS, &MIGRATIONS])
}

/// Opens the database and brings the schema up to date.
fn open(settings: &Settings) -> Result<Database, StoreError> {
    let db = Database::connect(&settings.database)?;
    let applied = db.migrate(&[&SHARED_MIGRATIONS, &MIGRATIONS])?;
    if !applied.is_empty() {
        tracing::info!(service = "gateway", steps = applied.len(), "migrated");
    }
    Ok(db)
}

fn token_source(settings: &Settings, clock: &Clock) -> Result<TokenSource, StartError> {
    if !settings.issuer.external.is_empty() {
        let algorithms = settings.issuer.algorithms.clone();
        return Ok(TokenSource::External(ExternalIssuer::new(&settings.issuer.external, algorithms)?));
    }
    let life = TimeDelta::minutes(i64::from(settings.identity.access_minutes.max(1)));
    let folder = settings.identity.keys_dir.clone();
    let generation = Arc::new(AtomicU64::new(1));
    Ok(TokenSource::Embedded(Arc::new(Issuer::load(&settings.issuer.name, folder, life, generation, clock.now())?)))
}

async fn identity(
    settings: &Settings,
    clock: &Clock,
    db: Database,
    hasher: Hasher,
    tokens: &TokenSource,
) -> Result<Data<Identity>, StartError> {
    let issuer = match tokens {
        TokenSource::Embedded(issuer) => Some(issuer.clone()),
        TokenSource::External(_) => None,
    };
    let own = &settings.identity;
    if issuer.is_some() && own.initial_admin {
        bootstrap::initial_administrator(&db, &hasher, &own.keys_dir, clock.now()).await?;
    }
    let generation = issuer.as_ref().map_or_else(|| Arc::new(AtomicU64::new(1)), |issuer| issuer.generation());
    let standing = Standing::new(generation);
    standing.reload(&db).await?;
    Ok(Data::new(Identity {
        db,
        clock: clock.clone(),
        hasher,
        issuer,
        standing,
        push: DirectoryPush::default(),
        lock_rule: LockRule {
            per_address: own.lock_per_address.max(1),
            per_account: own.lock_per_account.max(1),
            window: TimeDelta::minutes(i64::from(own.lock_minutes.max(1))),
        },
        refresh_life: TimeDelta::hours(i64::from(own.refresh_hours.max(1))),
        zone: settings.time.zone,
    }))
}

fn shared(
    settings: &Settings,
    clock: &Clock,
    tokens: &TokenSource,
    standing: &Standing,
) -> Result<Arc<Shared>, StartError> {
    Ok(Arc::new(Shared {
        upstreams: Upstreams::new(&settings.services)?,
        limits: Limits::new(&settings.limits),
        tokens: tokens.clone(),
        standing: standing.clone(),
        permissions: Arc::new(settings.permissions.table()?),
        clock: clock.clone(),
        timeouts: settings.timeouts.clone(),
        header_bytes: settings.limits.header_bytes,
        body_bytes: settings.server.json_limit_bytes as u64,
        upload_bytes: settings.server.upload_limit_bytes as u64,
        cached_tokens: settings.limits.cached_tokens.max(1),
        proxies: settings.proxies.trusted.clone(),
        cors_origins: settings.cors.origins.clone(),
        stopping: watch::Sender::new(false),
    }))
}

/// One client to each service.
fn clients(keys: &ServiceKeys, shared: &Shared) -> Result<Vec<ServiceClient>, reqwest::Error> {
    let client = |service: &edge::upstream::Service| {
        let addresses = service.addresses.iter().map(|address| address.base.clone()).collect();
        ServiceClient::new(keys.clone(), ServiceName::Gateway, service.name, addresses, CALL)
    };
    shared.upstreams.services.iter().map(client).collect()
}
