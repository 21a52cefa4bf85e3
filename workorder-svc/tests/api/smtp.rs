//! Letters over real SMTP: to a server beside the tests, which keeps what it is sent. `deploy/test` starts one.

use std::path::Path;

use rstest::rstest;
use serde_json::json;
use test_kit::{TestDatabase, TestUser, eventually};

use crate::support::World;

/// Where the server listens, and the maildir it keeps letters in.
const SERVER: &str = "FRONT_DESK_TEST_SMTP";
const LETTERS: &str = "FRONT_DESK_TEST_LETTERS";

/// The letters to one address, as they came over the wire.
fn letters_to(folder: &Path, address: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder.join("new")) else { return Vec::new() };
    let letters = entries.filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok());
    letters.filter(|letter| letter.lines().any(|line| line == format!("X-RcptTo: {address}"))).collect()
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_letter_about_a_finished_order_arrives(#[case] database: TestDatabase) {
    let (Ok(server), Ok(letters)) = (std::env::var(SERVER), std::env::var(LETTERS)) else {
        eprintln!("skipped: {SERVER} and {LETTERS} name no mail server; deploy/test starts one");
        return;
    };
    let world = World::with_settings(database, None, |settings| settings.mail.url = server.into()).await;
    let mut manager = TestUser::ec_manager();
    manager.account.email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    let id = world.dispatching(&manager, "a.example.cn").await;
    world.event(id, "close", "e-1", json!({})).await.expect(200);
    let folder = Path::new(&letters);
    let letter = eventually("the letter arrives", || async { letters_to(folder, &manager.account.email).pop() }).await;
    assert!(letter.contains(&format!("Message-ID: <order-{id}-closed@example.com>")), "{letter}");
    assert!(letter.contains("From: \"Front Desk\" <front-desk@example.com>"), "{letter}");
    // Chinese in the subject goes as an encoded word, in the text as base64 or quoted-printable.
    assert!(letter.contains("Subject: =?utf-8?b?") && letter.contains("Content-Transfer-Encoding: "), "{letter}");
    assert!(!world.own.folder().join("mail").exists(), "no file is written beside");
}
