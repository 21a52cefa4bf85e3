//! `GET /bpm/bills/export`: the bills as a file, under the list's filters.

use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::{HttpResponse, web};
use chrono::{DateTime, FixedOffset};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use shared_model::page::PageRequest;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::body::Query;
use shared_model::server::database::Connection;
use shared_model::text::Text;

use super::list::BillView;
use super::repo::{self, BillFilter};
use super::sheet;
use super::state::BillState;
use crate::app::Parts;
use crate::error::ServiceError;

/// The most bills one file may have: a spreadsheet must still open it.
const LIMIT: i64 = 100_000;
/// Bills read at once.
const READ: i64 = 5_000;

/// 文件格式。
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    #[default]
    Xlsx,
    Csv,
}

/// 查询条件，同列表。
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `xlsx`（默认）或 `csv`。
    #[param(inline)]
    format: Option<FileFormat>,
    #[param(inline)]
    state: Option<BillState>,
    order_id: Option<i64>,
    /// 开具时间，含。RFC 3339。
    start_time: Option<DateTime<FixedOffset>>,
    /// 开具时间，不含。RFC 3339。
    end_time: Option<DateTime<FixedOffset>>,
}

/// 导出话单。 The bills as xlsx or csv, newest first.
#[utoipa::path(
    get,
    path = "/bpm/bills/export",
    tag = "话单 Bills",
    params(ExportQuery),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 422, description = "field.invalid：超过十万条 more than 100,000 bills")
    )
)]
pub async fn export_bills(parts: web::Data<Parts>, Query(query): Query<ExportQuery>) -> Result<HttpResponse, Problem> {
    let now = parts.clock.now();
    let filter = BillFilter {
        state: query.state,
        order_id: query.order_id,
        from: query.start_time.map(|at| at.naive_utc()),
        // Bills issued from now on stay out, so that no page shifts while it is read.
        before: Some(query.end_time.map_or(now.naive_utc(), |at| at.naive_utc())),
    };
    let zone = parts.zone;
    let bills = parts.db.read(move |conn| list_all(conn, &filter)).await?;
    let format = query.format.unwrap_or_default();
    let made = web::block(move || {
        let views: Vec<BillView> = bills.into_iter().map(|(bill, task)| BillView::of(bill, task, zone)).collect();
        file_of(format, &views)
    })
    .await;
    let bytes = made.map_err(|error| error.to_string()).and_then(|made| made).map_err(|why| {
        tracing::error!(%why, "the bills cannot be written");
        Problem::new(&codes::INTERNAL)
    })?;
    let day = now.with_timezone(&parts.zone).format("%Y%m%d");
    let (extension, content_type) = match format {
        FileFormat::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        FileFormat::Csv => ("csv", "text/csv; charset=utf-8"),
    };
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(format!("bills-{day}.{extension}"))],
    };
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(disposition)
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(bytes))
}

fn list_all(conn: &mut Connection, filter: &BillFilter) -> Result<Vec<repo::BillOfTask>, ServiceError> {
    let mut all = Vec::new();
    for number in 1.. {
        let (rows, total) = repo::list(conn, filter, PageRequest { number, size: READ })?;
        if total > LIMIT {
            let text = Text::new(
                format!("超过 {LIMIT} 条，请缩小时间范围"),
                format!("more than {LIMIT} bills: narrow the time"),
            );
            return Err(Problem::of_faults(vec![Fault::new("/startTime", &codes::FIELD_INVALID, text)]).into());
        }
        let last = rows.is_empty();
        all.extend(rows);
        if last {
            break;
        }
    }
    Ok(all)
}

fn file_of(format: FileFormat, bills: &[BillView]) -> Result<Vec<u8>, String> {
    match format {
        FileFormat::Xlsx => sheet::to_xlsx(bills).map_err(|error| error.to_string()),
        FileFormat::Csv => sheet::to_csv(bills).map_err(|error| error.to_string()),
    }
}
