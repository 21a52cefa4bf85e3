//! `POST /tmf-api/serviceOrdering/v4/serviceOrder`: submits an order by its TM Forum face; kept as a draft when its
//! content is not a valid order yet.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use shared_model::ids::OrderId;
use shared_model::problem::{Fault, Problem};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::{Caller, ReaderLanguage};
use shared_model::server::database::Connection;
use shared_model::server::idempotency::once;

use crate::desk::{Desk, Policy};
use crate::error::ServiceError;
use crate::order::access::{is_assigned_only, person};
use crate::order::model::Order;
use crate::service_order::answer::Located;
use crate::service_order::document::Document;
use crate::service_order::face::Reader;
use crate::service_order::hub::notify::{self, Event};
use crate::service_order::reading::{self, Reading};
use crate::service_order::{repo, resource};
use crate::submit::facts::{Submission, validate};
use crate::submit::form::{Filing, OrderForm};
use crate::submit::rules::Mode;
use crate::submit::submission::{self, Submitter};

/// 提交服务订单 / Create a service order
#[utoipa::path(
    post,
    path = "/tmf-api/serviceOrdering/v4/serviceOrder",
    tag = "TMF641 服务订单 Service orders",
    operation_id = "tmf641_createServiceOrder",
    request_body = resource::ServiceOrderCreate,
    params(("Idempotency-Key" = Option<String>, Header, description = "同一请求只执行一次 / makes a retry safe")),
    responses(
        (status = 201, body = resource::ServiceOrder, headers(("Location" = String)),
            description = "已受理；内容尚不完整时存为草稿 / taken; kept as a draft while its content is not a valid order"),
        (status = 400, description = "不是服务订单，逐项列出 / no service order, every fault at once"),
    )
)]
pub async fn create(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    Command { body, ticket }: Command<Map<String, Value>>,
) -> Result<Located, ServiceError> {
    reading::check_shape(&body)?;
    let reader = Reader { language, zone: desk.policy.zone };
    let assigned_only = is_assigned_only(&caller, desk.policy.assignment);
    let submitter = Submitter { person: person(&caller), assigned_only };
    let now = desk.clock.now();
    let attempt = || {
        let (policy, submitter) = (desk.policy.clone(), submitter.clone());
        let (document, ticket) = (body.clone(), ticket.clone());
        desk.db.write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let order = place(conn, &policy, &submitter, None, &document, now)?;
                notify::tell(conn, Event::Created, &order, &policy, now)?;
                let version = order.version;
                Ok(Answer::created(&repo::faced(conn, order)?.resource(reader)).etag(version))
            })
        })
    };
    let answer = match attempt().await {
        // Another order took one of the domains while we looked: seen now, it makes ours a draft.
        Err(ServiceError::Refused(problem)) if is_lost_race(&problem) => attempt().await?,
        answer => answer?,
    };
    desk.nudges.all();
    Ok(Located(answer))
}

pub fn is_lost_race(problem: &Problem) -> bool {
    !problem.faults.is_empty() && problem.faults.iter().all(|fault| fault.code.status == 409)
}

/// Submits what a document asks for if that is a valid order, else keeps it as a draft, in place of `draft` if there is
/// one; the document is kept beside it.
pub fn place(
    conn: &mut Connection,
    policy: &Policy,
    submitter: &Submitter,
    draft: Option<OrderId>,
    document: &Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let Reading { form, mut faults } = reading::read(document);
    let mut form = OrderForm { id: draft.map(|id| id.0), ..form };
    if faults.is_empty() {
        faults = shortcomings(conn, policy, submitter, &form, Mode::Submit)?;
    }
    if !faults.is_empty() {
        form.state = Some(crate::order::state::OrderState::Draft.code().to_owned());
        if !shortcomings(conn, policy, submitter, &form, Mode::Draft)?.is_empty() {
            // Not even a draft can hold it: the document alone remembers what was said.
            let OrderForm { id, requirement, state, .. } = form;
            form = OrderForm { id, requirement, state, ..OrderForm::default() };
        }
    }
    let order = submission::save(conn, policy, submitter, Filing::from(&form), now)?;
    repo::replace(conn, order.id, &Document::new(document, order.form.clone(), &faults))?;
    Ok(order)
}

/// What keeps a form from being a valid order, or a valid draft.
fn shortcomings(
    conn: &mut Connection,
    policy: &Policy,
    submitter: &Submitter,
    form: &OrderForm,
    mode: Mode,
) -> Result<Vec<Fault>, ServiceError> {
    let (person, assigned_only) = (&submitter.person.id, submitter.assigned_only);
    let submission = Submission { filing: form.into(), person, assigned_only, order: form.id.map(OrderId) };
    match validate(conn, policy, submission, mode) {
        Ok(_) => Ok(Vec::new()),
        Err(ServiceError::Refused(problem)) if !problem.faults.is_empty() => Ok(problem.faults),
        Err(error) => Err(error),
    }
}
