//! `GET /workorder/filters`: the caller's own filters.

use actix_web::web;
use serde::Serialize;
use serde_json::Value;
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::list_filter::ListQuery;
use crate::saved_filter::repo;

/// A filter under its name.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SavedFilter {
    pub id: i64,
    #[schema(examples("我的待办"))]
    pub name: String,
    /// As it was kept: the body that `POST /workorder/getworkList` takes.
    #[schema(value_type = ListQuery)]
    pub query: Value,
}

/// The caller's filters, by name.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SavedFilters {
    pub data: Vec<SavedFilter>,
}

/// 常用查询 / The caller's saved filters
#[utoipa::path(
    get,
    path = "/workorder/filters",
    tag = "工单 Work orders",
    responses((status = 200, body = SavedFilters))
)]
pub async fn list(desk: web::Data<Desk>, caller: Caller) -> Result<Answer, ServiceError> {
    let data = desk.db.read(move |conn| repo::list(conn, caller.id())).await?;
    Ok(Answer::ok(&SavedFilters { data }))
}
