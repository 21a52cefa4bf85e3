//! A batch of ten thousand domains, from the sheet to the order, beside the database's own bulk insert of the same rows;
//! and the export of a hundred thousand orders.

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use futures_util::StreamExt;
use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::{Value, json};
use shared_model::server::database::{Connection, Database, SHARED_MIGRATIONS};
use shared_model::server::settings::DatabaseSettings;
use workorder_svc::app::MIGRATIONS;

use crate::figure::{Figure, percentile};
use crate::load::Person;
use crate::stack::{BenchError, Stack};

/// Rows of a sheet.
const ROWS: usize = 10_000;
/// Sheets, one after another; the median counts.
const SHEETS: usize = 3;
/// Orders exported: a tenth first, then all, so that what grows with them shows.
const ORDERS: usize = 100_000;
/// Rows of one statement of the database's own insert.
const STATEMENT: usize = 500;

pub async fn run(program: &Path) -> Result<Vec<Figure>, BenchError> {
    let stack = Stack::start(program).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let manager = Person::log_in(&stack.base, "ec.manager").await?;
    let idle = stack.resident_mb()?;
    let watch = stack.watch_memory()?;
    let (mut checks, mut saves) = (Vec::new(), Vec::new());
    for number in 0..SHEETS {
        let form = upload(&manager, &sheet(number).map_err(unexpected)?).await?;
        let begun = Instant::now();
        let checked = manager.post("/workorder/custom/check", &form).await?;
        checks.push(begun.elapsed().as_secs_f64());
        if checked["ok"] != true {
            return Err(BenchError::Unexpected(format!("the sheet is refused: {}", checked["errors"][0])));
        }
        let begun = Instant::now();
        let saved = manager.post("/workorder/custom/save", &form).await?;
        saves.push(begun.elapsed().as_secs_f64());
        let answered = Instant::now();
        wait_until_checked(&manager, &saved["id"]).await?;
        println!("ICP check of {ROWS} domains: {:.2} s", answered.elapsed().as_secs_f64());
    }
    let peak = watch.stop().await;
    let bulk = bulk_insert()?;
    let (check, save) = (percentile(&checks, 0.5), percentile(&saves, 0.5));
    println!(
        "{ROWS} rows: check {check:.2} s, save {save:.2} s, {:.0} µs a row; bulk insert of the same rows {bulk:.3} s",
        (check + save) * 1e6 / ROWS as f64
    );
    let mut figures = vec![
        Figure::at_most("万行批量校验并提交 10,000-row sheet checked and submitted", check + save, 3.0, "s"),
        Figure::at_most("提交与批量写入之比 submit against the bulk insert of its rows", save / bulk, 4.0, "x"),
        Figure::at_most("批量时内存增量 memory over idle with sheets", peak - idle, 150.0, "MB"),
    ];
    figures.extend(export(&stack).await?);
    Ok(figures)
}

fn unexpected(error: impl std::fmt::Display) -> BenchError {
    BenchError::Unexpected(error.to_string())
}

fn domain(sheet: usize, row: usize) -> String {
    format!("s{sheet}-{row}.bench.example.cn")
}

fn sheet(number: usize) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, title) in (0_u16..).zip(["加速域名", "CNAME", "备案号", "主源站"]) {
        sheet.write_string(0, column, title)?;
    }
    for (line, row) in (1_u32..).zip(0..ROWS) {
        sheet.write_string(line, 0, domain(number, row))?;
        sheet.write_string(line, 1, format!("s{number}-{row}.cdn.example.com"))?;
        sheet.write_string(line, 2, "京ICP备0501号")?;
        sheet.write_string(line, 3, format!("203.0.113.{}:80", row % 250 + 1))?;
    }
    workbook.save_to_buffer()
}

/// Uploads a sheet, and gives the form of an order for it.
async fn upload(manager: &Person, sheet: &[u8]) -> Result<Value, BenchError> {
    let file = manager.upload("/workorder/custom/upload", "bench.xlsx", sheet).await?;
    Ok(json!({
        "type": "domain_request",
        "requirement": "add",
        "enterprise": "awgb5qxx-hdmw9aygdphcswsi",
        "productId": "PRODUCTID1747035900",
        "provinces": [33],
        "isBatch": true,
        "fileId": file["fileId"],
        "loopDomain": [{"value": "203.0.113.9:80", "type": "ip", "mainFlag": true}],
    }))
}

async fn wait_until_checked(manager: &Person, id: &Value) -> Result<(), BenchError> {
    let (path, begun) = (format!("/workorder/batch/{id}"), Instant::now());
    loop {
        let progress = manager.get(&path).await?;
        if progress["state"] == "approving" && progress["checked"] == ROWS {
            return Ok(());
        }
        if begun.elapsed() > Duration::from_secs(60) {
            return Err(BenchError::Unexpected(format!("the ICP check does not end: {progress}")));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn open(url: &str) -> Result<(Database, Connection), BenchError> {
    let db = Database::connect(&DatabaseSettings { url: url.to_owned(), pool_size: 1 }).map_err(unexpected)?;
    let conn = db.connection().map_err(unexpected)?;
    Ok((db, conn))
}

/// The rows one such order is made of, written by SQL alone into an empty database with the same tables and the same
/// durability; the median of some tries.
fn bulk_insert() -> Result<f64, BenchError> {
    let mut tries = Vec::new();
    for number in 0..SHEETS {
        let folder = tempfile::tempdir()?;
        let (db, mut conn) = open(&format!("sqlite:{}", folder.path().join("bulk.db").display()))?;
        db.migrate(&[&SHARED_MIGRATIONS, &MIGRATIONS]).map_err(unexpected)?;
        let order = "INSERT INTO work_order (id, code, enum_type, requirement, status, version, create_user, creator, \
                     form, held_since, created_at, updated_at) VALUES (1, '', 'domain_request', 'add', \
                     'icpChecking', 1, 'u', '{}', '{}', '2026-01-01', '2026-01-01', '2026-01-01')";
        conn.batch_execute(order).map_err(unexpected)?;
        let sql = statements(number);
        let begun = Instant::now();
        conn.batch_execute(&sql).map_err(unexpected)?;
        tries.push(begun.elapsed().as_secs_f64());
    }
    Ok(percentile(&tries, 0.5))
}

fn statements(number: usize) -> String {
    type Values = fn(&str, usize) -> String;
    let tables: [(&str, Values); 3] = [
        ("configure_list (order_id, domain, legality, rolled_back)", |domain, _| format!("(1,'{domain}','pending',0)")),
        ("batch_self_domain (order_id, domain, sheet_row, cp_domain, icp_number, config)", |domain, row| {
            let config = format!(
                "{{\"row\":{row},\"origins\":[{{\"value\":\"203.0.113.{}:80\",\"type\":\"ip\",\"mainFlag\":true}}]}}",
                row % 250 + 1
            );
            format!("(1,'{domain}',{row},'{domain}.cdn.example.com','京ICP备0501号','{config}')")
        }),
        ("work_order_cache_domain (order_id, domain, created_at)", |domain, _| {
            format!("(1,'{domain}','2026-01-01 00:00:00')")
        }),
    ];
    let mut sql = "BEGIN IMMEDIATE;".to_owned();
    for (table, values) in tables {
        let rows: Vec<String> = (0..ROWS).map(|row| values(&domain(number, row), row)).collect();
        for rows in rows.chunks(STATEMENT) {
            sql.push_str(&format!("INSERT INTO {table} VALUES {};", rows.join(",")));
        }
    }
    sql + "COMMIT;"
}

/// Exports all orders as an administrator sees them: a tenth of them, then all.
async fn export(stack: &Stack) -> Result<Vec<Figure>, BenchError> {
    let admin = Person::log_in(&stack.base, "group.admin").await?;
    let mut peaks = Vec::new();
    for wanted in [ORDERS / 10, ORDERS] {
        multiply_orders(stack, wanted)?;
        let (before, watch) = (stack.resident_mb()?, stack.watch_memory()?);
        let begun = Instant::now();
        let (first, bytes) = exported(&admin).await?;
        let seconds = begun.elapsed().as_secs_f64();
        peaks.push(watch.stop().await - before);
        println!(
            "export of {wanted} orders: {seconds:.1} s, first byte after {:.0} ms, {:.1} MB, memory +{:.1} MB",
            first.as_secs_f64() * 1e3,
            bytes as f64 / 1e6,
            peaks.last().copied().unwrap_or_default()
        );
    }
    Ok(vec![
        Figure::at_most("导出十万工单内存增量 memory over the start of an export of 100,000", peaks[1], 48.0, "MB"),
        Figure::at_most("十倍工单多占内存 more memory for ten times the orders", peaks[1] - peaks[0], 32.0, "MB"),
    ])
}

/// Lets there be this many orders, by copying one.
fn multiply_orders(stack: &Stack, wanted: usize) -> Result<(), BenchError> {
    let (_db, mut conn) = open(&format!("sqlite:{}", stack.order_database().display()))?;
    let columns = "enum_type, requirement, status, version, product_id, product, create_user, creator, province, \
                   approving_userid, approving_mobile, approving_worker, dealer, user_temp, attempt, approval, \
                   description, form, details, domains_total, is_batch, prohibited, held_since, due_at, search_text, \
                   created_at, updated_at";
    let copy = format!(
        "BEGIN IMMEDIATE;
         WITH RECURSIVE n(i) AS (SELECT (SELECT count(*) FROM work_order) UNION ALL SELECT i + 1 FROM n WHERE i < {last})
         INSERT INTO work_order (code, {columns}) SELECT 'bench-' || i, {columns} FROM n, work_order
         WHERE work_order.id = (SELECT min(id) FROM work_order);
         INSERT OR IGNORE INTO worker_order_enterprise (order_id, enterprise_id, corp_name)
         SELECT id, 'bench', '基准企业' FROM work_order;
         COMMIT;",
        last = wanted - 1
    );
    conn.batch_execute(&copy).map_err(unexpected)
}

/// Time to the first byte, and the bytes of an export.
async fn exported(admin: &Person) -> Result<(Duration, usize), BenchError> {
    let begun = Instant::now();
    let mut body = admin.download("/workorder/export").await?;
    let (mut first, mut bytes) = (None, 0);
    while let Some(chunk) = body.next().await {
        bytes += chunk?.len();
        first.get_or_insert_with(|| begun.elapsed());
    }
    Ok((first.unwrap_or_default(), bytes))
}
