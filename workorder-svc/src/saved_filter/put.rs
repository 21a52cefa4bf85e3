//! `PUT /workorder/filters`: keeps a filter under a name, or changes one.

use actix_web::web;
use serde::Deserialize;
use serde_json::Value;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::once;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::list_filter::ListQuery;
use crate::saved_filter::list::SavedFilter;
use crate::saved_filter::{repo, rules};

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepFilter {
    /// 不填则新建 / left out: a new one
    #[serde(default)]
    pub id: Option<i64>,
    /// 1 到 40 个字，同一人不重复 / 1 to 40 characters, once for each person
    #[schema(examples("我的待办"))]
    pub name: String,
    /// 工单列表的查询条件 / what `POST /workorder/getworkList` takes
    #[schema(value_type = ListQuery)]
    pub query: Value,
}

/// 保存常用查询 / Keep a filter, 50 at most
#[utoipa::path(
    put,
    path = "/workorder/filters",
    tag = "工单 Work orders",
    request_body = KeepFilter,
    responses(
        (status = 200, body = SavedFilter, description = "已修改 / changed"),
        (status = 201, body = SavedFilter, description = "已新建 / made"),
        (status = 400, description = "条件有误 / the list would not take it"),
        (status = 404, description = "没有这个查询 / no such filter of the caller's"),
        (status = 409, description = "名称已被使用 / the name is taken"),
        (status = 422, description = "名称无效，或已有 50 个 / no name, or 50 already"),
    )
)]
pub async fn put(
    desk: web::Data<Desk>,
    caller: Caller,
    Command { body, ticket }: Command<KeepFilter>,
) -> Result<Answer, ServiceError> {
    let now = desk.clock.now();
    let kept = rules::read(&body.name, &body.query, desk.policy.zone).map_err(Problem::of_faults)?;
    desk.db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let saved = |id| SavedFilter { id, name: kept.name.clone(), query: kept.query.clone() };
                if let Some(id) = body.id {
                    let found = repo::update(conn, (caller.id(), id), &kept, now)?;
                    return if found { Ok(Answer::ok(&saved(id))) } else { Err(ServiceError::not_found()) };
                }
                if repo::count(conn, caller.id())? >= rules::MOST {
                    return Err(too_many().into());
                }
                let id = repo::insert(conn, caller.id(), &kept, now)?;
                Ok(Answer::created(&saved(id)))
            })
        })
        .await
}

fn too_many() -> Problem {
    let most = rules::MOST;
    let message = Text::new(format!("最多保存 {most} 个"), format!("{most} at most"));
    Problem::of_faults(vec![Fault::new("/name", &codes::FILTER_TOO_MANY, message)])
}
