//! `GET /pe/pe-authentications/{id}/replies`: the conversation, oldest first.

use actix_web::web::{Data, Path};
use serde::Deserialize;
use shared_model::page::{Page, PageRequest};
use shared_model::problem::Problem;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::Caller;
use utoipa::IntoParams;

use super::{ReplyView, repo};
use crate::certification::Certifications;
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::resource::show::{get_visible, record_id};

#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 页码，从 1 开始 From 1.
    pub page_num: Option<i64>,
    /// 每页条数 1 to 100, default 10.
    pub page_size: Option<i64>,
}

#[utoipa::path(
    get, path = "/pe/pe-authentications/{id}/replies", tag = "认证 Certifications",
    operation_id = "pe_listReplies",
    params(("id" = i64, Path, description = "认证编号 The certification"), PageQuery),
    responses(
        (status = 200, description = "回复，由旧到新 The conversation, oldest first", body = Page<ReplyView>),
        (status = 404, description = "不存在或无权查看 Unknown, or somebody else's"),
    ),
)]
pub async fn list(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Answer, Problem> {
    let (actor, id) = (desk.actor(caller), record_id(&id)?);
    let page = PageRequest::new(query.page_num, query.page_size).map_err(Problem::of_faults)?;
    let list = desk
        .db
        .read(move |conn| {
            get_visible(conn, &Certifications, &actor, id)?;
            let (rows, total) = repo::page(conn, id, page)?;
            let views = rows.iter().map(|row| ReplyView::of(row, actor.zone)).collect();
            Ok::<_, ServiceError>(page.page(views, total))
        })
        .await?;
    Ok(Answer::ok(&list))
}
