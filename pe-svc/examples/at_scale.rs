//! 机构规模基准 Lists, the queue and uniqueness checks with 200,000 entities against 2,000, over HTTP, on both databases.
//!
//! `FRONT_DESK_TEST_POSTGRES=postgres://... cargo run --release -p pe-svc --example at_scale [sqlite|postgres]`
//!
//! Prints the median of each question at both sizes and their ratio; ends with 1 when a ratio is above the bound.
#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot be made ends and says why")]

use std::process::ExitCode;
use std::time::Instant;

use diesel::RunQueryDsl;
use pe_svc::app::{Application, MIGRATIONS};
use pe_svc::settings::Settings;
use serde_json::{Value, json};
use shared_model::local_time;
use shared_model::server::database::{Connection, StoreError};
use shared_model::server::settings::EnvironmentScope;
use shared_model::server::token::ServiceName;
use test_kit::{Client, OwnDatabase, TestDatabase, TestUser, internal_settings, issuer, service_bearer};

const SIZES: [i64; 2] = [2_000, 200_000];
/// How much dearer the large desk may be.
const BOUND: f64 = 1.3;
/// Questions of each kind at each size, in rounds, so that what else the machine does meets both sizes alike.
const ROUNDS: usize = 30;
const PER_ROUND: usize = 10;
/// Equal at both sizes: what waits for a review, and what the keyword finds.
const PENDING: i64 = 50;
const NAMED: i64 = 20;
/// So many entities belong to one owner.
const OWN_EVERY: i64 = 4;

#[tokio::main]
async fn main() -> ExitCode {
    let only = std::env::args().nth(1);
    let mut holds = true;
    for (name, database) in [("sqlite", TestDatabase::Sqlite), ("postgres", TestDatabase::Postgres)] {
        if only.as_deref().is_none_or(|only| only == name) {
            let desks = [Desk::open(database, SIZES[0]).await, Desk::open(database, SIZES[1]).await];
            holds &= measure(name, &desks).await;
        }
    }
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A running service with its entities.
struct Desk {
    size: i64,
    operator: Client,
    owner: Client,
    kind: i64,
    _database: OwnDatabase,
}

impl Desk {
    async fn open(database: TestDatabase, size: i64) -> Self {
        let (own, db) = database.migrated(MIGRATIONS);
        let application = Application::build(settings(&own)).await.expect("the service starts");
        let api = Client::new(application.address());
        tokio::spawn(application.run_until_stopped());
        let gateway = api.with_bearer(&service_bearer(ServiceName::Gateway, ServiceName::PeSvc));
        let directory = json!({ "accounts": TestUser::directory(), "takenAt": local_time::now() });
        gateway.put("/internal/accounts").json(&directory).await.expect(204);
        api.as_user(&TestUser::platform_admin()).post("/pe/setup/initial").await.expect(200);
        let operator = api.as_user(&TestUser::operator());
        let kind = kind_of(&operator).await;
        let (started, owner) = (Instant::now(), TestUser::pe_admin().id().to_string());
        db.write(move |conn| fill(conn, size, kind, &owner)).await.expect("the entities are laid");
        eprintln!("{database:?}: {size} entities in {:.1} s", started.elapsed().as_secs_f64());
        Self { size, operator, owner: api.as_user(&TestUser::pe_admin()), kind, _database: own }
    }

    /// Asks once and says how long it took, in microseconds.
    async fn ask(&self, question: Question) -> f64 {
        let middle = (self.size / 20).to_string();
        let kind = self.kind.to_string();
        let get = |client: &Client, path: &str, query: &[(&str, &str)]| {
            query.iter().fold(client.get(path), |request, (name, value)| request.query(name, value))
        };
        let (request, status) = match question {
            Question::FirstPage => (get(&self.operator, ENTITIES, &[]), 200),
            Question::MiddlePage => (get(&self.operator, ENTITIES, &[("pageNum", &middle)]), 200),
            Question::Filter => (get(&self.operator, ENTITIES, &[("typeId", &kind), ("auditStatus", "approved")]), 200),
            Question::Keyword => (get(&self.operator, ENTITIES, &[("keyword", "青禾")]), 200),
            Question::KeywordOfCommonParts => (get(&self.operator, ENTITIES, &[("keyword", "机构1999号")]), 200),
            Question::Mine => (get(&self.owner, "/pe/public-entities/mine", &[]), 200),
            Question::Queue => (get(&self.operator, "/pe/review-queue", &[]), 200),
            Question::Uniqueness => (self.owner.put(ENTITIES).json(&self.taken()), 409),
        };
        let started = Instant::now();
        let reply = request.await;
        let took = started.elapsed().as_secs_f64() * 1e6;
        question.check(&reply.expect(status).body, self.size);
        took
    }

    /// A registration whose name and number another entity has.
    fn taken(&self) -> Value {
        json!({
            "typeId": self.kind, "name": "示例机构1998号", "registrationNumber": "G-1998",
            "licensePhotos": ["https://cdn.example/licence.jpg"], "adminName": "张三", "adminMobile": "13800000010",
        })
    }
}

#[derive(Clone, Copy)]
enum Question {
    FirstPage,
    MiddlePage,
    Filter,
    Keyword,
    KeywordOfCommonParts,
    Mine,
    Queue,
    Uniqueness,
}

impl Question {
    const ALL: [(Self, &str); 8] = [
        (Self::FirstPage, "list, page 1"),
        (Self::MiddlePage, "list, middle page"),
        (Self::Filter, "typeId + auditStatus"),
        (Self::Keyword, "keyword, 20 found"),
        (Self::KeywordOfCommonParts, "keyword of common parts, 1 found"),
        (Self::Mine, "mine"),
        (Self::Queue, "review queue, 50 pending"),
        (Self::Uniqueness, "registration, 409"),
    ];

    /// A fast wrong answer is none.
    fn check(self, body: &Value, size: i64) {
        let total = match self {
            Self::FirstPage | Self::MiddlePage => size,
            Self::Filter => size - PENDING,
            Self::Keyword => NAMED,
            Self::KeywordOfCommonParts => 1,
            Self::Mine => size / OWN_EVERY,
            Self::Queue => PENDING,
            Self::Uniqueness => {
                assert_eq!(body["code"], "entity.name_taken", "{body}");
                return;
            }
        };
        assert_eq!(body["total"], total, "{body}");
        let shown = usize::try_from(total.min(10)).unwrap_or_default();
        assert_eq!(body["data"].as_array().map(Vec::len), Some(shown), "{body}");
    }
}

const ENTITIES: &str = "/pe/public-entities";

async fn measure(database: &str, desks: &[Desk; 2]) -> bool {
    let mut holds = true;
    for (question, name) in Question::ALL {
        let mut took = [Vec::new(), Vec::new()];
        for round in 0..=ROUNDS {
            for (desk, took) in desks.iter().zip(&mut took) {
                for _ in 0..PER_ROUND {
                    let one = desk.ask(question).await;
                    // The first round warms up.
                    if round > 0 {
                        took.push(one);
                    }
                }
            }
        }
        let [small, large] = took.map(median);
        let ratio = large / small;
        holds &= ratio <= BOUND;
        let mark = if ratio <= BOUND { "pass" } else { "FAIL" };
        println!("{mark}  {ratio:>5.2} x (<= {BOUND})  {database:<8}  {small:>7.0} us  {large:>7.0} us  {name}");
    }
    holds
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or_default()
}

fn settings(own: &OwnDatabase) -> Settings {
    let mut settings = Settings::load(None, EnvironmentScope::Nothing, &[]).expect("the defaults");
    settings.server.listen = ([127, 0, 0, 1], 0).into();
    settings.database = own.settings();
    settings.issuer = issuer().settings();
    settings.internal = internal_settings();
    settings.files.folder = own.folder().join("files");
    settings.badge.signing_key_file = own.folder().join("keys/badge.pk8");
    settings
}

async fn kind_of(operator: &Client) -> i64 {
    let kinds = operator.get("/pe/pe-types").await.expect(200);
    let found = kinds["data"].as_array().and_then(|all| all.iter().find(|kind| kind["code"] == "individual").cloned());
    found.and_then(|kind| kind["id"].as_i64()).unwrap_or_else(|| panic!("no entity type: {}", kinds.text()))
}

/// All entities in one statement, then what the databases themselves want to know of a table that grew.
fn fill(conn: &mut Connection, size: i64, kind: i64, owner: &str) -> Result<(), StoreError> {
    if matches!(conn, Connection::Sqlite(_)) {
        // In memory while they are laid: this connection is not the service's.
        diesel::sql_query("PRAGMA cache_size = -2000000").execute(conn)?;
    }
    let (pending, named) = (size / PENDING, size / NAMED);
    let name = format!("CASE WHEN n % {named} = 7 THEN '青禾种业' ELSE '示例机构' END || n || '号'");
    let insert = format!(
        "INSERT INTO public_entity (type_id, name, name_key, registration_number, license_photos, admin_name, \
         admin_mobile, owner_id, search_text, audit_status, created_by, created_at, updated_at, version) \
         WITH RECURSIVE one (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < {size}) \
         SELECT {kind}, {name}, {name}, 'G-' || n, '[\"https://cdn.example/licence.jpg\"]', '张三', '13800000010', \
         CASE WHEN n % {OWN_EVERY} = 0 THEN '{owner}' ELSE 'owner-' || n END, {name} || '\n示例\ng-' || n, \
         CASE WHEN n % {pending} = 5 THEN 'pending' ELSE 'approved' END, 'system', '2026-01-01 00:00:00', \
         '2026-01-01 00:00:00', 1 FROM one"
    );
    diesel::sql_query(insert).execute(conn)?;
    if matches!(conn, Connection::Postgres(_)) {
        diesel::sql_query("ANALYZE").execute(conn)?;
    }
    Ok(())
}
