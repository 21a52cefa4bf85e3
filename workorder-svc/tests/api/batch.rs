//! Batch orders: sheets read, judged row by row, given back annotated, and their domains' way.

use calamine::{Data, Reader, Xlsx};
use diesel::prelude::*;
use futures_util::future::join_all;
use rstest::rstest;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use std::io::Cursor;
use test_kit::{Reply, TestDatabase, TestUser};
use workorder_svc::schema;

use crate::support::{World, form};

/// The sheet of a batch order, as xlsx.
fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// The first sheet of an xlsx, row by row.
fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = workbook.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

async fn batch(world: &World, user: &TestUser, name: &str, sheet: &[u8]) -> Value {
    let file = world.upload(user, "/workorder/custom/upload", name, sheet).await;
    let mut form = form("unused.example.cn");
    form["isBatch"] = json!(true);
    form["fileId"] = json!(file);
    form["speedList"] = Value::Null;
    form
}

async fn submitted(world: &World, sheet: &[u8]) -> i64 {
    let manager = TestUser::ec_manager();
    let form = batch(world, &manager, "b.xlsx", sheet).await;
    world.save(&manager, &form).await.expect(200)["id"].as_i64().unwrap()
}

async fn stored(world: &World) -> Vec<(String, i32)> {
    world
        .read(|conn| {
            use schema::batch_self_domain as t;
            Ok(t::table.order(t::sheet_row).select((t::domain, t::sheet_row)).load(conn)?)
        })
        .await
}

async fn progress(world: &World, id: i64) -> Reply {
    world.as_user(&TestUser::ec_manager()).get(&format!("/workorder/batch/{id}")).await.expect(200)
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_template_filled_in_goes_all_the_way_to_live_domains(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let template = world.as_user(&manager).get("/workorder/batch/template").await.expect(200);
    assert!(template.header("content-disposition").unwrap().starts_with("attachment"));
    let mut rows = cells(&template.bytes);
    assert!(rows[0][0].contains("加速域名") && rows[0][0].contains("Domain"), "{:?}", rows[0]);
    rows.push(vec!["a.example.cn".into(), "c.cdn.cn".into(), "京ICP备1号".into()]);
    rows.push(["B.example.cn", "", "", "203.0.113.7:80", "203.0.113.8", "是", "80;443"].map(str::to_owned).to_vec());
    rows.push(vec!["www.komect.com".into()]);
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let id = submitted(&world, &xlsx(&rows)).await;
    let expected = [("a.example.cn", 3), ("b.example.cn", 4), ("www.komect.com", 5)];
    assert_eq!(stored(&world).await, expected.map(|(domain, row)| (domain.to_owned(), row)));
    world.reaches(id, "approving").await;
    let list = world.as_user(&manager).get("/workorder/getworkList").await.expect(200);
    assert_eq!((&list["data"][0]["orderType"], &list["data"][0]["details"]), (&json!(1), &json!("a.example.cn等3个")));
    let done = progress(&world, id).await;
    assert_eq!(
        (&done["rows"], &done["checked"], &done["faulty"], &done["state"]),
        (&json!(3), &json!(3), &json!(0), &json!("approving"))
    );
    let detail = world.as_user(&manager).get(&format!("/workorder/detail?id={id}")).await.expect(200);
    assert_eq!(detail["domains"][1]["line"]["origins"][0]["value"], "203.0.113.7:80");
    assert_eq!(detail["attachments"][0]["name"], "b.xlsx");
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    world.event(id, "close", "e-1", json!({})).await.expect(200);
    assert_eq!(world.live().await.len(), 3);
    assert_eq!(world.reservations().await, Vec::<String>::new());
    let particular: String = world
        .read(|conn| {
            use schema::self_service_domain_config as t;
            Ok(t::table.filter(t::domain.eq("b.example.cn")).select(t::form).first(conn)?)
        })
        .await;
    let particular: Value = serde_json::from_str(&particular).unwrap();
    assert_eq!(
        (&particular["port"], &particular["loopDomain"][1]["value"]),
        (&json!([80, 443]), &json!("203.0.113.8"))
    );
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn every_faulty_row_is_named_and_the_sheet_comes_back_annotated(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    world.submitted(&manager, "taken.example.cn").await;
    let sheet = xlsx(&[
        &["域名", "备案号", "主源站", "端口"],
        &["a.example.cn"],
        &["not a domain"],
        &[],
        &["a.example.cn"],
        &["taken.example.cn"],
        &["b.example.cn", "", "10.0.0.1", "70000"],
    ]);
    let form = batch(&world, &manager, "b.xlsx", &sheet).await;
    let before = world.reservations().await;
    let refused = world.save(&manager, &form).await.expect_problem(422, "batch.file_invalid");
    let expected = [
        "/fileId batch.file_invalid",
        "/fileId/rows/3/domain domain.invalid",
        "/fileId/rows/7/mainOrigin origin.not_routable",
        "/fileId/rows/7/ports field.invalid",
        "/fileId/rows/5/domain domain.duplicate",
        "/fileId/rows/6/domain domain.exists",
    ];
    assert_eq!(refused.faults(), expected);
    assert_eq!(refused["errors"][0]["rows"], json!([3, 5, 6, 7]));
    assert_eq!((&refused["errors"][1]["row"], &refused["errors"][1]["column"]), (&json!(3), &json!("A")));
    assert_eq!(refused["errors"][5]["where"], "work_order_cache_domain");
    let checked = world.as_user(&manager).post("/workorder/custom/check").json(&form).await.expect(200);
    assert_eq!((&checked["ok"], &checked["errors"]), (&json!(false), &refused["errors"]));
    assert_eq!(checked["domains"], 5, "a blank row is none");
    assert_eq!((world.orders().await, world.reservations().await), (1, before));

    let annotated =
        world.as_user(&manager).post("/workorder/batch/annotated").in_english().json(&form).await.expect(200);
    assert_eq!(annotated.header("x-faulty-rows"), Some("4"));
    let rows = cells(&annotated.bytes);
    assert_eq!((rows[0][4].as_str(), rows[1][4].as_str()), ("问题 / Problems", ""));
    assert_eq!(rows[5][4], "Domain: the domain exists among the reservations of open orders (domain.exists)");
    assert!(rows[6][4].contains("origin.not_routable") && rows[6][4].contains("Ports"), "{:?}", rows[6]);
    let theirs = world.as_user(&TestUser::ec_manager2()).post("/workorder/batch/annotated").json(&form).await;
    assert_eq!(theirs.expect_problem(422, "file.unknown").faults(), ["/fileId file.unknown"]);
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_of_domains_that_exist_is_a_conflict(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    submitted(&world, "域名\na.example.cn\nb.example.cn\n".as_bytes()).await;
    let form = batch(&world, &manager, "c.csv", "域名\nc.example.cn\nb.example.cn\n".as_bytes()).await;
    let refused = world.save(&manager, &form).await.expect_problem(409, "domain.exists");
    assert_eq!(refused.faults(), ["/fileId/rows/3/domain domain.exists"]);
    assert_eq!(refused["errors"][0]["where"], "work_order_cache_domain");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_csv_is_read_as_chinese_spreadsheets_write_it(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let text = |n: usize| format!("加速域名,备案号\r\n{n}.example.cn,京ICP备0501号\r\n");
    let gb18030: Vec<u8> = [&b"\xbc\xd3\xcb\xd9\xd3\xf2\xc3\xfb\r\n"[..], b"3.example.cn\r\n"].concat();
    for (n, bytes) in [(1, text(1).into_bytes()), (2, format!("\u{feff}{}", text(2)).into_bytes()), (3, gb18030)] {
        let form = batch(&world, &manager, "b.csv", &bytes).await;
        let id = world.save(&manager, &form).await.expect(200)["id"].as_i64().unwrap();
        assert_eq!(world.order(id).await.domains[0].domain, format!("{n}.example.cn"));
    }
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_returned_batch_gives_up_its_rows_and_takes_them_from_the_sheet_again(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let id = submitted(&world, "域名\na.example.cn\nb.example.cn\n".as_bytes()).await;
    world.reaches(id, "approving").await;
    world.approve(id).await.expect(200);
    world.task_is_known(id).await;
    world.event(id, "rollback", "e-1", json!({"reason": "源站不通"})).await.expect(200);
    world.reaches(id, "bpmReject").await;
    assert_eq!(stored(&world).await, []);
    assert_eq!(world.reservations().await, ["a.example.cn", "b.example.cn"]);
    let returned = progress(&world, id).await;
    assert_eq!(
        (&returned["rows"], &returned["stored"], &returned["state"]),
        (&json!(2), &json!(0), &json!("bpmReject"))
    );

    let path = format!("/workorder/modify/detail?id={id}");
    let form = world.as_user(&manager).get(&path).await.expect(200).body;
    world.as_user(&manager).post("/workorder/modify/detail").json(&form).await.expect(200);
    assert_eq!(stored(&world).await.len(), 2);
    world.reaches(id, "approving").await;
    world.decide(&TestUser::group_admin(), id, "reject", Some("少一个域名")).await.expect(200);
    let mut other = batch(&world, &manager, "c.csv", "域名\nb.example.cn\nc.example.cn\n".as_bytes()).await;
    other["id"] = json!(id);
    world.as_user(&manager).post("/workorder/modify/detail").json(&other).await.expect(200);
    assert_eq!(world.reservations().await, ["b.example.cn", "c.example.cn"]);
    world.reaches(id, "approving").await;
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn live_domains_are_changed_and_taken_down_by_the_sheet(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let sheet = "域名\na.example.cn\nb.example.cn\n".as_bytes();
    let closed = |requirement: &'static str| {
        let (world, manager) = (&world, &manager);
        async move {
            let mut form = batch(world, manager, "b.csv", sheet).await;
            form["requirement"] = json!(requirement);
            let id = world.save(manager, &form).await.expect(200)["id"].as_i64().unwrap();
            world.reaches(id, "approving").await;
            world.approve(id).await.expect(200);
            world.task_is_known(id).await;
            world.event(id, "close", "e-1", json!({})).await.expect(200);
            id
        }
    };
    let mut early = batch(&world, &manager, "b.csv", sheet).await;
    early["requirement"] = json!("modify");
    let refused = world.save(&manager, &early).await.expect_problem(422, "batch.file_invalid").faults();
    assert_eq!(refused[1..], ["/fileId/rows/2/domain domain.not_owned", "/fileId/rows/3/domain domain.not_owned"]);
    closed("add").await;
    let changed = closed("modify").await;
    let by: Vec<Option<i64>> = world
        .read(|conn| {
            use schema::self_service_domain_config as t;
            Ok(t::table.select(t::order_id).load(conn)?)
        })
        .await;
    assert_eq!(by, [Some(changed); 2]);
    closed("delete").await;
    assert!(world.live().await.is_empty());
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_bounded_and_must_be_the_callers_own(#[case] database: TestDatabase) {
    let change: crate::support::Change = |settings| {
        settings.submission.batch_domains = 5;
        settings.submission.sheet_bytes = 100_000;
        settings.submission.sheet_expanded_bytes = 1_000_000;
    };
    let world = World::with(database, None, change).await;
    let manager = TestUser::ec_manager();
    let refused = |sheet: Vec<u8>| {
        let (world, manager) = (&world, &manager);
        async move {
            let form = batch(world, manager, "b.xlsx", &sheet).await;
            let reply = world.save(manager, &form).await.expect(422);
            (reply["code"].as_str().unwrap().to_owned(), reply.faults())
        }
    };
    let many: String = std::iter::once("域名".to_owned())
        .chain((0..6).map(|n| format!("{n}.example.cn")))
        .collect::<Vec<_>>()
        .join("\n");
    assert_eq!(refused(many.into_bytes()).await, ("domain.too_many".into(), vec!["/fileId domain.too_many".into()]));
    let invalid = ("batch.file_invalid".to_owned(), vec!["/fileId batch.file_invalid".to_owned()]);
    assert_eq!(refused(b"name\nx\n".to_vec()).await, invalid);
    assert_eq!(refused(vec![b'a'; 200_000]).await, invalid);
    let long = "x".repeat(2_000_000);
    let bomb = xlsx(&[&["域名"], &[&long[..30_000]], &[&long[..30_000]]]);
    assert_eq!(refused(bomb).await.0, "batch.file_invalid");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, &vec![0; 20_000_000]).unwrap();
    assert_eq!(refused(zip.finish().unwrap().into_inner()).await, invalid);

    let theirs = batch(&world, &TestUser::ec_manager2(), "b.csv", b"domain\na.example.cn\n").await;
    assert_eq!(
        world.save(&manager, &theirs).await.expect_problem(422, "file.unknown").faults(),
        ["/fileId file.unknown"]
    );
    let mut none = theirs.clone();
    none["fileId"] = Value::Null;
    world.save(&manager, &none).await.expect_problem(422, "batch.file_invalid");
    assert_eq!(world.orders().await, 0);
    let single = world.submitted(&manager, "single.example.cn").await;
    world.as_user(&manager).get(&format!("/workorder/batch/{single}")).await.expect_problem(404, "not_found");
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_ten_sheets_with_a_domain_in_common_one_is_taken(#[case] database: TestDatabase) {
    let world = World::new(database).await;
    let manager = TestUser::ec_manager();
    let mut forms = Vec::new();
    for n in 0..10 {
        // Half of them the other way round, so that they meet in the middle.
        let mut rows: Vec<String> = (0..200).map(|row| format!("{row}.{n}.example.cn")).collect();
        rows.push("race.example.cn".to_owned());
        if n % 2 == 0 {
            rows.reverse();
        }
        forms.push(batch(&world, &manager, "b.csv", format!("域名\n{}\n", rows.join("\n")).as_bytes()).await);
    }
    let replies = join_all(forms.iter().map(|form| world.save(&manager, form))).await;
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(won, 1, "{:?}", replies.iter().map(Reply::text).collect::<Vec<_>>());
    for reply in replies.into_iter().filter(|reply| reply.status != 200) {
        let problem = reply.expect_problem(409, "domain.exists");
        let pointer = problem["errors"][0]["pointer"].as_str().unwrap().to_owned();
        assert!(pointer == "/fileId/rows/202/domain" || pointer == "/fileId/rows/2/domain", "{pointer}");
    }
    assert_eq!(world.reservations().await.len(), 201);
}
