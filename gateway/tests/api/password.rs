//! Changing passwords, and the first one of all.

use rstest::rstest;
use serde_json::json;
use test_kit::TestDatabase;

use crate::support::{Desk, PASSWORD, bearer};

const NEW: &str = "Another-Word-77";

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_changed_password_ends_the_sessions_of_the_old_one(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    let login = desk.try_login("sa", PASSWORD).await.expect(200);
    let sa = desk.api.with_bearer(&bearer(&login));
    sa.post("/auth/password").json(&json!({"oldPassword": PASSWORD, "newPassword": NEW})).await.expect(204);
    desk.refresh(&login).await.expect_problem(401, "auth.token_invalid");
    desk.try_login("sa", PASSWORD).await.expect_problem(401, "auth.bad_credentials");
    desk.try_login("sa", NEW).await.expect(200);
    // Demo people start with one hash among them: changing one's own leaves the others'.
    desk.try_login("operator", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_weak_password_is_refused_with_every_reason() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let sa = desk.as_user("sa").await;
    let change = |new: &str| sa.post("/auth/password").json(&json!({"oldPassword": PASSWORD, "newPassword": new}));
    let weak = change("abc").await.expect_problem(422, "auth.password_weak");
    assert_eq!(weak.faults(), ["/newPassword auth.password_weak", "/newPassword auth.password_weak"]);
    change(PASSWORD).await.expect_problem(422, "auth.password_weak");
    desk.try_login("sa", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_stolen_token_is_no_way_to_guess_the_password() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let sa = desk.as_user("sa").await;
    let guess = || {
        let body = json!({"oldPassword": "Wrong-Password-1", "newPassword": NEW});
        sa.post("/auth/password").header("x-forwarded-for", "198.51.100.1").json(&body)
    };
    for _ in 0..5 {
        guess().await.expect_problem(401, "auth.bad_credentials");
    }
    guess().await.expect_problem(429, "auth.locked");
    desk.try_login("sa", PASSWORD).await.expect_problem(429, "auth.locked");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn the_first_administrator_changes_the_one_time_password_before_anything_else(#[case] database: TestDatabase) {
    let database = database.create();
    let file = database.folder().join("keys/initial-admin");
    let desk = Desk::start_with(database, |settings| settings.identity.initial_admin = true).await;
    let once = std::fs::read_to_string(file).unwrap();
    let login = desk.try_login("platform.admin", &once).await.expect(200);
    assert_eq!(login["user"]["mustChangePassword"], true);
    let admin = desk.api.with_bearer(&bearer(&login));
    let refused = admin.get("/auth/accounts").in_english().await.expect_problem(403, "auth.forbidden");
    assert!(refused["detail"].as_str().unwrap().contains("/auth/password"), "{}", refused.text());
    admin.get("/workorder/reference").await.expect_problem(403, "auth.forbidden");
    admin.get("/auth/me").await.expect(200);
    admin.post("/auth/password").json(&json!({"oldPassword": once, "newPassword": NEW})).await.expect(204);
    admin.get("/auth/accounts").await.expect(200);
    let desk = desk.restart().await;
    desk.try_login("platform.admin", &once).await.expect_problem(401, "auth.bad_credentials");
    let again = desk.try_login("platform.admin", NEW).await.expect(200);
    assert!(again["user"].get("mustChangePassword").is_none());
}
