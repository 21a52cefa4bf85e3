//! `GET /tmf-api/serviceOrdering/v4/cancelServiceOrder/{id}`.

use actix_web::web;
use shared_model::server::answer::Answer;
use shared_model::server::body::Query;
use shared_model::server::caller::{Caller, ReaderLanguage};

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::rules::Viewer;
use crate::service_order::cancel::repo::{self, Sought};
use crate::service_order::cancel::view;
use crate::service_order::face::Reader;
use crate::service_order::filter::Window;
use crate::service_order::resource;
use crate::service_order::selection::Selection;
use crate::service_order::show::FieldsQuery;

/// 取消请求 / Retrieve a cancellation
#[utoipa::path(
    get,
    path = "/tmf-api/serviceOrdering/v4/cancelServiceOrder/{id}",
    tag = "TMF641 服务订单 Service orders",
    operation_id = "tmf641_retrieveCancelServiceOrder",
    params(("id" = String, Path, description = "取消请求编号 / cancellation id"), FieldsQuery),
    responses(
        (status = 200, body = resource::CancelServiceOrder),
        (status = 404, description = "不存在或无权查看 / none for this caller"),
    )
)]
pub async fn show(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    id: web::Path<String>,
    Query(query): Query<FieldsQuery>,
) -> Result<Answer, ServiceError> {
    let id: i64 = id.parse().map_err(|_| ServiceError::not_found())?;
    let (viewer, now) = (Viewer::from(&caller), desk.clock.now());
    let sought = Sought { ids: Some(vec![id]), orders: None };
    let window = Window { offset: 0, limit: 1 };
    let (found, _) = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            repo::list(conn, &sought, &viewer, window)
        })
        .await?;
    let found = found.first().ok_or_else(ServiceError::not_found)?;
    let given = view::resource(found, Reader { language, zone: desk.policy.zone });
    Ok(Answer::ok(&Selection::apply(Selection::parse(query.fields.as_deref()).as_ref(), given)))
}
