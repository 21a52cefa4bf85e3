//! `PUT /workorder/substitute` (设置代理人): who decides for the caller while they are away.

use actix_web::web;
use serde::Deserialize;
use shared_model::ids::UserId;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::directory;
use shared_model::server::idempotency::once;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::list_filter::moment;
use crate::substitute::repo;
use crate::substitute::rules::Substitution;
use crate::substitute::show::SubstituteView;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NameSubstitute {
    /// 同角色的在职人员 / an enabled holder of the same role
    #[schema(examples("100006"))]
    pub to_user_id: String,
    /// 起：yyyy-MM-dd、yyyy-MM-dd HH:mm 或 RFC 3339 / from
    #[schema(examples("2026-12-01"))]
    pub from: String,
    /// 止，含；一天到当天结束 / until, inclusive: a day ends with the day
    #[schema(examples("2026-12-07"))]
    pub to: String,
}

/// 设置代理人 / Name a substitute, in place of the one before
#[utoipa::path(
    put,
    path = "/workorder/substitute",
    tag = "审批 Approval",
    request_body = NameSubstitute,
    responses(
        (status = 200, body = SubstituteView),
        (status = 400, description = "时间无法解析 / a time that cannot be read"),
        (status = 422, description = "不是同角色的在职人员，或时间段无效 / not this person, or not this period"),
    )
)]
pub async fn name(
    desk: web::Data<Desk>,
    caller: Caller,
    Command { body, ticket }: Command<NameSubstitute>,
) -> Result<Answer, ServiceError> {
    let (zone, now) = (desk.policy.zone, desk.clock.now());
    let substitution = read(&body, caller.id(), zone)?;
    desk.db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let to = directory::find(conn, &substitution.to)?;
                let faults = substitution.check(caller.roles(), to.as_ref(), now);
                if !faults.is_empty() {
                    return Err(Problem::of_faults(faults).into());
                }
                repo::put(conn, &substitution, now)?;
                let name = to.map(|account| account.name).unwrap_or_default();
                Ok::<_, ServiceError>(Answer::ok(&SubstituteView::of(&substitution, name, zone, now)))
            })
        })
        .await
}

/// Errors: every time that cannot be read.
fn read(body: &NameSubstitute, user: &UserId, zone: chrono_tz::Tz) -> Result<Substitution, Problem> {
    let mut faults = Vec::new();
    let mut at = |text: &str, pointer: &str| {
        let found = moment(&Some(text.to_owned()), pointer, zone, &mut faults);
        if found.is_none() && text.trim().is_empty() {
            let message = shared_model::text::Text::fixed("请填写时间", "a time is required");
            faults.push(Fault::new(pointer, &codes::REQUEST_INVALID, message));
        }
        found
    };
    let (from, to) = (at(&body.from, "/from"), at(&body.to, "/to"));
    match (from, to) {
        (Some((starts_at, _)), Some((_, ends_at))) => {
            let to = UserId::from(body.to_user_id.trim());
            Ok(Substitution { user: user.clone(), to, starts_at, ends_at })
        }
        _ => Err(Problem::of_faults(faults)),
    }
}
