//! `GET /workorder/export`: every page of the current filter as one xlsx. The ids are looked up once; the orders are read
//! and written some hundreds at a time, as fast as the client takes them.

use actix_web::{HttpResponse, web};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::try_unfold;
use shared_model::local_time::with_offset;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::body::Query;
use shared_model::server::caller::{Caller, ReaderLanguage};
use shared_model::text::{Language, Text};

use crate::attachment::download::as_download;
use crate::batch::template::XLSX;
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::export::columns;
use crate::export::workbook::{MOST_ROWS, Workbook};
use crate::order::list_filter::ListQuery;
use crate::order::list_query;
use crate::order::rules::Viewer;
use crate::order::view::Lens;

/// Orders read at a time.
const CHUNK: usize = 500;

/// 导出当前筛选的全部工单 / Export all orders of the current filter
#[utoipa::path(
    get,
    path = "/workorder/export",
    tag = "工单 Work orders",
    params(ListQuery),
    responses(
        (
            status = 200,
            description = "xlsx，全部页，流式；表头随 Accept-Language / all pages, streamed; headings by Accept-Language",
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ),
        (status = 400, description = "参数有误，或结果过多 / an invalid parameter, or too many orders"),
    )
)]
pub async fn export(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Query(query): Query<ListQuery>,
) -> Result<HttpResponse, ServiceError> {
    let (zone, now, viewer) = (desk.policy.zone, desk.clock.now(), Viewer::from(&caller));
    let request = query.read(zone).map_err(Problem::of_faults)?;
    let (viewer, ids) = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            let ids = list_query::list_ids(conn, &request.filter, &viewer, now)?;
            Ok::<_, ServiceError>((viewer, ids))
        })
        .await?;
    if ids.len() >= MOST_ROWS {
        return Err(too_many().into());
    }
    let name = format!("工单 work-orders {}.xlsx", with_offset(now, zone).format("%Y%m%d-%H%M"));
    let book = Workbook::begin(columns::sheet_name(language), &columns::headings(language))?;
    let desk = desk.get_ref().clone();
    let writing = Writing { desk, viewer, language, now, ids, written: 0, book };
    let pieces = try_unfold(Some(writing), |writing| async move {
        match writing {
            Some(writing) => writing.next_piece().await.map(Some),
            None => Ok(None),
        }
    });
    Ok(as_download(&name, XLSX).streaming(pieces))
}

fn too_many() -> Problem {
    let message = Text::fixed("结果过多，请缩小筛选范围", "too many orders for one sheet: narrow the filter");
    Problem::of_faults(vec![Fault::new("", &codes::REQUEST_INVALID, message)])
}

/// An export under way.
struct Writing {
    desk: Desk,
    viewer: Viewer,
    language: Language,
    now: DateTime<Utc>,
    ids: Vec<i64>,
    written: usize,
    book: Workbook,
}

impl Writing {
    /// The next bytes of the workbook, never none; and what is still to be written.
    async fn next_piece(mut self) -> Result<(Bytes, Option<Self>), ServiceError> {
        loop {
            if self.written == self.ids.len() {
                return Ok((self.book.finish()?.into(), None));
            }
            self = self.write_chunk().await?;
            let bytes = self.book.take();
            if !bytes.is_empty() {
                return Ok((bytes.into(), Some(self)));
            }
        }
    }

    /// Reads and writes some hundred orders, off the async threads.
    async fn write_chunk(mut self) -> Result<Self, ServiceError> {
        let db = self.desk.db.clone();
        db.read(move |conn| {
            let until = (self.written + CHUNK).min(self.ids.len());
            let listed = list_query::list_by_ids(conn, &self.ids[self.written..until], &self.viewer)?;
            let zone = self.desk.policy.zone;
            let lens = Lens { viewer: &self.viewer, language: self.language, zone, now: self.now };
            for listed in &listed {
                self.book.row(&columns::row(listed, &lens))?;
            }
            self.written = until;
            Ok(self)
        })
        .await
    }
}
