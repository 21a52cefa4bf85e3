//! Attachments: upload, download, deletion, and who may.

use std::io::Write;

use chrono::TimeDelta;
use diesel::prelude::*;
use rstest::rstest;
use serde_json::json;
use shared_model::local_time::now;
use test_kit::{TestDatabase, TestUser, eventually, s3};

use crate::support::{World, form};

const UPLOAD: &str = "/workorder/custom/upload";

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_back_as_a_download_under_its_own_name(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let sent = world.as_user(&manager).post(UPLOAD).file("file", "备案 材料.pdf", "text/html", b"%PDF-1.7 body").await;
    let sent = sent.expect(200);
    let id = sent["fileId"].as_str().unwrap();
    assert!(id.len() == 25 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
    assert_eq!((&sent["name"], &sent["size"]), (&json!("备案 材料.pdf"), &json!(13)));
    assert_eq!(sent["contentType"], "application/pdf");
    assert_eq!(sent["sha256"].as_str().unwrap().len(), 64);
    let path = format!("/workorder/file/{id}");
    let file = world.as_user(&manager).get(&path).await.expect(200);
    assert_eq!(file.bytes, b"%PDF-1.7 body");
    let disposition = file.header("content-disposition").unwrap();
    assert!(
        disposition.starts_with("attachment;") && disposition.contains("filename*=UTF-8''%E5%A4%87"),
        "{disposition}"
    );
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    for user in [TestUser::ec_manager2(), TestUser::sa(), TestUser::operator()] {
        world.as_user(&user).get(&path).await.expect_problem(404, "not_found");
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_an_order_is_open_to_whoever_sees_the_order_and_held_by_it(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let file = world.upload(&manager, UPLOAD, "a.txt", b"content").await;
    let mut with_file = form("a.example.cn");
    with_file["md5List"] = json!([file]);
    world.save(&TestUser::ec_manager2(), &with_file).await.expect_problem(422, "file.unknown");
    let id = world.save(&manager, &with_file).await.expect(200)["id"].as_i64().unwrap();
    world.reaches(id, "approving").await;
    let path = format!("/workorder/file/{file}");
    for user in [TestUser::group_admin(), TestUser::operator()] {
        world.as_user(&user).get(&path).await.expect(200);
    }
    for user in [TestUser::ec_manager2(), TestUser::sa()] {
        world.as_user(&user).get(&path).await.expect_problem(404, "not_found");
    }
    let delete =
        |user: &TestUser| world.as_user(user).post("/workorder/custom/deleteFile").json(&json!({"fileId": file}));
    delete(&TestUser::ec_manager2()).await.expect_problem(404, "not_found");
    delete(&manager).await.expect_problem(409, "file.in_use");
    world.decide(&TestUser::group_admin(), id, "reject", Some("换附件")).await.expect(200);
    delete(&manager).await.expect(204);
    world.as_user(&manager).get(&path).await.expect_problem(404, "not_found");
    delete(&manager).await.expect_problem(404, "not_found");
    with_file["id"] = json!(id);
    let again = world.as_user(&manager).post("/workorder/modify/detail").json(&with_file).await;
    again.expect_problem(422, "file.unknown");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_upload_or_no_document_is_refused_and_leaves_nothing(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.server.upload_limit_bytes = 1024).await;
    let manager = TestUser::ec_manager();
    let post = || world.as_user(&manager).post(UPLOAD);
    post().json(&json!({"file": "x"})).await.expect_problem(415, "unsupported_media_type");
    post().file("other", "a.txt", "text/plain", b"x").await.expect_problem(422, "file.required");
    let empty = post().file("file", "a.txt", "text/plain", b"").await.expect_problem(422, "file.required");
    assert_eq!(empty["errors"][0]["message"], "文件是空的，请选择有内容的文件");
    let program = post().file("file", "a.pdf", "application/pdf", b"\x7fELF\x02\x01\x01").await;
    let refused = program.expect_problem(422, "file.type_refused");
    let types = "JPG、PNG、GIF、WebP、BMP、TIFF、PDF、Word、Excel、PowerPoint、OpenDocument、RTF、ZIP、TXT";
    assert_eq!(refused["errors"][0]["message"], format!("不支持的文件类型，可上传：{types}"));
    post().file("file", "a.txt", "text/plain", &[b'x'; 2048]).await.expect_problem(413, "request.too_large");
    post().body("multipart/form-data; boundary=b", *b"--b\r\nbroken").await.expect(400);
    let left: Vec<_> = walk(&world.own.folder().join("files"));
    assert!(left.is_empty(), "{left:?}");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_repeated_under_its_key_is_one_file(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let send = || {
        let api = world.as_user(&TestUser::ec_manager());
        async move { api.post(UPLOAD).idempotency_key("u-1").file("file", "a.txt", "text/plain", b"same").await }
    };
    let first = send().await.expect(200);
    let again = send().await.expect(200);
    assert_eq!((&again.body, again.header("idempotency-replayed")), (&first.body, Some("true")));
    assert_eq!(walk(&world.own.folder().join("files")).len(), 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn types_that_are_no_documents_and_archives_that_expand_too_far_are_refused(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let post = |name: &'static str, content: &[u8]| {
        world.as_user(&TestUser::ec_manager()).post(UPLOAD).file("file", name, "application/pdf", content)
    };
    for content in [&b"<html><script>"[..], b"\0\x01\x02\x03", b"MZ\x90\x00"] {
        post("a.pdf", content).await.expect_problem(422, "file.type_refused");
    }
    let sheet = archive(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]);
    post("a.xlsx", &sheet).await.expect(200);
    let bomb = archive(&[("zeros", &vec![0; 40 << 20])]);
    let nested = archive(&[("1.zip", &archive(&[("zeros", &vec![0; 40 << 20])]))]);
    for content in [&bomb, &nested, &sheet[..sheet.len() - 10].to_vec()] {
        let refused = post("a.zip", content).await.expect_problem(422, "file.archive_refused");
        assert_eq!(refused.faults(), ["/file file.archive_refused"]);
    }
    assert_eq!(walk(&world.own.folder().join("files")).len(), 1);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_holds_so_many_files_and_no_more(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let mut many = form("a.example.cn");
    many["md5List"] = vec!["eehgcudaliutvzavcyv7xysao"; 51].into();
    let refused = world.save(&TestUser::ec_manager(), &many).await.expect_problem(422, "file.too_many");
    assert_eq!(refused.faults(), ["/md5List file.too_many"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_no_order_names_is_gone_after_a_day(#[case] database: TestDatabase) {
    let world = World::with(database, None, |settings| settings.attachments.sweep_seconds = 0.05).await;
    let manager = TestUser::ec_manager();
    let held = world.upload(&manager, UPLOAD, "held.txt", b"held").await;
    let unused = world.upload(&manager, UPLOAD, "unused.txt", b"unused").await;
    let young = world.upload(&manager, UPLOAD, "young.txt", b"young").await;
    let mut with_file = form("a.example.cn");
    with_file["md5List"] = json!([held]);
    world.save(&manager, &with_file).await.expect(200);
    let before = now() - TimeDelta::hours(25);
    let old = vec![held.clone(), unused.clone()];
    world
        .write(move |conn| {
            use workorder_svc::schema::log_file_resource as t;
            let aged = t::table.filter(t::file_id.eq_any(old));
            Ok(diesel::update(aged).set(t::created_at.eq(before.naive_utc())).execute(conn)?)
        })
        .await;
    // One whose request died before its record was written, and one that never was complete.
    let files = world.own.folder().join("files");
    for lost in ["zz/zz23456789abcdefghijklmno", "incoming/half"] {
        std::fs::create_dir_all(files.join(lost).parent().unwrap()).unwrap();
        std::fs::write(files.join(lost), b"lost").unwrap();
    }
    for path in walk(&files).into_iter().filter(|path| !path.ends_with(&young)) {
        std::fs::File::options().write(true).open(path).unwrap().set_modified(before.into()).unwrap();
    }
    let left = || async {
        let mut left: Vec<_> = walk(&files).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        left.sort();
        left
    };
    let mut expected: Vec<std::ffi::OsString> = vec![held.clone().into(), young.clone().into()];
    expected.sort();
    eventually("only what is held or young is left", || async { (left().await == expected).then_some(()) }).await;
    for (file, status) in [(held, 200), (unused, 404), (young, 200)] {
        world.as_user(&manager).get(&format!("/workorder/file/{file}")).await.expect(status);
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_in_a_bucket_where_one_is_configured(#[case] database: TestDatabase) {
    if s3::settings(std::path::Path::new(""), "").is_none() {
        return;
    }
    let world = World::with(database, None, |settings| {
        if let Some(bucket) = s3::settings(&settings.attachments.folder, "workorder") {
            settings.attachments = bucket;
        }
    })
    .await;
    let manager = TestUser::ec_manager();
    let file = world.upload(&manager, UPLOAD, "a.txt", b"in a bucket").await;
    assert_eq!(walk(&world.own.folder().join("files")), Vec::<std::path::PathBuf>::new());
    let path = format!("/workorder/file/{file}");
    let kept = world.as_user(&manager).get(&path).await.expect(200);
    assert_eq!((kept.bytes.as_slice(), kept.header("content-length")), (&b"in a bucket"[..], Some("11")));
    let delete = json!({"fileId": file});
    world.as_user(&manager).post("/workorder/custom/deleteFile").json(&delete).await.expect(204);
    world.as_user(&manager).get(&path).await.expect_problem(404, "not_found");
}

/// A ZIP archive of these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
