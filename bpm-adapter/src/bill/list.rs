//! `GET /bpm/bills`: the bills, newest first.

use actix_web::web;
use chrono::{DateTime, FixedOffset, NaiveDateTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use shared_model::page::{Page, PageRequest};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;

use super::repo::{self, BillFilter, BillRow};
use super::state::BillState;
use crate::app::Parts;
use crate::error::ServiceError;
use crate::task::model::TaskRow;
use crate::task::view::{Named, local};

/// 查询条件。
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BillQuery {
    #[param(inline)]
    state: Option<BillState>,
    order_id: Option<i64>,
    /// 开具时间，含。RFC 3339。
    start_time: Option<DateTime<FixedOffset>>,
    /// 开具时间，不含。RFC 3339。
    end_time: Option<DateTime<FixedOffset>>,
    page_num: Option<i64>,
    page_size: Option<i64>,
}

/// 话单。
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BillView {
    pub bill_no: String,
    pub order_id: i64,
    pub order_code: String,
    pub task_id: String,
    pub state: BillState,
    pub enterprise: Named,
    pub product: Named,
    pub issued_at: DateTime<FixedOffset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<FixedOffset>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<DateTime<FixedOffset>>,
}

impl BillView {
    pub fn of(bill: BillRow, task: TaskRow, zone: Tz) -> Self {
        let ended = |state: BillState| -> Option<NaiveDateTime> { bill.ended_at.filter(|_| bill.state == state) };
        Self {
            closed_at: ended(BillState::Closed).map(|at| local(at, zone)),
            voided_at: ended(BillState::Voided).map(|at| local(at, zone)),
            issued_at: local(bill.issued_at, zone),
            bill_no: bill.bill_no,
            order_id: bill.order_id,
            order_code: task.order_code,
            task_id: bill.task_id,
            state: bill.state,
            enterprise: Named { id: task.enterprise_id, name: task.corp_name },
            product: Named { id: task.product_id, name: task.product },
        }
    }
}

/// 话单列表，新的在前。 Bills, newest first.
#[utoipa::path(
    get,
    path = "/bpm/bills",
    tag = "话单 Bills",
    params(BillQuery),
    responses((status = 200, body = Page<BillView>))
)]
pub async fn list_bills(parts: web::Data<Parts>, Query(query): Query<BillQuery>) -> Result<Answer, Problem> {
    let page = PageRequest::new(query.page_num, query.page_size).map_err(Problem::of_faults)?;
    let filter = BillFilter {
        state: query.state,
        order_id: query.order_id,
        from: query.start_time.map(|at| at.naive_utc()),
        before: query.end_time.map(|at| at.naive_utc()),
    };
    let (rows, total) = parts.db.read(move |conn| repo::list(conn, &filter, page).map_err(ServiceError::from)).await?;
    let data = rows.into_iter().map(|(bill, task)| BillView::of(bill, task, parts.zone)).collect();
    Ok(Answer::ok(&page.page::<BillView>(data, total)))
}
