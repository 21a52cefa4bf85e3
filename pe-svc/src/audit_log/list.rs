//! `GET /pe/audit-log`: who did what to what, and when; newest first.

use actix_web::web::Data;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_model::access;
use shared_model::page::{Page, PageRequest};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use utoipa::{IntoParams, ToSchema};

use super::Action;
use super::refusal::resource_of;
use super::repo::LineRow;
use crate::desk::Desk;
use crate::error::{ServiceError, refused_for};
use crate::resource::filter::{check_choice, moment};
use crate::resource::shown;
use crate::resource::table::Backend;
use crate::schema::audit_log;

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// 页码，从 1 开始 From 1.
    pub page_num: Option<i64>,
    /// 每页条数 1 to 100, default 10.
    pub page_size: Option<i64>,
    /// 资源 Such as `public-entities`, `files`, `setup`.
    pub resource: Option<String>,
    /// 记录编号 The record's id.
    pub record_id: Option<String>,
    /// 操作人 Who did it.
    pub actor_id: Option<String>,
    /// 操作 Such as `create`, `audit`, `refused`.
    pub action: Option<String>,
    /// 起始时间 From this day or moment on.
    pub from: Option<String>,
    /// 截止时间 Up to this day, or before this moment.
    pub to: Option<String>,
}

/// A line of the audit log.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    pub id: i64,
    pub at: String,
    pub actor_id: String,
    pub actor_name: String,
    pub action: String,
    pub resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

#[utoipa::path(
    get, path = "/pe/audit-log", tag = "操作日志 Audit log", operation_id = "pe_auditLog",
    description = "只追加，逐行哈希相连。Append-only; each line carries the hash of the one before it.",
    params(LogQuery),
    responses((status = 200, description = "新的在前 Newest first", body = Page<LogLine>)),
)]
pub async fn list(desk: Data<Desk>, caller: Caller, Query(query): Query<LogQuery>) -> Result<Answer, Problem> {
    let actor = desk.actor(caller);
    let mut faults = Vec::new();
    let page = PageRequest::new(query.page_num, query.page_size).unwrap_or_else(|wrong| {
        faults.extend(wrong);
        PageRequest { number: 1, size: 10 }
    });
    let from = query.from.as_deref().and_then(|text| moment(text, actor.zone, false, "/from", &mut faults));
    let before = query.to.as_deref().and_then(|text| moment(text, actor.zone, true, "/to", &mut faults));
    check_choice("resource", query.resource.as_deref(), &resources(), &mut faults);
    check_choice("action", query.action.as_deref(), &Action::ALL.map(Action::code), &mut faults);
    refused_for(faults)?;
    let list = desk
        .db
        .read(move |conn| {
            let narrowed = || narrowed(&query, from, before);
            let total = narrowed().count().get_result(conn)?;
            let rows = lines(conn, narrowed(), page)?;
            let views = rows.into_iter().map(|row| LogLine::of(row, actor.zone)).collect();
            Ok::<_, ServiceError>(page.page(views, total))
        })
        .await?;
    Ok(Answer::ok(&list))
}

/// Every word a line may name as its resource: whatever stands after `/pe/` in some path.
fn resources() -> Vec<&'static str> {
    let paths = access::pe::ENDPOINTS.iter().map(|endpoint| endpoint.path).filter(|path| path.starts_with("/pe/"));
    let mut resources: Vec<&str> = paths.map(resource_of).collect();
    resources.dedup();
    resources
}

fn narrowed(
    query: &LogQuery,
    from: Option<chrono::NaiveDateTime>,
    before: Option<chrono::NaiveDateTime>,
) -> audit_log::BoxedQuery<'static, Backend> {
    let mut lines = audit_log::table.into_boxed();
    if let Some(resource) = query.resource.clone() {
        lines = lines.filter(audit_log::resource.eq(resource));
    }
    if let Some(record) = query.record_id.clone() {
        lines = lines.filter(audit_log::record_id.eq(record));
    }
    if let Some(actor) = query.actor_id.clone() {
        lines = lines.filter(audit_log::actor_id.eq(actor));
    }
    if let Some(action) = query.action.clone() {
        lines = lines.filter(audit_log::action.eq(action));
    }
    if let Some(from) = from {
        lines = lines.filter(audit_log::at.ge(from));
    }
    if let Some(before) = before {
        lines = lines.filter(audit_log::at.lt(before));
    }
    lines
}

fn lines(
    conn: &mut Connection,
    query: audit_log::BoxedQuery<'static, Backend>,
    page: PageRequest,
) -> QueryResult<Vec<LineRow>> {
    query.order(audit_log::id.desc()).limit(page.size).offset(page.offset()).load(conn)
}

impl LogLine {
    fn of(row: LineRow, zone: chrono_tz::Tz) -> Self {
        let json = |text: Option<String>| text.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)));
        Self {
            id: row.id,
            at: shown(row.at, zone),
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            action: row.action,
            resource: row.resource,
            record_id: row.record_id,
            before: json(row.before),
            after: json(row.after),
        }
    }
}
