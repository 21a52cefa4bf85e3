//! `GET /pe/review-queue`: what waits for a verdict of this reviewer, longest first, and who is at it.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use shared_model::page::{Page, PageRequest};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::text::Text;
use utoipa::{IntoParams, ToSchema};

use super::claim_record::ClaimView;
use super::queue_repo::{self, Waiting, Wanted};
use super::repo;
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::resource::{Actor, ResourceName};

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// 页码，从 1 开始 From 1.
    pub page_num: Option<i64>,
    /// 每页条数 1 to 100, default 10.
    pub page_size: Option<i64>,
    /// 只看一类记录 Records of one resource only, such as `pe-authentications`.
    pub resource: Option<String>,
    /// 只看我认领的 Only what I have claimed.
    pub mine: Option<bool>,
}

/// A record that waits for a review.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueItem {
    pub resource: ResourceName,
    pub id: i64,
    /// 名称 What people recognise it by.
    pub title: String,
    /// 认证类型 / 所属机构 The certification's type, the member's entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    pub owner_id: String,
    /// Since when it waits.
    pub waiting_since: String,
    pub version: i64,
    /// Who is at it, while the claim holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimView>,
}

#[utoipa::path(
    get, path = "/pe/review-queue", tag = "审核 Review", operation_id = "pe_reviewQueue",
    description = "等待审核的记录，等得最久的在前；只含调用者有审核权限的资源。\n\n\
        What waits for a review, longest first, of the resources whose `_Audit` the caller holds.",
    params(QueueQuery),
    responses((status = 200, description = "队列 The queue", body = Page<QueueItem>)),
)]
pub async fn queue(desk: Data<Desk>, caller: Caller, Query(query): Query<QueueQuery>) -> Result<Answer, Problem> {
    let actor = desk.actor(caller);
    let page = PageRequest::new(query.page_num, query.page_size).map_err(Problem::of_faults)?;
    let resources = resources(&query, &actor)?;
    let mine = query.mine.unwrap_or(false);
    let list = desk.db.read(move |conn| waiting(conn, &actor, &resources, page, mine)).await?;
    Ok(Answer::ok(&list))
}

fn resources(query: &QueueQuery, actor: &Actor) -> Result<Vec<ResourceName>, Problem> {
    let wanted = match &query.resource {
        None => ResourceName::ALL.to_vec(),
        Some(segment) => vec![ResourceName::from_segment(segment).ok_or_else(|| {
            let all = ResourceName::ALL.map(ResourceName::segment).join(", ");
            let message = Text::new(format!("须为 {all} 之一"), format!("must be one of {all}"));
            Problem::of_faults(vec![Fault::new("/resource", &codes::REQUEST_INVALID, message)])
        })?],
    };
    Ok(wanted.into_iter().filter(|name| actor.may(name.audit())).collect())
}

fn waiting(
    conn: &mut Connection,
    actor: &Actor,
    resources: &[ResourceName],
    page: PageRequest,
    mine: bool,
) -> Result<Page<QueueItem>, ServiceError> {
    let (mut all, mut total) = (Vec::new(), 0);
    for name in resources {
        if mine {
            let claimed = repo::list_claimed_by(conn, *name, actor.id(), actor.stored_now())?;
            let still = queue_repo::list(conn, *name, &Wanted::Among(&claimed))?;
            total += i64::try_from(still.len()).unwrap_or(i64::MAX);
            all.extend(still);
        } else {
            // The oldest of all are among the oldest of each: so many of each are enough.
            all.extend(queue_repo::list(conn, *name, &Wanted::Longest(page.offset() + page.size))?);
            total += queue_repo::count(conn, *name)?;
        }
    }
    all.sort_by_key(|waiting| (waiting.since, waiting.id));
    let items = with_claims(conn, actor, on_page(all, page))?;
    Ok(page.page(items, total))
}

fn on_page<T>(items: Vec<T>, page: PageRequest) -> Vec<T> {
    let (skip, take) = (usize::try_from(page.offset()).unwrap_or(usize::MAX), usize::try_from(page.size).unwrap_or(0));
    items.into_iter().skip(skip).take(take).collect()
}

fn with_claims(conn: &mut Connection, actor: &Actor, all: Vec<Waiting>) -> Result<Vec<QueueItem>, ServiceError> {
    let mut claims = Vec::new();
    for name in ResourceName::ALL {
        let ids: Vec<i64> = all.iter().filter(|waiting| waiting.resource == name).map(|waiting| waiting.id).collect();
        if !ids.is_empty() {
            let holding = repo::list_holding(conn, name, &ids, actor.stored_now())?;
            claims.extend(holding.iter().map(|(id, claim)| ClaimView::of(name, *id, claim, actor)));
        }
    }
    let item = |waiting: Waiting| QueueItem {
        claim: claims.iter().find(|c| c.resource == waiting.resource && c.id == waiting.id).cloned(),
        resource: waiting.resource,
        id: waiting.id,
        title: waiting.title,
        subtitle: waiting.subtitle,
        owner_id: waiting.owner_id,
        waiting_since: actor.shown(waiting.since),
        version: waiting.version,
    };
    Ok(all.into_iter().map(item).collect())
}
