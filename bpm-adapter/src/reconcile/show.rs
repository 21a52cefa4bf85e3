//! `GET /bpm/reconcile?date=`: orders, tasks, bills and live domains of a day, and where they disagree.

use actix_web::web;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::ReaderLanguage;
use shared_model::text::{Language, Text};

use super::rules::{Difference, DifferenceType, Sides};
use super::walk::{self, Seen};
use super::words;
use crate::app::Parts;

/// 对账日期。
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReconcileQuery {
    /// `YYYY-MM-DD`，默认当天。 Today when left out.
    date: Option<String>,
}

/// 对账结果。
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reconciliation {
    pub date: String,
    /// 核对了多少。 How many were looked at.
    pub orders: usize,
    pub tasks: usize,
    pub bills: usize,
    pub differences: Vec<DifferenceView>,
}

/// 一处差异。
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DifferenceView {
    /// 修复时使用。
    pub id: String,
    pub r#type: DifferenceType,
    pub order_id: i64,
    pub order_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    /// 各方状态；缺失的一方不出现。 A side that has nothing is left out.
    pub sides: Sides,
    /// 缺什么、在哪里。 What is missing where.
    pub detail: String,
    /// 可通过重发修复。
    pub repairable: bool,
}

impl DifferenceView {
    fn of(difference: Difference, language: Language) -> Self {
        let detail = words::detail(&difference).in_language(language).to_owned();
        let Difference { id, kind, order_id, order_code, task_id, sides, repairable } = difference;
        Self { id, r#type: kind, order_id, order_code, task_id, sides, detail, repairable }
    }
}

/// 对账。 Compares a day's orders, tasks, bills and live domains.
#[utoipa::path(
    get,
    path = "/bpm/reconcile",
    tag = "对账 Reconciliation",
    params(ReconcileQuery),
    responses((status = 200, body = Reconciliation), (status = 503, description = "service.unavailable"))
)]
pub async fn show_reconciliation(
    parts: web::Data<Parts>,
    ReaderLanguage(language): ReaderLanguage,
    Query(query): Query<ReconcileQuery>,
) -> Result<Answer, Problem> {
    let date = date_of(query.date.as_deref(), parts.clock.now(), parts.zone)?;
    let Seen { orders, tasks, bills, differences } = walk::through(&parts, day(date, parts.zone)).await?;
    let differences = differences.into_iter().map(|one| DifferenceView::of(one, language)).collect();
    Ok(Answer::ok(&Reconciliation { date: date.to_string(), orders, tasks, bills, differences }))
}

fn date_of(text: Option<&str>, now: DateTime<Utc>, zone: Tz) -> Result<NaiveDate, Problem> {
    let Some(text) = text else { return Ok(now.with_timezone(&zone).date_naive()) };
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
        let text = Text::fixed("日期格式为 YYYY-MM-DD", "a date reads YYYY-MM-DD");
        Problem::of_faults(vec![Fault::new("/date", &codes::REQUEST_INVALID, text)])
    })
}

/// The local day's beginning and end. Where a day has no midnight (a change of clocks) it begins with UTC's.
fn day(date: NaiveDate, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
    let begin = |date: NaiveDate| {
        let midnight = date.and_time(NaiveTime::MIN);
        zone.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |at| at.to_utc())
    };
    (begin(date), begin(date.checked_add_days(Days::new(1)).unwrap_or(date)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_local_one() {
        let date = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
        let (from, before) = day(date, chrono_tz::Asia::Shanghai);
        assert_eq!(
            (from.to_rfc3339(), before.to_rfc3339()),
            ("2026-01-04T16:00:00+00:00".into(), "2026-01-05T16:00:00+00:00".into())
        );
        assert_eq!(date_of(None, from, chrono_tz::Asia::Shanghai).unwrap(), date);
        assert!(date_of(Some("5.1.2026"), from, chrono_tz::Asia::Shanghai).is_err());
    }
}
