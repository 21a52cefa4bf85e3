//! `POST /workorder/custom/check`: what save would say, with nothing written.

use std::sync::Arc;

use actix_web::web;
use serde::Serialize;
use shared_model::ids::OrderId;
use shared_model::problem::{Fault, FaultBody, Problem};
use shared_model::server::answer::Answer;
use shared_model::server::body::{Json, OWN_RULES};
use shared_model::server::caller::{Caller, ReaderLanguage};
use utoipa::ToSchema;

use crate::batch::reader::sheet_of;
use crate::batch::sheet::Sheet;
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::access::is_assigned_only;
use crate::order::repo;
use crate::order::state::OrderState;
use crate::submit::facts::{Submission, gather};
use crate::submit::form::{Filing, OrderForm};
use crate::submit::rules::{self, Mode};

/// `{"ok","errors"}`, with a sheet also how many domains it holds: who asks has not read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckAnswer {
    pub ok: bool,
    /// Rows of the sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domains: Option<usize>,
    pub errors: Vec<FaultBody>,
}

/// 预检：不写入任何数据 / Check a submission, writing nothing
#[utoipa::path(
    post,
    path = "/workorder/custom/check",
    tag = "工单 Work orders",
    request_body = OrderForm,
    responses((status = 200, body = CheckAnswer))
)]
pub async fn check(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Json(form): Json<OrderForm, OWN_RULES>,
) -> Result<Answer, ServiceError> {
    let (faults, sheet) = faults_of(&desk, &caller, form).await?;
    let domains = sheet.map(|sheet| sheet.count);
    let ok = faults.is_empty();
    let errors = if ok { Vec::new() } else { Problem::of_faults(faults).body(language, "").errors };
    Ok(Answer::ok(&CheckAnswer { ok, domains, errors }))
}

/// Everything that is wrong with a form, and its sheet if it names one that could be looked at.
pub async fn faults_of(
    desk: &Desk,
    caller: &Caller,
    form: OrderForm,
) -> Result<(Vec<Fault>, Option<Arc<Sheet>>), ServiceError> {
    let policy = desk.policy.clone();
    let assigned_only = is_assigned_only(caller, policy.assignment);
    let (person, order) = (caller.id().clone(), form.id.map(OrderId));
    let sheet = sheet_of(desk, &person, order, &form).await?;
    let read = sheet.clone();
    let faults = desk
        .db
        .read(move |conn| {
            if let Some(id) = order {
                // The caller's own draft, or an order of theirs that came back: its own rows don't count as existing.
                let own = repo::find(conn, id)?.is_some_and(|order| {
                    order.is_created_by(&person) && (order.state == OrderState::Draft || order.state.is_returned())
                });
                if !own {
                    return Err(ServiceError::not_found());
                }
            }
            let filing = Filing { form: &form, sheet: read.as_deref() };
            let facts = gather(conn, &policy, Submission { filing, person: &person, assigned_only, order })?;
            let mode = if form.is_draft() { Mode::Draft } else { Mode::Submit };
            Ok(rules::check(filing, &facts, mode).err().unwrap_or_default())
        })
        .await?;
    Ok((faults, sheet))
}
