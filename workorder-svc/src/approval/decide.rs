//! `POST /workorder/approvedecision` (审批): the current approver passes an order on, or returns it.
//! source: work-order notes 3 and 4.

use actix_web::web;
use serde::Deserialize;
use shared_model::ids::OrderId;
use shared_model::problem::{Fault, Problem, codes};
use shared_model::server::answer::Answer;
use shared_model::server::body::Command;
use shared_model::server::caller::Caller;
use shared_model::server::idempotency::once;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::approval::decision::{self, Decider};
use crate::desk::Desk;
use crate::error::ServiceError;
use crate::order::access::{actor, check_version, creator_standing};
use crate::order::action::Action;
use crate::order::receipt::{self, Moved};
use crate::order::rules::{Viewer, is_visible, permit};
use crate::order::{remark, repo, state};

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
    Command { body, ticket }: Command<Decide>,
) -> Result<Answer, ServiceError> {
    let (policy, now, viewer) = (desk.policy.clone(), desk.clock.now(), Viewer::from(&caller));
    let approves = approves(&body.decision)?;
    let action = if approves { Action::Approve } else { Action::Reject };
    let comment = remark::optional("/comment", body.comment)?;
    let answer = desk
        .db
        .write(move |conn| {
            once(conn, ticket.as_ref(), now, |conn| {
                let order = repo::get_for_change(conn, OrderId(body.id))?;
                // The state before the version, and both before the person: whoever comes second is told so.
                if is_visible(&order, &viewer) && order.state == state::OrderState::Approving {
                    check_version(&order, body.version)?;
                }
                let creator = creator_standing(conn, &order)?;
                permit(&order, &viewer, action, creator).map_err(Problem::from)?;
                let decider = Decider { actor: actor(&caller, &order), comment };
                let settle = if approves { decision::approve } else { decision::reject };
                let order = settle(conn, &policy, &order, &decider, now)?;
                Ok::<_, ServiceError>(receipt::moved(&order))
            })
        })
        .await?;
    desk.nudges.all();
    Ok(answer)
}

fn approves(decision: &str) -> Result<bool, Problem> {
    match decision {
        "approve" => Ok(true),
        "reject" => Ok(false),
        _ => {
            let message = Text::fixed("审批结论只能是 approve 或 reject", "the decision is approve or reject");
            Err(Problem::of_faults(vec![Fault::new("/decision", &codes::ORDER_DECISION_UNKNOWN, message)]))
        }
    }
}
