//! Uploads, and whom they are open to.

use rstest::rstest;
use serde_json::json;
use test_kit::TestDatabase::{self, Postgres, Sqlite};
use test_kit::eventually;

use crate::support::{CERTIFICATIONS, ENTITIES, World};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_open_to_whoever_may_read_the_record_it_belongs_to(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let upload = |name: &'static str| world.owner().post("/pe/files").file("file", name, "application/pdf", PDF);
    let licence = upload("执照.pdf").await.expect(201);
    let logo = upload("logo.pdf").await.expect(201);
    let (licence, logo) = (licence["url"].as_str().unwrap().to_owned(), logo["url"].as_str().unwrap().to_owned());
    let own = world.owner().get(&licence).await.expect(200);
    assert_eq!((own.bytes.as_slice(), own.header("content-type")), (PDF, Some("application/pdf")));
    assert_eq!(own.header("x-content-type-options"), Some("nosniff"));
    world.operator().get(&licence).await.expect_problem(404, "not_found");
    // Nobody opens somebody else's upload by naming it.
    let mut body = world.entity_body().await;
    body["licensePhotos"] = json!([licence]);
    body["logoUrl"] = json!(logo);
    world.stranger().put(ENTITIES).json(&body).await.expect_problem(422, "file.unknown");
    let id = world.owner().put(ENTITIES).json(&body).await.expect(201)["id"].as_i64().unwrap();
    world.operator().get(&licence).await.expect(200);
    world.stranger().get(&licence).await.expect_problem(404, "not_found");
    world.user().get(&logo).await.expect_problem(404, "not_found");
    world.audit("public-entities", id, true, "").await.expect(200);
    world.user().get(&logo).await.expect(200);
    world.user().get(&licence).await.expect_problem(404, "not_found");
    world.api().as_nobody().get(&logo).await.expect_problem(401, "auth.token_invalid");
    // Material of a certification, and then no longer.
    let material = upload("说明.pdf").await.expect(201)["url"].as_str().unwrap().to_owned();
    let kind = world.id_of("authentication-types", "silver").await;
    let body = json!({ "peId": id, "typeId": kind, "materials": [{ "name": "说明", "url": material }] });
    let draft = world.owner().put(CERTIFICATIONS).json(&body).await.expect(201);
    world.operator().get(&material).await.expect(200);
    world.owner().put(CERTIFICATIONS).json(&json!({ "id": draft["id"], "materials": [] })).await.expect(200);
    world.operator().get(&material).await.expect_problem(404, "not_found");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn uploads_of_other_kinds_and_sizes_are_refused_and_leave_nothing(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let upload = |content: &[u8]| world.owner().post("/pe/files").file("file", "执照.pdf", "application/pdf", content);
    upload(b"<script>alert(1)</script>").await.expect_problem(422, "file.type_refused");
    upload(b"").await.expect_problem(422, "file.required");
    let mut large = PDF.to_vec();
    large.resize(100_001, b' ');
    upload(&large).await.expect_problem(413, "request.too_large");
    world.owner().post("/pe/files").json(&json!({})).await.expect_problem(415, "unsupported_media_type");
    world.user().post("/pe/files").file("file", "a.pdf", "application/pdf", PDF).await.expect(403);
    assert_eq!(kept(&world), 0);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_no_record_names_is_gone_after_a_day(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let upload = |name: &'static str| world.owner().post("/pe/files").file("file", name, "application/pdf", PDF);
    let (used, unused) = (upload("执照.pdf").await.expect(201), upload("未用.pdf").await.expect(201));
    let mut body = world.entity_body().await;
    body["licensePhotos"] = json!([used["url"]]);
    world.owner().put(ENTITIES).json(&body).await.expect(201);
    // One whose request died before its row was written.
    std::fs::write(world.own.folder().join("files").join("0123456789abcdefghijklmno"), PDF).unwrap();
    assert_eq!(kept(&world), 3);
    world.days_pass(2);
    eventually("only the file of the record is left", || async { (kept(&world) == 1).then_some(()) }).await;
    world.owner().get(used["url"].as_str().unwrap()).await.expect(200);
    world.owner().get(unused["url"].as_str().unwrap()).await.expect_problem(404, "not_found");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_uploads_once_and_another_file_under_it_is_refused(#[case] on: TestDatabase) {
    let world = World::new(on).await;
    let upload = |name: &'static str, content: &'static [u8]| {
        world.owner().post("/pe/files").idempotency_key("u-1").file("file", name, "application/pdf", content)
    };
    let first = upload("执照.pdf", PDF).await.expect(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = upload("执照.pdf", PDF).await.expect(201);
    assert_eq!((&again.body, again.header("idempotency-replayed")), (&first.body, Some("true")));
    upload("执照.pdf", b"%PDF-1.7\n2 0 obj\n").await.expect_problem(422, "idempotency.mismatch");
    upload("别的.pdf", PDF).await.expect_problem(422, "idempotency.mismatch");
    // Somebody else's key of the same name is their own.
    let other = world.stranger().post("/pe/files").idempotency_key("u-1");
    other.file("file", "执照.pdf", "application/pdf", PDF).await.expect(201);
    assert_eq!(kept(&world), 2, "what was sent again is not kept twice");
    let log = world.operator().get("/pe/audit-log").query("resource", "files").await.expect(200);
    assert_eq!(log["total"], 2);
    world.owner().get(first["url"].as_str().unwrap()).await.expect(200);
}

/// Files in the folder for uploads.
fn kept(world: &World) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&world.own.folder().join("files"))
}
