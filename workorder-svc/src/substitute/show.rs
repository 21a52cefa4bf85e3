//! `GET /workorder/substitute`: whom the caller has named, and whether it is in force.

use actix_web::web;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use shared_model::ids::UserId;
use shared_model::local_time::with_offset;
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use shared_model::server::directory;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::substitute::repo;
use crate::substitute::rules::Substitution;

/// A substitute, and the time they stand in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubstituteView {
    pub to_user_id: UserId,
    pub to_name: String,
    pub from: DateTime<FixedOffset>,
    /// The last second of it.
    pub to: DateTime<FixedOffset>,
    /// It is in force now.
    pub active: bool,
}

impl SubstituteView {
    pub fn of(substitution: &Substitution, to_name: String, zone: Tz, now: DateTime<Utc>) -> Self {
        Self {
            to_user_id: substitution.to.clone(),
            to_name,
            from: with_offset(substitution.starts_at, zone),
            to: with_offset(last_second(substitution), zone),
            active: substitution.is_in_force(now),
        }
    }
}

/// What ends with a day is shown to end in its last second; an exact moment is shown as it was given.
fn last_second(substitution: &Substitution) -> DateTime<Utc> {
    let whole = substitution.ends_at.timestamp_subsec_micros() == 0;
    substitution.ends_at - if whole { TimeDelta::seconds(1) } else { TimeDelta::microseconds(1) }
}

/// 我的代理人 / The caller's substitute
#[utoipa::path(
    get,
    path = "/workorder/substitute",
    tag = "审批 Approval",
    responses((status = 200, body = SubstituteView), (status = 404, description = "没有设置代理人 / none is named"))
)]
pub async fn show(desk: web::Data<Desk>, caller: Caller) -> Result<Answer, ServiceError> {
    let (zone, now) = (desk.policy.zone, desk.clock.now());
    desk.db
        .read(move |conn| {
            let substitution = repo::find(conn, caller.id())?.ok_or_else(ServiceError::not_found)?;
            let name = directory::find(conn, &substitution.to)?.map(|account| account.name).unwrap_or_default();
            Ok::<_, ServiceError>(Answer::ok(&SubstituteView::of(&substitution, name, zone, now)))
        })
        .await
}
