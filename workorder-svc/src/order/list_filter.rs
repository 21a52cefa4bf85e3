//! What a list of orders is narrowed to: the request's words, read into a filter. Pure.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use shared_model::page::PageRequest;
use shared_model::problem::{Fault, codes};
use shared_model::text::Text;
use utoipa::{IntoParams, ToSchema};

use crate::order::kind::OrderKind;
use crate::order::state::OrderState;

/// Longest text to look for, in characters.
const LONGEST_TEXT: usize = 200;

/// 查询条件 / What the list is narrowed to: query parameters or a JSON body.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// 从 1 开始 / from 1
    pub page_num: Option<i64>,
    /// 1..100，默认 10 / default 10
    pub page_size: Option<i64>,
    /// all | mine | pending | processed
    #[schema(examples("pending"))]
    pub scope: Option<String>,
    /// 工单类型 / the order's kind
    #[serde(rename = "type")]
    #[param(rename = "type")]
    #[schema(rename = "type", examples("domain_request"))]
    pub kind: Option<String>,
    /// 状态，可用逗号分隔多个 / one state, or several with commas
    #[schema(examples("approving"))]
    pub status: Option<String>,
    /// 编号、企业、产品、发起人或域名 / code, enterprise, product, creator or domain
    pub keyword: Option<String>,
    pub enterprise_id: Option<String>,
    /// 创建时间起：yyyy-MM-dd、yyyy-MM-dd HH:mm 或 RFC 3339 / created from
    pub start_time: Option<String>,
    /// 创建时间止，含 / created until, inclusive
    pub end_time: Option<String>,
    /// createdAt | updatedAt | since | dueAt，前缀 - 为倒序，默认 -createdAt / a leading - for descending
    #[schema(examples("-createdAt"))]
    pub sort: Option<String>,
    /// 只看超时的 / only those past their limit
    pub overdue: Option<bool>,
    /// 在谁手里 / whose hands it is in
    pub holder_id: Option<String>,
    /// desk：附带工作台字段和各范围数量 / desk: with the desk's fields and the counts per scope
    pub view: Option<String>,
}

/// Which part of the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All the viewer may see.
    All,
    /// Created by the viewer.
    Mine,
    /// Waiting for the viewer.
    Pending,
    /// The viewer has acted on it, and does not have to now.
    Processed,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::All, Self::Mine, Self::Pending, Self::Processed];

    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Mine => "mine",
            Self::Pending => "pending",
            Self::Processed => "processed",
        }
    }
}

/// What `sort` takes, each also with `-` before it.
const SORTS: [&str; 6] = ["createdAt", "time", "id", "updatedAt", "since", "dueAt"];

/// By what the list is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    CreatedAt,
    UpdatedAt,
    Since,
    DueAt,
}

/// A filter that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListFilter {
    pub scope: Scope,
    pub kind: Option<OrderKind>,
    /// Any of these; none means all.
    pub states: Vec<OrderState>,
    /// Trimmed, in lower case.
    pub keyword: Option<String>,
    pub enterprise_id: Option<String>,
    pub created_from: Option<DateTime<Utc>>,
    /// Exclusive.
    pub created_before: Option<DateTime<Utc>>,
    pub overdue_only: bool,
    pub holder_id: Option<String>,
    pub sort: SortKey,
    pub descending: bool,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRequest {
    pub filter: ListFilter,
    pub page: PageRequest,
    pub desk: bool,
}

impl ListQuery {
    /// All faults at once, as 400: nothing is silently corrected.
    pub fn read(&self, zone: Tz) -> Result<ListRequest, Vec<Fault>> {
        let mut faults = Vec::new();
        let (sort, descending) = self.sort(&mut faults);
        let filter = ListFilter {
            scope: self.scope(&mut faults),
            kind: known(&self.kind, "/type", &OrderKind::ALL.map(OrderKind::code), OrderKind::from_code, &mut faults),
            states: self.states(&mut faults),
            keyword: text(&self.keyword, "/keyword", &mut faults).map(|keyword| keyword.to_lowercase()),
            enterprise_id: text(&self.enterprise_id, "/enterpriseId", &mut faults),
            created_from: moment(&self.start_time, "/startTime", zone, &mut faults).map(|(from, _)| from),
            created_before: moment(&self.end_time, "/endTime", zone, &mut faults).map(|(_, before)| before),
            overdue_only: self.overdue.unwrap_or(false),
            holder_id: text(&self.holder_id, "/holderId", &mut faults),
            sort,
            descending,
        };
        let desk = match given(&self.view) {
            None => false,
            Some("desk") => true,
            Some(_) => {
                faults.push(unknown("/view", &["desk"]));
                false
            }
        };
        match PageRequest::new(self.page_num, self.page_size) {
            Ok(page) if faults.is_empty() => Ok(ListRequest { filter, page, desk }),
            Ok(_) => Err(faults),
            Err(found) => Err(found.into_iter().chain(faults).collect()),
        }
    }

    fn scope(&self, faults: &mut Vec<Fault>) -> Scope {
        let from_code = |code: &str| Scope::ALL.into_iter().find(|scope| scope.code() == code);
        known(&self.scope, "/scope", &Scope::ALL.map(Scope::code), from_code, faults).unwrap_or(Scope::All)
    }

    fn states(&self, faults: &mut Vec<Fault>) -> Vec<OrderState> {
        let codes = given(&self.status).into_iter().flat_map(|codes| codes.split(',')).map(str::trim);
        let states: Option<Vec<OrderState>> = codes.map(OrderState::from_code).collect();
        states.unwrap_or_else(|| {
            faults.push(unknown("/status", &OrderState::ALL.map(OrderState::code)));
            Vec::new()
        })
    }

    fn sort(&self, faults: &mut Vec<Fault>) -> (SortKey, bool) {
        let Some(sort) = given(&self.sort) else { return (SortKey::CreatedAt, true) };
        let (name, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
        let key = match name {
            "createdAt" | "time" | "id" => SortKey::CreatedAt,
            "updatedAt" => SortKey::UpdatedAt,
            "since" => SortKey::Since,
            "dueAt" => SortKey::DueAt,
            _ => {
                faults.push(unknown("/sort", &SORTS));
                SortKey::CreatedAt
            }
        };
        (key, descending)
    }
}

fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

fn known<T>(
    value: &Option<String>,
    pointer: &str,
    allowed: &[&str],
    from_code: impl Fn(&str) -> Option<T>,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let found = from_code(given(value)?);
    if found.is_none() {
        faults.push(unknown(pointer, allowed));
    }
    found
}

fn unknown(pointer: &str, allowed: &[&str]) -> Fault {
    let message = Text::new(
        format!("没有这个取值，可用：{}", allowed.join("、")),
        format!("there is no such value: use {}", allowed.join(", ")),
    );
    Fault::new(pointer, &codes::REQUEST_INVALID, message)
}

/// A text that any database can be asked for.
fn text(value: &Option<String>, pointer: &str, faults: &mut Vec<Fault>) -> Option<String> {
    let value = given(value)?;
    if value.chars().count() > LONGEST_TEXT || value.chars().any(char::is_control) {
        let message = Text::fixed("过长或含控制字符", "too long, or with control characters");
        faults.push(Fault::new(pointer, &codes::REQUEST_INVALID, message));
        return None;
    }
    Some(value.to_owned())
}

/// A time as people write it: the first moment it means, and the first one after it: a day ends with the day, a minute with the minute.
pub fn moment(
    value: &Option<String>,
    pointer: &str,
    zone: Tz,
    faults: &mut Vec<Fault>,
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let value = given(value)?;
    let found = span(value, zone);
    if found.is_none() {
        let message = Text::fixed(
            "时间写作 yyyy-MM-dd、yyyy-MM-dd HH:mm 或 RFC 3339",
            "a time is yyyy-MM-dd, yyyy-MM-dd HH:mm or RFC 3339",
        );
        faults.push(Fault::new(pointer, &codes::REQUEST_INVALID, message));
    }
    found
}

/// The first moment a time means, and the first one after it. None when it is no time.
pub fn span(value: &str, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    exact_moment(value).or_else(|| local_moment(value, zone))
}

fn exact_moment(value: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    // A plus sign that was not escaped in a query arrives as a blank.
    let value = if value.contains('T') { value.replace(' ', "+") } else { value.to_owned() };
    let at = DateTime::parse_from_rfc3339(&value).ok()?.with_timezone(&Utc);
    Some((at, at.checked_add_signed(TimeDelta::microseconds(1))?))
}

fn local_moment(value: &str, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let utc = |local: NaiveDateTime| zone.from_local_datetime(&local).earliest().map(|at| at.with_timezone(&Utc));
    if let Ok(day) = NaiveDate::parse_from_str(value, "%Y-%m-%d") {
        let next = day.succ_opt()?;
        return Some((utc(day.and_hms_opt(0, 0, 0)?)?, utc(next.and_hms_opt(0, 0, 0)?)?));
    }
    let formats = [("%Y-%m-%d %H:%M", TimeDelta::minutes(1)), ("%Y-%m-%d %H:%M:%S", TimeDelta::seconds(1))];
    formats.into_iter().find_map(|(format, length)| {
        let at = utc(NaiveDateTime::parse_from_str(value, format).ok()?)?;
        Some((at, at.checked_add_signed(length)?))
    })
}

#[cfg(test)]
#[path = "list_filter_tests.rs"]
mod tests;
