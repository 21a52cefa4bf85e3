//! Log-in, and when it is refused unheard.

use chrono::Duration;
use rstest::rstest;
use test_kit::TestDatabase;

use crate::support::{Desk, PASSWORD, bearer};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_log_in_gives_tokens_and_says_who_it_is(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    let reply = desk.try_login("EC.Manager", PASSWORD).await.expect(200);
    assert_eq!((&reply["tokenType"], &reply["expiresIn"]), (&"Bearer".into(), &900.into()));
    let user = &reply["user"];
    assert_eq!((&user["username"], &user["province"]), (&"ec.manager".into(), &33.into()));
    assert_eq!((&user["mobile"], &user["roles"][0]), (&"13800000001".into(), &"EC_MANAGER".into()));
    let me = desk.api.with_bearer(&bearer(&reply)).get("/auth/me").await.expect(200);
    assert_eq!(me["id"], user["id"]);
    assert!(me["permissions"].as_array().unwrap().contains(&"WO_Order_Save".into()));
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_answered_alike(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    let mut wrong = desk.try_login("ec.manager", "Wrong-Password-1").await.expect_problem(401, "auth.bad_credentials");
    let mut unknown = desk.try_login("nobody", "Wrong-Password-1").await.expect_problem(401, "auth.bad_credentials");
    assert_eq!(wrong.header("www-authenticate"), Some("Bearer"));
    for reply in [&mut wrong, &mut unknown] {
        reply.body["requestId"] = "-".into();
    }
    assert_eq!(wrong.body, unknown.body);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn five_failures_lock_the_account_for_that_address_and_a_restart_lifts_nothing(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    for name in ["ec.manager", "nobody"] {
        for _ in 0..5 {
            desk.try_login(name, "Wrong-Password-1").await.expect_problem(401, "auth.bad_credentials");
        }
        let locked = desk.try_login(name, PASSWORD).await.expect_problem(429, "auth.locked");
        assert_eq!(locked.header("retry-after"), Some("900"), "{name}");
    }
    desk.try_login_from("198.51.100.2", "ec.manager", PASSWORD).await.expect(200);
    let desk = desk.restart().await;
    desk.clock.advance(Duration::seconds(899));
    desk.try_login("ec.manager", PASSWORD).await.expect_problem(429, "auth.locked");
    desk.clock.advance(Duration::seconds(1));
    desk.try_login("ec.manager", PASSWORD).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn twenty_five_failures_from_anywhere_lock_the_account_everywhere(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    for n in 0..25 {
        let address = format!("198.51.100.{}", n / 4);
        desk.try_login_from(&address, "sa", "Wrong-Password-1").await.expect(401);
    }
    desk.try_login_from("203.0.113.5", "sa", PASSWORD).await.expect_problem(429, "auth.locked");
    desk.try_login_from("203.0.113.5", "operator", PASSWORD).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn of_many_guesses_at_once_five_are_heard(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    let guesses = (0..20).map(|_| desk.try_login("sa", "Wrong-Password-1"));
    let replies = futures_util::future::join_all(guesses).await;
    let heard = replies.iter().filter(|reply| reply.status == 401).count();
    assert!(replies.iter().all(|reply| matches!(reply.status, 401 | 429)));
    assert_eq!(heard, 5);
}

#[tokio::test]
async fn a_right_password_forgets_the_failures_of_its_address() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    for _ in 0..3 {
        for _ in 0..4 {
            desk.try_login("sa", "Wrong-Password-1").await.expect(401);
        }
        desk.try_login("sa", PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn an_administrator_lifts_a_lock() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let id = desk.id_of("sa").await;
    for _ in 0..5 {
        desk.try_login("sa", "Wrong-Password-1").await.expect(401);
    }
    let admin = desk.as_user("platform.admin").await;
    admin.post(&format!("/auth/accounts/{id}/unlock")).await.expect(204);
    desk.try_login("sa", PASSWORD).await.expect(200);
    admin.post("/auth/accounts/no-such/unlock").await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn log_in_attempts_are_limited_by_address() {
    let desk = Desk::start_with(TestDatabase::Sqlite.create(), |settings| settings.limits.logins_per_second = 2).await;
    let attempts = (0..12).map(|n| {
        let name = format!("nobody{n}");
        async move { name }
    });
    let names = futures_util::future::join_all(attempts).await;
    let replies = futures_util::future::join_all(names.iter().map(|name| desk.try_login(name, "x"))).await;
    let limited: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert!(limited.len() >= 6, "{}", limited.len());
    assert_eq!((&limited[0]["code"], limited[0].header("retry-after")), (&"rate_limited".into(), Some("1")));
    desk.try_login_from("203.0.113.77", "sa", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn what_is_no_log_in_is_told_where_it_is_wrong() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let login = |content: &str, body: &str| desk.api.post("/auth/login").body(content, body);
    login("application/json", "{").await.expect_problem(400, "request.malformed");
    login("application/json", r#"{"username":"a"}"#).await.expect_problem(400, "request.malformed");
    login("application/json", r#"{"username":"a","password":"b","x":1}"#)
        .await
        .expect_problem(400, "request.malformed");
    login("text/plain", "x").await.expect_problem(415, "unsupported_media_type");
    let refused = desk.api.get("/auth/login").await.expect_problem(405, "method_not_allowed");
    assert_eq!(refused.header("allow"), Some("POST"));
}
