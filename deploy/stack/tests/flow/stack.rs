//! A stack of a test's own: `front-desk up` as a child process, with its data and ports.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};
use front_desk::arguments::Place;
use front_desk::layout::Layout;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_kit::{Client, POSTGRES_VARIABLE, Reply, TestDatabase, eventually, eventually_within};

pub const PASSWORD: &str = "Front-Desk-2026";
const PROGRAM: &str = env!("CARGO_BIN_EXE_front-desk");

/// How a stack is started.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    pub processes: bool,
    pub no_demo: bool,
}

/// A data folder with its ports and databases; the stack on it can be started and stopped at will.
pub struct Stack {
    folder: TempDir,
    pub port: u16,
    database: Option<(String, String)>,
    how: How,
    /// Settings of the stack besides: `("DRIVER__KIND", ..)`.
    pub settings: Vec<(&'static str, String)>,
    child: Option<Child>,
}

impl Stack {
    /// Started on a fresh folder, and ready.
    pub async fn start(kind: TestDatabase, how: How) -> Self {
        let mut stack = Self::new(kind, how);
        stack.up().await;
        stack
    }

    pub fn new(kind: TestDatabase, how: How) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = (kind == TestDatabase::Postgres).then(|| {
            let server = std::env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| panic!("{POSTGRES_VARIABLE} is not set"));
            (server, format!("flow_{}", uuid::Uuid::new_v4().simple()))
        });
        Self { folder, port: free_ports(), database, how, settings: Vec::new(), child: None }
    }

    /// The next start lays demo data, if it ever would.
    pub fn how_with_demo(&mut self) {
        self.how.no_demo = false;
    }

    /// Starts it and waits until it is ready.
    pub async fn up(&mut self) {
        self.spawn();
        let client = self.client();
        let ready = eventually_within(Duration::from_secs(30), "the stack is ready", || async {
            client.get("/readyz").try_send().await.ok().filter(|reply| reply.status == 200)
        });
        ready.await;
    }

    pub fn spawn(&mut self) {
        let log = File::options().create(true).append(true).open(self.data().join("../front-desk.log")).unwrap();
        let mut command = self.command("up");
        command.arg("--port").arg(self.port.to_string());
        if self.how.processes {
            command.arg("--processes");
        }
        if self.how.no_demo {
            command.arg("--no-demo");
        }
        for (name, value) in &self.settings {
            command.env(format!("FRONT_DESK__{name}"), value);
        }
        command.stdout(log.try_clone().unwrap()).stderr(log).stdin(Stdio::null());
        self.child = Some(command.spawn().unwrap());
    }

    /// `front-desk NAME` on this stack's data.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg(name).arg("--data").arg(self.data());
        if let Some((server, prefix)) = &self.database {
            command.arg("--database").arg(server).arg("--database-prefix").arg(prefix);
        }
        command.env("FRONT_DESK__LOG__FILTER", "info");
        command
    }

    pub fn data(&self) -> std::path::PathBuf {
        let data = self.folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        data
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("front-desk.log")).unwrap_or_default()
    }

    pub fn client(&self) -> Client {
        Client::at(&format!("http://127.0.0.1:{}", self.port))
    }

    /// Logged in through the gateway.
    pub async fn log_in(&self, username: &str) -> Client {
        let body = json!({"username": username, "password": PASSWORD});
        let reply = self.client().post("/auth/login").json(&body).await.expect(200);
        self.client().with_bearer(&format!("Bearer {}", reply["accessToken"].as_str().unwrap()))
    }

    /// SIGTERM, and its end.
    pub fn stop(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the stack runs");
        signal("-TERM", child.id());
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(40), "the stack does not stop: {}", self.log());
            std::thread::yield_now();
        }
    }

    /// The process of a service under `--processes`.
    pub fn pid_of(&self, service: &str) -> Option<u32> {
        std::fs::read_to_string(self.data().join(format!("{service}.pid"))).ok()?.trim().parse().ok()
    }

    /// kill -9, and its supervisor's answer: another process in its place.
    pub async fn kill_service(&self, service: &str) {
        let before = self.pid_of(service).expect("a pid file");
        signal("-KILL", before);
        eventually(&format!("{service} is started again"), || async {
            self.pid_of(service).filter(|pid| *pid != before)
        })
        .await;
    }

    /// Stopped, then `verify`.
    pub fn verify(&mut self) -> Output {
        if self.child.is_some() {
            assert!(self.stop().success(), "{}", self.log());
        }
        self.command("verify").output().unwrap()
    }

    /// What `verify` is given.
    pub fn layout(&self) -> Layout {
        let (database, database_prefix) = self.database.clone().unzip();
        let database_prefix = database_prefix.unwrap_or_else(|| "front_desk".to_owned());
        Layout::of_place(&Place { data: self.data(), database, database_prefix }).unwrap()
    }

    /// Writes into a service's database behind its back.
    pub fn write_into(&self, word: &str, statements: &str) {
        match &self.database {
            None => {
                let file = self.database_file(word);
                let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                conn.batch_execute(&format!("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE; {statements}; COMMIT"))
                    .unwrap();
            }
            Some((server, prefix)) => {
                let mut url = reqwest::Url::parse(server).unwrap();
                url.set_path(&format!("{prefix}_{word}"));
                let mut conn = PgConnection::establish(url.as_str()).unwrap();
                conn.batch_execute(&format!("BEGIN; {statements}; COMMIT; ANALYZE")).unwrap();
            }
        }
    }

    /// [`Stack::verify`], and everything agrees.
    pub fn expect_agreement(&mut self) {
        let verified = self.verify();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }

    pub fn database_file(&self, word: &str) -> std::path::PathBuf {
        self.data().join(format!("{word}.db"))
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
        if std::thread::panicking() {
            eprintln!("--- the stack's log\n{}", self.log());
        }
        let Some((server, prefix)) = &self.database else { return };
        let Ok(mut conn) = PgConnection::establish(server) else { return };
        for word in ["gateway", "workorder", "pe", "bpm"] {
            let dropped = sql_query(format!("DROP DATABASE IF EXISTS {prefix}_{word} WITH (FORCE)")).execute(&mut conn);
            if let Err(error) = dropped {
                eprintln!("{prefix}_{word} stays behind: {error}");
            }
        }
    }
}

fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").arg(name).arg(pid.to_string()).status().unwrap();
    assert!(sent.success(), "kill {name} {pid}");
}

/// Five ports in a row that nobody listens on.
pub fn free_ports() -> u16 {
    for _ in 0..200 {
        let start = 20_000 + u16::try_from(uuid::Uuid::new_v4().as_u128() % 10_000).unwrap();
        if (start..start + 5).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return start;
        }
    }
    panic!("no five free ports in a row");
}

/// The order, seen by somebody who may.
pub async fn detail(client: &Client, id: i64) -> Reply {
    client.get(&format!("/workorder/detail?id={id}")).await.expect(200)
}

/// Waits until the order stands there.
pub async fn until_status(client: &Client, id: i64, status: &str) -> Reply {
    eventually(&format!("order {id} is {status}"), || async {
        let reply = client.get(&format!("/workorder/detail?id={id}")).try_send().await.ok()?;
        (reply.status == 200 && reply["status"] == status).then_some(reply)
    })
    .await
}

/// Submits the form; its order's id.
pub async fn submit(client: &Client, form: &Value) -> i64 {
    client.post("/workorder/custom/save").json(form).await.expect(200)["id"].as_i64().unwrap()
}

pub async fn approve(client: &Client, id: i64) -> Reply {
    let decision = json!({"id": id, "decision": "approve", "comment": "同意"});
    client.post("/workorder/approvedecision").json(&decision).await.expect(200)
}

/// The order's newest task once it lies on the desk of this person.
pub async fn task_at_desk(client: &Client, id: i64) -> String {
    eventually(&format!("the task of order {id} is at the desk"), || async {
        let reply = client.get(&format!("/bpm/tasks?orderId={id}")).try_send().await.ok()?;
        let tasks = reply.body["data"].as_array()?.clone();
        let waiting = tasks.into_iter().find(|task| task["state"] == "dispatched")?;
        waiting["id"].as_str().map(str::to_owned)
    })
    .await
}

/// A desk call, tried again while the services come back.
pub async fn desk(client: &Client, task: &str, what: &str, body: &Value) -> Reply {
    client.post(&format!("/bpm/tasks/{task}/{what}")).json(body).await.expect(200)
}

/// Everything of a mail folder.
pub fn mails(data: &Path) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(data.join("mail")) else { return Vec::new() };
    let files = folder.filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok());
    files.collect()
}
