//! A gateway before scripted services, with one worker, so that what follows what is known.

use std::net::{IpAddr, SocketAddr};

use gateway::app::Stopper;
use gateway::demo::{DemoAccount, lay_accounts};
use gateway::readiness::ReadyGate;
use gateway::settings::{EnvironmentScope, Settings};
use shared_model::role::Role;
use shared_model::server::clock::Clock;
use test_kit::{Client, OwnDatabase, TestDatabase};

use crate::raw::{Answer, Raw};
use crate::upstream::Upstream;

const PASSWORD: &str = "Front-Desk-2026";

pub struct Edge {
    pub address: SocketAddr,
    pub api: Client,
    pub stopper: Stopper,
    /// `Bearer …` of an OPERATOR.
    pub bearer: String,
    _database: OwnDatabase,
}

impl Edge {
    /// Everything under `/bpm` goes to the upstream.
    pub async fn before(upstream: &Upstream) -> Self {
        Self::start(&[upstream.uri()], |_| ()).await
    }

    pub async fn start(addresses: &[String], change: impl FnOnce(&mut Settings)) -> Self {
        let database = TestDatabase::Sqlite.create();
        let mut settings = Settings::load(None, EnvironmentScope::Nothing, &[]).unwrap();
        settings.server.listen = "127.0.0.1:0".parse().unwrap();
        settings.server.workers = 1;
        settings.database = database.settings();
        settings.internal = test_kit::internal_settings();
        settings.identity.keys_dir = database.folder().join("keys");
        settings.identity.initial_admin = false;
        settings.limits.logins_per_second = 1000;
        // Health is checked once, at the start: after that it is what requests find.
        settings.timeouts.health = 3_600_000;
        settings.services.get_mut("bpm-adapter").unwrap().addresses = addresses.to_vec();
        change(&mut settings);
        let gate = ReadyGate::opened();
        let application = gateway::Application::build_with(settings, Clock::system(), gate).await.unwrap();
        let identity = application.identity();
        let people = [("operator", Role::Operator), ("admin", Role::PlatformAdmin)].map(|(name, role)| DemoAccount {
            username: name.to_owned(),
            name: name.to_owned(),
            role,
            province: None,
            company: String::new(),
            mobile: String::new(),
            email: String::new(),
        });
        lay_accounts(&identity.db, &people, &PASSWORD.into(), identity.clock.now()).await.unwrap();
        let (address, stopper) = (application.address(), application.stopper());
        tokio::spawn(application.run_until_stopped());
        let api = Client::new(address);
        let bearer = login(&api, "operator").await;
        Self { address, api, stopper, bearer, _database: database }
    }

    pub async fn admin(&self) -> Client {
        self.api.with_bearer(&login(&self.api, "admin").await)
    }

    pub async fn raw(&self) -> Raw {
        Raw::connect(self.address).await
    }

    /// A head with a good token; more header lines each end with CRLF.
    pub fn request(&self, line: &str, more: &str) -> String {
        format!("{line} HTTP/1.1\r\nhost: desk\r\nauthorization: {}\r\n{more}\r\n", self.bearer)
    }

    /// One request on a connection of its own, with a good token.
    pub async fn ask(&self, line: &str, more: &str, body: &str) -> Answer {
        let mut raw = self.raw().await;
        raw.send(self.request(line, more)).await;
        raw.send(body).await;
        raw.answer().await
    }

    /// Lets the worker run through its loop: what happened on its connections before is known to it after.
    pub async fn take_a_turn(&self) {
        for _ in 0..3 {
            self.api.get("/healthz").await.expect(200);
        }
    }
}

pub fn localhost() -> IpAddr {
    IpAddr::from([127, 0, 0, 1])
}

async fn login(api: &Client, username: &str) -> String {
    let body = serde_json::json!({"username": username, "password": PASSWORD});
    let reply = api.post("/auth/login").json(&body).await.expect(200);
    format!("Bearer {}", reply["accessToken"].as_str().unwrap())
}
