//! The first start: keys, demo data, and what a later start leaves alone.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::json;
use test_kit::{TestDatabase, s3};

use crate::stack::{How, Stack};

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn the_demo_data_is_there_when_the_stack_is_ready(#[case] kind: TestDatabase) {
    let mut stack = Stack::start(kind, How::default()).await;
    let manager = stack.log_in("ec.manager").await;
    let enterprises = manager.get("/workorder/enterprises").await.expect(200);
    assert_eq!(enterprises["data"].as_array().unwrap().len(), 2, "{}", enterprises.text());
    let products = |operation: &str| {
        let path = format!("/workorder/filter/product?enterpriseId=impdmahu-qxqlctq2lghkfq7q&operateType={operation}");
        let manager = manager.clone();
        async move {
            let reply = manager.get(&path).await.expect(200);
            let rows = reply["data"].as_array().unwrap().clone();
            let mut names: Vec<_> = rows.iter().map(|row| row["product"].as_str().unwrap().to_owned()).collect();
            names.sort();
            names
        }
    };
    assert_eq!(products("add").await, ["下载加速", "直播加速", "网页加速"]);
    assert_eq!(products("modify").await, ["下载加速", "点播加速", "直播加速", "网页加速"]);
    let file = manager.get("/workorder/file/eehgcudaliutvzavcyv7xysao").await.expect(200);
    assert!(file.text().contains("演示附件"));
    let admin = stack.log_in("platform.admin").await;
    let types = admin.get("/pe/pe-types").await.expect(200);
    assert_eq!(types["total"], 3, "{}", types.text());
    for username in ["ec.manager2", "province.manager", "province.manager2", "group.admin", "sa", "province.sa"] {
        stack.log_in(username).await;
    }
    for username in ["global.area", "operator", "pe.admin", "pe.admin2", "user"] {
        stack.log_in(username).await;
    }
    for key in ["internal", "callbacks"] {
        let mode = std::fs::metadata(stack.data().join("keys").join(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
    stack.expect_agreement();
}

#[tokio::test]
async fn the_demo_files_lie_in_the_bucket_where_uploads_do() {
    let Some(bucket) = s3::settings(Path::new(""), "demo") else { return };
    let mut stack = Stack::new(TestDatabase::Sqlite, How::default());
    stack.settings = vec![
        ("ATTACHMENTS__URL", bucket.url),
        ("ATTACHMENTS__ENDPOINT", bucket.endpoint),
        ("ATTACHMENTS__REGION", bucket.region),
        ("ATTACHMENTS__ACCESS_KEY_ID", bucket.access_key_id),
        ("ATTACHMENTS__SECRET_ACCESS_KEY", bucket.secret_access_key.expose_secret().to_owned()),
    ];
    stack.up().await;
    let manager = stack.log_in("ec.manager").await;
    let file = manager.get("/workorder/file/eehgcudaliutvzavcyv7xysao").await.expect(200);
    assert!(file.text().contains("演示附件"));
    assert!(!stack.data().join("files/ee/eehgcudaliutvzavcyv7xysao").exists());
}

#[tokio::test]
async fn without_demo_data_there_is_one_administrator_and_never_a_demo_account() {
    let mut stack = Stack::start(TestDatabase::Sqlite, How { no_demo: true, ..How::default() }).await;
    assert!(stack.data().join("keys/initial-admin").exists());
    assert!(stack.stop().success());
    let mut later = stack;
    later.how_with_demo();
    later.up().await;
    let body = json!({"username": "ec.manager", "password": crate::stack::PASSWORD});
    later.client().post("/auth/login").json(&body).await.expect_problem(401, "auth.bad_credentials");
    later.expect_agreement();
}

#[tokio::test]
async fn what_was_changed_in_the_demo_data_stays_changed() {
    let mut stack = Stack::start(TestDatabase::Sqlite, How::default()).await;
    let admin = stack.log_in("platform.admin").await;
    let list = admin.get("/auth/accounts?keyword=ec.manager2").await.expect(200);
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    admin.delete(&format!("/auth/accounts/{id}")).await.expect(204);
    assert!(stack.stop().success());
    stack.up().await;
    let body = json!({"username": "ec.manager2", "password": crate::stack::PASSWORD});
    stack.client().post("/auth/login").json(&body).await.expect_problem(401, "auth.bad_credentials");
    stack.expect_agreement();
}
