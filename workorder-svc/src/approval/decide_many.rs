//! `POST /workorder/approvedecision/batch` (批量审批): the same decision on many orders, each on its own. The answer says
//! of every order what became of it.

use std::collections::HashSet;

use actix_web::web;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use shared_model::ids::OrderId;
use shared_model::problem::{Fault, Problem, ProblemBody, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::{Caller, ReaderLanguage, RequestId};
use shared_model::server::idempotency::{self, Ticket, once};
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::approval::decide::{Verdict, settle};
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::receipt::{self, Moved};
use crate::order::remark;
use crate::order::rules::Viewer;

/// Most orders of one request.
const MOST: usize = 100;

/// Orders of a request that are decided at the same time: others want the database too.
const AT_ONCE: usize = 16;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecideMany {
    /// 1 到 100 个工单；重复的只审批一次 / 1 to 100 orders; one that is named twice is decided once
    #[schema(min_items = 1, max_items = 100)]
    pub ids: Vec<i64>,
    /// `approve` or `reject`
    #[schema(examples("approve"))]
    pub decision: String,
    /// 驳回时必填 / required to reject
    #[serde(default)]
    pub comment: Option<String>,
}

/// What became of each order, in the order they were named.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Outcomes {
    pub results: Vec<Outcome>,
}

/// An order that was decided, or the problem that kept it from being.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Outcome {
    Decided(Moved),
    Refused { id: i64, problem: ProblemBody },
}

/// 批量审批 / Decide many orders, each on its own
#[utoipa::path(
    post,
    path = "/workorder/approvedecision/batch",
    tag = "审批 Approval",
    request_body = DecideMany,
    responses(
        (status = 200, body = Outcomes, description = "逐单结果，包括失败的 / every order's own result, failures included"),
        (status = 422, description = "没有工单、超过 100 个、结论不明或缺少意见 / no orders, over 100, or no such decision"),
    )
)]
pub async fn decide(
    desk: web::Data<Desk>,
    caller: Caller,
    ReaderLanguage(language): ReaderLanguage,
    request_id: RequestId,
    Command { body, ticket }: Command<DecideMany>,
) -> Result<Answer, ServiceError> {
    let (ids, verdict) = read(body)?;
    if let Some(answer) = begun(&desk, ticket.clone()).await? {
        return Ok(answer);
    }
    // Some together, so that their commits are grouped; each is a transaction of its own.
    let decisions = ids.iter().map(|id| one(&desk, &caller, *id, &verdict, part(ticket.as_ref(), *id)));
    let decided: Vec<_> = futures_util::stream::iter(decisions).buffered(AT_ONCE).collect().await;
    let results = ids.into_iter().zip(decided).map(|(id, decided)| match decided {
        Ok(moved) => moved,
        Err(error) => Outcome::Refused { id, problem: Problem::from(error).body(language, &request_id.0) },
    });
    let answer = Answer::ok(&Outcomes { results: results.collect() });
    desk.nudges.all();
    finished(&desk, ticket, answer).await
}

/// Each order once, and the verdict. Errors: every fault of the request at once.
fn read(body: DecideMany) -> Result<(Vec<i64>, Verdict), Problem> {
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    let ids: Vec<i64> = body.ids.into_iter().filter(|id| seen.insert(*id)).collect();
    if ids.is_empty() || ids.len() > MOST {
        let message = Text::new(format!("请选择 1 到 {MOST} 个工单"), format!("1 to {MOST} orders"));
        faults.push(Fault::new("/ids", &codes::FIELD_INVALID, message));
    }
    match Verdict::read(&body.decision, body.comment) {
        Ok(verdict) => {
            let missing = (!verdict.approves).then(|| remark::required("/comment", verdict.comment.as_deref()).err());
            faults.extend(missing.flatten().into_iter().flat_map(|problem| problem.faults));
            if faults.is_empty() {
                return Ok((ids, verdict));
            }
        }
        Err(problem) => faults.extend(problem.faults),
    }
    Err(Problem::of_faults(faults))
}

async fn one(
    desk: &Desk,
    caller: &Caller,
    id: i64,
    verdict: &Verdict,
    ticket: Option<Ticket>,
) -> Result<Outcome, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(caller));
    let (caller, verdict) = (caller.clone(), verdict.clone());
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let order = settle(conn, &policy, (&caller, &viewer), (OrderId(id), None), &verdict, now)?;
                Ok::<_, ServiceError>(receipt::moved(&order))
            })
        })
        .await?;
    let moved: Result<Moved, _> = serde_json::from_value(answer.body.unwrap_or_default());
    moved.map(Outcome::Decided).map_err(|error| {
        tracing::error!(%error, id, "a kept decision cannot be read");
        ServiceError::of(&codes::INTERNAL)
    })
}

/// The key of one order's part: no header can hold its separator, so no caller's own key is the same.
fn part(ticket: Option<&Ticket>, id: i64) -> Option<Ticket> {
    ticket.map(|ticket| Ticket { key: format!("{}\u{1f}{id}", ticket.key), ..ticket.clone() })
}

/// The answer that was given before, if any. A run under the same key that never ended is taken up where it stopped:
/// what it decided is kept under the keys of the parts.
async fn begun(desk: &Desk, ticket: Option<Ticket>) -> Result<Option<Answer>, ServiceError> {
    let now = desk.clock.now();
    let begun = desk.db.write(move |conn| idempotency::begin::<ServiceError>(conn, ticket.as_ref(), now)).await;
    match begun {
        Err(error) if is_in_flight(&error) => Ok(None),
        begun => begun,
    }
}

/// Keeps the answer, unless another run under the same key was first: then its answer is everybody's.
async fn finished(desk: &Desk, ticket: Option<Ticket>, answer: Answer) -> Result<Answer, ServiceError> {
    let now = desk.clock.now();
    desk.db
        .write(move |conn| {
            if idempotency::complete(conn, ticket.as_ref(), &answer)? {
                return Ok(answer);
            }
            let first = idempotency::begin::<ServiceError>(conn, ticket.as_ref(), now)?;
            Ok(first.unwrap_or(answer))
        })
        .await
}

fn is_in_flight(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Refused(problem) if problem.code == &codes::IDEMPOTENCY_IN_FLIGHT)
}
