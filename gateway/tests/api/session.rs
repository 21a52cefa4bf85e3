//! Sessions: exchange, theft, end, and the keys behind them.

use chrono::Duration;
use rstest::rstest;
use test_kit::TestDatabase;

use crate::support::{Desk, PASSWORD, bearer};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_spent_one_ends_its_session(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    let first = desk.try_login("sa", PASSWORD).await.expect(200);
    let other_session = desk.try_login("sa", PASSWORD).await.expect(200);
    let second = desk.refresh(&first).await.expect(200);
    assert_ne!(first["refreshToken"], second["refreshToken"]);
    desk.refresh(&first).await.expect_problem(401, "auth.token_invalid");
    desk.refresh(&second).await.expect_problem(401, "auth.token_invalid");
    desk.refresh(&other_session).await.expect(200);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn of_two_exchanges_at_once_one_wins_and_the_other_ends_the_session(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    for _ in 0..10 {
        let login = desk.try_login("sa", PASSWORD).await.expect(200);
        let replies = futures_util::future::join_all((0..4).map(|_| desk.refresh(&login))).await;
        let won: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
        assert_eq!(won.len(), 1);
        assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 401)));
        desk.refresh(won[0]).await.expect_problem(401, "auth.token_invalid");
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn a_log_out_ends_the_session_and_nothing_else(#[case] database: TestDatabase) {
    let desk = Desk::start(database).await;
    let one = desk.try_login("sa", PASSWORD).await.expect(200);
    let other = desk.try_login("sa", PASSWORD).await.expect(200);
    let body = serde_json::json!({"refreshToken": one["refreshToken"]});
    for _ in 0..2 {
        desk.api.post("/auth/logout").json(&body).await.expect(204);
    }
    desk.refresh(&one).await.expect_problem(401, "auth.token_invalid");
    desk.refresh(&other).await.expect(200);
}

#[tokio::test]
async fn tokens_end_by_time() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let login = desk.try_login("sa", PASSWORD).await.expect(200);
    let me = |token: String| desk.api.with_bearer(&token).get("/auth/me");
    desk.clock.advance(Duration::seconds(899));
    me(bearer(&login)).await.expect(200);
    desk.clock.advance(Duration::seconds(1));
    me(bearer(&login)).await.expect_problem(401, "auth.token_invalid");
    desk.clock.advance(Duration::hours(12));
    desk.refresh(&login).await.expect_problem(401, "auth.token_invalid");
}

#[tokio::test]
async fn whatever_is_not_our_token_is_refused() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let login = desk.try_login("sa", PASSWORD).await.expect(200);
    let good = login["accessToken"].as_str().unwrap();
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let none = "eyJhbGciOiJub25lIn0";
    let bad = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer x".to_owned(),
        format!("Basic {good}"),
        format!("Bearer {head}.{claims}.{}", signature.chars().rev().collect::<String>()),
        format!("Bearer {none}.{claims}."),
        format!("Bearer {head}.{claims}"),
        test_kit::TestUser::sa().bearer(),
        test_kit::service_bearer(
            shared_model::server::token::ServiceName::PeSvc,
            shared_model::server::token::ServiceName::Gateway,
        ),
    ];
    for token in bad {
        let reply = desk.api.with_bearer(&token).get("/auth/me").await.expect_problem(401, "auth.token_invalid");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
    desk.api.with_bearer(&format!("bearer {good}")).get("/auth/me").await.expect(200);
}

#[tokio::test]
async fn a_new_key_takes_over_while_tokens_of_the_old_one_still_count() {
    let desk = Desk::start(TestDatabase::Sqlite).await;
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let old = desk.try_login("sa", PASSWORD).await.expect(200);
    let issuer = desk.identity.issuer.clone().unwrap();
    issuer.rotate(desk.clock.now()).unwrap();
    let keys = desk.api.get("/.well-known/jwks.json").await.expect(200);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    desk.clock.advance(Duration::seconds(31));
    let new = desk.try_login("sa", PASSWORD).await.expect(200);
    let token = |reply: &test_kit::Reply| reply["accessToken"].as_str().unwrap().to_owned();
    assert_ne!(kid(&token(&old)), kid(&token(&new)));
    for reply in [&old, &new] {
        desk.api.with_bearer(&bearer(reply)).get("/auth/me").await.expect(200);
    }
    desk.clock.advance(Duration::minutes(15));
    issuer.reload(desk.clock.now()).unwrap();
    let keys = desk.api.get("/.well-known/jwks.json").await.expect(200);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    assert_eq!(keys["keys"][0]["kid"], kid(&token(&new)));
}
