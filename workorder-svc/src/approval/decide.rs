//! `POST /workorder/approvedecision` (审批): the current approver passes an order on, or returns it.
//! source: work-order notes 3 and 4.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared_model::ids::OrderId;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::{Command, IfMatch};
use shared_model::server::caller::Caller;
use shared_model::server::database::Connection;
use shared_model::server::idempotency::once;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::approval::decision::{self, Decider};
use crate::desk::{Desk, Policy};
use crate::error::ServiceError;
use crate::order::access::{Acting, check_version, creator_standing};
use crate::order::action::Action;
use crate::order::model::Order;
use crate::order::receipt::{self, Moved};
use crate::order::rules::{Viewer, is_visible, permit};
use crate::order::state::OrderState;
use crate::order::{remark, repo};

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Decide {
    pub id: i64,
    /// `approve` or `reject`
    #[schema(examples("approve"))]
    pub decision: String,
    /// 驳回时必填 / required to reject
    #[serde(default)]
    pub comment: Option<String>,
    /// 所见版本；更旧的答 412 / the version seen; an older one is 412
    #[serde(default)]
    pub version: Option<i64>,
}

/// 审批 / Approve or reject
#[utoipa::path(
    post,
    path = "/workorder/approvedecision",
    tag = "审批 Approval",
    request_body = Decide,
    params(("If-Match" = Option<String>, Header, description = "所见版本的 ETag，过期答 412 / the ETag seen; 412 when stale")),
    responses(
        (status = 200, body = Moved),
        (status = 403, description = "不是当前审批人，或是本人工单 / not the current approver, or one's own order"),
        (status = 409, description = "不在审批中，或产品不可订购 / not in approval, or the product is gone"),
        (status = 412, description = "版本已过期 / stale version"),
    )
)]
pub async fn decide(
    desk: web::Data<Desk>,
    caller: Caller,
    IfMatch(seen): IfMatch,
    Command { body, ticket }: Command<Decide>,
) -> Result<Answer, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(&caller));
    let verdict = Verdict::read(&body.decision, body.comment)?;
    let (id, seen) = (OrderId(body.id), body.version.or(seen));
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let order = settle(conn, &policy, (&caller, &viewer), (id, seen), &verdict, now)?;
                Ok::<_, ServiceError>(receipt::moved(&order))
            })
        })
        .await?;
    desk.nudges.all();
    Ok(answer)
}

/// What was decided, and the words that go with it.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub approves: bool,
    pub comment: Option<String>,
}

impl Verdict {
    /// Errors: 422 `order.decision_unknown`, or the fault of a comment that is not acceptable.
    pub fn read(decision: &str, comment: Option<String>) -> Result<Self, Problem> {
        let approves = match decision {
            "approve" => true,
            "reject" => false,
            _ => return Err(unknown_decision()),
        };
        Ok(Self { approves, comment: remark::optional("/comment", comment)? })
    }

    fn action(&self) -> Action {
        if self.approves { Action::Approve } else { Action::Reject }
    }
}

fn unknown_decision() -> Problem {
    let message = Text::fixed("审批结论只能是 approve 或 reject", "the decision is approve or reject");
    Problem::of_faults(vec![Fault::new("/decision", &codes::ORDER_DECISION_UNKNOWN, message)])
}

/// One decision on one order, in the caller's transaction: alone or as one of many, it is the same.
pub fn settle(
    conn: &mut Connection,
    policy: &Policy,
    (caller, viewer): (&Caller, &Viewer),
    (id, seen): (OrderId, Option<i64>),
    verdict: &Verdict,
    now: DateTime<Utc>,
) -> Result<Order, ServiceError> {
    let viewer = &viewer.clone().standing_in(conn, now)?;
    let order = repo::get_for_change(conn, id)?;
    // The state before the version, and both before the person: whoever comes second is told so.
    if is_visible(&order, viewer) && order.state == OrderState::Approving {
        check_version(&order, seen)?;
    }
    let creator = creator_standing(conn, &order)?;
    permit(&order, viewer, verdict.action(), creator).map_err(Problem::from)?;
    let decider = Decider { acting: Acting::of(caller, &order, viewer), comment: verdict.comment.clone() };
    let settle = if verdict.approves { decision::approve } else { decision::reject };
    settle(conn, policy, &order, &decider, now)
}
