//! `GET /workorder/batch/{id}`: how far a batch order has come, without its ten thousand domains.

use actix_web::web;
use diesel::prelude::*;
use serde::Serialize;
use shared_model::ids::OrderId;
use shared_model::server::answer::Answer;
use shared_model::server::caller::{Caller, ReaderLanguage};
use shared_model::server::database::{Connection, StoreError};
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::access::get_visible;
use crate::order::model::{Legality, Order};
use crate::order::rules::Viewer;
use crate::order::state::OrderState;
use crate::schema::{batch_self_domain, configure_list};

/// How far a batch order has come.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchProgress {
    pub id: OrderId,
    pub code: String,
    /// Where the order stands.
    pub state: OrderState,
    pub state_name: String,
    /// The sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Rows of the sheet with a domain; 0 in a draft, whose sheet is read when it is submitted.
    pub rows: i64,
    /// Rows whose domain the ICP check has decided; all of them where none is needed.
    pub checked: i64,
    /// Rows whose domain was found unlawful.
    pub faulty: i64,
    /// Rows in `batch_self_domain`: none after BPM returned the order, until it is submitted again.
    pub stored: i64,
    pub icp: IcpCounts,
}

/// How the ICP check has found the domains so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct IcpCounts {
    pub total: i64,
    /// Lawful and unlawful.
    pub done: i64,
    pub pending: i64,
    pub lawful: i64,
    pub unlawful: i64,
    /// The registry did not answer; it is asked again.
    pub unknown: i64,
}

/// 批量工单进度 / Progress of a batch order
#[utoipa::path(
    get,
    path = "/workorder/batch/{id}",
    tag = "批量 Batch",
    params(("id" = i64, Path, description = "工单编号 / the order's id")),
    responses(
        (status = 200, body = BatchProgress),
        (status = 404, description = "没有此批量工单，或不可见 / no such batch order, or not visible"),
    )
)]
pub async fn progress(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    id: web::Path<i64>,
) -> Result<Answer, ServiceError> {
    let (id, viewer, now) = (OrderId(*id), Viewer::from(&caller), desk.clock.now());
    let progress = desk
        .db
        .read(move |conn| {
            let viewer = viewer.standing_in(conn, now)?;
            let order = get_visible(conn, id, &viewer)?;
            if !order.batch {
                return Err(ServiceError::not_found());
            }
            let (icp, stored) = (count(conn, id)?, count_stored(conn, id)?);
            let state_name = order.state.name().in_language(language).to_owned();
            Ok((of(&order, icp, stored, state_name), order.version))
        })
        .await?;
    Ok(Answer::ok(&progress.0).etag(progress.1))
}

fn of(order: &Order, icp: IcpCounts, stored: i64, state_name: String) -> BatchProgress {
    let unneeded = order.icp.completed && order.icp.success;
    BatchProgress {
        id: order.id,
        code: order.code.clone(),
        state: order.state,
        state_name,
        file_id: order.form.file_id.clone(),
        rows: icp.total,
        checked: if unneeded { icp.total } else { icp.done },
        faulty: icp.unlawful,
        stored,
        icp,
    }
}

fn count(conn: &mut Connection, id: OrderId) -> Result<IcpCounts, StoreError> {
    let rows: Vec<(String, i64)> = configure_list::table
        .filter(configure_list::order_id.eq(id.0))
        .group_by(configure_list::legality)
        .select((configure_list::legality, diesel::dsl::count_star()))
        .load(conn)?;
    let of = |legality: Legality| rows.iter().filter(|(code, _)| code == legality.code()).map(|(_, n)| n).sum::<i64>();
    let (lawful, unlawful) = (of(Legality::Lawful), of(Legality::Unlawful));
    Ok(IcpCounts {
        total: rows.iter().map(|(_, n)| n).sum(),
        done: lawful + unlawful,
        pending: of(Legality::Pending),
        lawful,
        unlawful,
        unknown: of(Legality::Unknown),
    })
}

fn count_stored(conn: &mut Connection, id: OrderId) -> Result<i64, StoreError> {
    Ok(batch_self_domain::table.filter(batch_self_domain::order_id.eq(id.0)).count().get_result(conn)?)
}
