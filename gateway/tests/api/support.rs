//! A gateway as it really runs, with the demo people, a clock that stands still and services that are not there.

use std::net::IpAddr;
use std::path::Path;

use chrono::{DateTime, Utc};
use gateway::demo::{DemoAccount, lay_accounts};
use gateway::readiness::ReadyGate;
use gateway::settings::{EnvironmentScope, Settings};
use gateway::{Application, app::Stopper, identity::Identity};
use shared_model::role::Role;
use shared_model::server::clock::Clock;
use std::sync::Arc;
use test_kit::{Client, OwnDatabase, Reply, TestDatabase, TestUser};

pub const PASSWORD: &str = "Front-Desk-2026";

/// A running gateway of one test.
pub struct Desk {
    pub api: Client,
    pub clock: Clock,
    pub identity: Arc<Identity>,
    pub database: OwnDatabase,
    stopper: Stopper,
}

/// The settings of a test: its own database, keys and port, no service, no limits in the way.
pub fn settings(database: &OwnDatabase, keys: &Path) -> Settings {
    let mut settings = Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap();
    settings.server.listen = "127.0.0.1:0".parse().unwrap();
    settings.database = database.settings();
    settings.internal = test_kit::internal_settings();
    settings.identity.keys_dir = keys.to_owned();
    settings.identity.initial_admin = false;
    settings.limits.logins_per_second = 10_000;
    settings.limits.address_per_second = 100_000;
    settings.limits.caller_per_second = 100_000;
    settings.proxies.trusted = vec![IpAddr::from([127, 0, 0, 1])];
    for service in settings.services.values_mut() {
        // The discard port: nobody listens.
        service.addresses = vec!["http://127.0.0.1:9".to_owned()];
    }
    settings
}

pub fn start_of_time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

impl Desk {
    pub async fn start(kind: TestDatabase) -> Self {
        Self::start_with(kind.create(), |_| ()).await
    }

    pub async fn start_with(database: OwnDatabase, change: impl FnOnce(&mut Settings)) -> Self {
        let keys = database.folder().join("keys");
        let mut settings = settings(&database, &keys);
        change(&mut settings);
        let clock = Clock::manual(start_of_time());
        Self::run(database, settings, clock).await
    }

    async fn run(database: OwnDatabase, settings: Settings, clock: Clock) -> Self {
        let application = Application::build_with(settings, clock.clone(), ReadyGate::opened()).await.unwrap();
        let identity = application.identity();
        let password = PASSWORD.into();
        if !database.folder().join("keys/initial-admin").exists() {
            lay_accounts(&identity.db, &people(), &password, clock.now()).await.unwrap();
        }
        let (api, stopper) = (Client::new(application.address()), application.stopper());
        tokio::spawn(application.run_until_stopped());
        Self { api, clock, identity, database, stopper }
    }

    /// The same gateway, stopped and started again.
    pub async fn restart(self) -> Self {
        let Self { database, clock, stopper, .. } = self;
        stopper.stop().await;
        let settings = settings(&database, &database.folder().join("keys"));
        Self::run(database, settings, clock).await
    }

    pub async fn try_login(&self, username: &str, password: &str) -> Reply {
        self.try_login_from("198.51.100.1", username, password).await
    }

    pub async fn try_login_from(&self, address: &str, username: &str, password: &str) -> Reply {
        let body = serde_json::json!({"username": username, "password": password});
        self.api.post("/auth/login").header("x-forwarded-for", address).json(&body).await
    }

    /// A client with the person's own token.
    pub async fn as_user(&self, username: &str) -> Client {
        let reply = self.try_login(username, PASSWORD).await.expect(200);
        self.api.with_bearer(&bearer(&reply))
    }

    pub async fn as_role(&self, role: Role) -> Client {
        self.as_user(&TestUser::new(role).account.username).await
    }

    pub async fn refresh(&self, reply: &Reply) -> Reply {
        self.api.post("/auth/refresh").json(&serde_json::json!({"refreshToken": reply["refreshToken"]})).await
    }

    /// The id of a demo person.
    pub async fn id_of(&self, username: &str) -> String {
        let admin = self.as_user("platform.admin").await;
        let found = admin.get("/auth/accounts").query("keyword", username).await.expect(200);
        let rows = found["data"].as_array().unwrap().clone();
        rows.iter().find(|row| row["username"] == username).unwrap()["id"].as_str().unwrap().to_owned()
    }
}

pub fn bearer(reply: &Reply) -> String {
    format!("Bearer {}", reply["accessToken"].as_str().unwrap())
}

fn people() -> Vec<DemoAccount> {
    TestUser::everybody()
        .into_iter()
        .map(|user| DemoAccount {
            username: user.account.username.clone(),
            name: user.account.name.clone(),
            role: user.role(),
            province: user.account.province,
            company: user.account.company.clone(),
            mobile: user.account.mobile.clone(),
            email: user.account.email.clone(),
        })
        .collect()
}
