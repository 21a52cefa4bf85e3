//! Why an order stands where it stands, who acts next and why that person, and what the viewer may do and why not.
//!
//! Nothing is decided here: the words are about what the same rules decide that the calls are refused by.

use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use shared_model::ids::OrderId;
use shared_model::local_time::{list_time, with_offset};
use shared_model::role::Role;
use shared_model::text::{Language, Text};
use utoipa::ToSchema;

use crate::approval::chain::StepMode;
use crate::order::action::Action;
use crate::order::detail_view::Record;
use crate::order::model::{HistoryEntry, Legality, Order, Person};
use crate::order::rules::{CreatorStanding, permit};
use crate::order::state::{OrderEvent, OrderState};
use crate::order::view::{HolderView, Lens};

/// The answer of `/workorder/explain`, in the reader's language.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    pub id: OrderId,
    pub code: String,
    pub status: OrderState,
    pub status_name: String,
    /// Why it stands where it stands.
    #[schema(examples("等待集团客户经理管理员审批（第 1 步，共 1 步）"))]
    pub standing: String,
    /// Who acts next; nobody when it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<HolderView>,
    /// Everybody who has yet to decide, where several do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<HolderView>,
    /// In whose place the viewer may decide, being their substitute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<HolderView>,
    /// Why that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_holder: Option<String>,
    pub since: DateTime<FixedOffset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<FixedOffset>>,
    pub overdue: bool,
    /// What comes after.
    pub next: String,
    /// Every action on an order, and whether the viewer may take it.
    pub actions: Vec<ActionView>,
}

/// One action, and the rule that allows or forbids it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ActionView {
    pub action: Action,
    pub name: String,
    pub allowed: bool,
    /// The rule that allows it, or the one that forbids it.
    pub rule: String,
    /// The code a try would be answered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("order.not_approver"))]
    pub code: Option<String>,
}

impl Explanation {
    pub fn of(record: &Record, lens: &Lens<'_>) -> Self {
        let order = &record.order;
        let words = |text: Text| text.in_language(lens.language).to_owned();
        let actions = Action::ALL.into_iter().filter(|action| concerns(*action, order));
        Self {
            id: order.id,
            code: order.code.clone(),
            status: order.state,
            status_name: words(order.state.name()),
            standing: words(standing(record, lens)),
            holder: HolderView::of(order, lens.language),
            holders: HolderView::several(order),
            on_behalf_of: HolderView::represented(order, lens.viewer),
            why_holder: why_holder(record).map(words),
            since: with_offset(order.since, lens.zone),
            due_at: record.due_at.map(|at| with_offset(at, lens.zone)),
            overdue: record.due_at.is_some_and(|at| at < lens.now),
            next: words(what_next(order)),
            actions: actions.map(|action| explained(action, order, lens, record.creator)).collect(),
        }
    }
}

/// Billing's orders are finished by billing: the desk's actions are not about them.
fn concerns(action: Action, order: &Order) -> bool {
    !order.kind.is_from_billing() || action == Action::Comment
}

fn explained(action: Action, order: &Order, lens: &Lens<'_>, creator: CreatorStanding) -> ActionView {
    let words = |text: &Text| text.in_language(lens.language).to_owned();
    let name = words(&action.name());
    match permit(order, lens.viewer, action, creator) {
        Ok(()) => ActionView { action, name, allowed: true, rule: words(&action.rule()), code: None },
        Err(refusal) => {
            let rule = format!("{}{}{}", words(&refusal.text), separator(lens.language), words(&action.rule()));
            ActionView { action, name, allowed: false, rule, code: Some(refusal.code.code.to_owned()) }
        }
    }
}

fn separator(language: Language) -> &'static str {
    match language {
        Language::Chinese => "：",
        Language::English => ": ",
    }
}

fn standing(record: &Record, lens: &Lens<'_>) -> Text {
    let order = &record.order;
    match order.state {
        OrderState::Draft => Text::fixed("草稿，尚未提交", "a draft, not submitted yet"),
        OrderState::IcpChecking => icp_standing(order, lens),
        OrderState::Approving => approval_standing(order),
        OrderState::IcpFailed | OrderState::Rejected | OrderState::BpmReject => returned_standing(record),
        OrderState::Dispatching => Text::fixed(
            "审批已通过，话单正在下发给 BPM，等待其接收",
            "approved; the bill is on its way to BPM, which has not taken it yet",
        ),
        OrderState::BpmProcessing if order.kind.is_from_billing() => {
            Text::fixed("计费系统发起，由计费系统办结", "from billing, and finished by billing")
        }
        OrderState::BpmProcessing => Text::fixed("BPM 正在处理", "BPM is working on it"),
        OrderState::Finished => Text::fixed("已完成", "finished"),
        OrderState::Withdrawn => Text::fixed("已撤回，预占的域名已释放", "withdrawn; its domains are free again"),
    }
}

fn icp_standing(order: &Order, lens: &Lens<'_>) -> Text {
    let total = order.domains.len();
    let open = order.domains.iter().filter(|d| matches!(d.legality, Legality::Pending | Legality::Unknown)).count();
    let retry = order.icp.retry_at.map(|at| list_time(at, lens.zone));
    let (zh, en) = retry.map_or_else(Default::default, |at| {
        (format!("；备案系统没有答复，{at} 再试"), format!("; the registry did not answer and is asked again at {at}"))
    });
    Text::new(
        format!("正在校验备案：共 {total} 个域名，{open} 个还没有结果{zh}"),
        format!("the ICP check runs: {open} of {total} domains have no answer yet{en}"),
    )
}

fn approval_standing(order: &Order) -> Text {
    let role = order.route.role().unwrap_or(Role::PlatformAdmin).name();
    let (step, steps) = (order.route.step + 1, order.route.chain.0.len().max(1));
    let (zh, en) = several_standing(order)
        .map_or_else(Default::default, |text| (format!("，{}", text.zh), format!(", {}", text.en)));
    Text::new(
        format!("等待{}审批（第 {step} 步，共 {steps} 步{zh}）", role.zh),
        format!("waits for approval by {} (step {step} of {steps}{en})", role.en),
    )
}

/// How far a step has come that several people decide. None where one does.
fn several_standing(order: &Order) -> Option<Text> {
    let seats = &order.route.seats;
    let mode = order.route.current().filter(|_| !seats.is_empty())?.mode;
    let (name, total) = (mode.name(), seats.len());
    let approved = total - order.route.open_seats().count();
    Some(match mode {
        StepMode::All => Text::new(
            format!("{}：{total} 人中 {approved} 人已通过", name.zh),
            format!("{}: {approved} of {total} have approved", name.en),
        ),
        StepMode::Any | StepMode::One => {
            Text::new(format!("{}：{total} 人均可审批", name.zh), format!("{}: {total} people may", name.en))
        }
    })
}

/// The words of whoever returned it.
fn returned_standing(record: &Record) -> Text {
    let state = record.order.state;
    let returned = record.history.iter().rev().find(|entry| entry.to == state && entry.from != Some(state));
    let name = state.name();
    let Some(entry) = returned else { return name };
    let who = &entry.actor.name;
    match entry.comment.as_deref().filter(|comment| !comment.is_empty()) {
        Some(why) => Text::new(format!("{}（{who}）：{why}", name.zh), format!("{} ({who}): {why}", name.en)),
        None => Text::new(format!("{}（{who}）", name.zh), format!("{} ({who})", name.en)),
    }
}

fn why_holder(record: &Record) -> Option<Text> {
    let order = &record.order;
    match order.state {
        OrderState::Draft => Some(Text::fixed("草稿在发起人手里", "a draft is with its creator")),
        OrderState::IcpFailed | OrderState::Rejected | OrderState::BpmReject => Some(Text::fixed(
            "退回的工单由发起人修改后重新提交，或撤回",
            "an order that came back is modified and resubmitted, or withdrawn, by its creator",
        )),
        OrderState::IcpChecking => {
            Some(Text::fixed("域名上线前须通过备案校验", "domains must pass the ICP check before they go live"))
        }
        OrderState::Approving => Some(match &order.approver {
            Some(approver) => why_approver(record, approver),
            None => {
                Text::fixed("暂无可处理的人员，有人可用时自动分派", "nobody can decide it yet; the next who can, will")
            }
        }),
        OrderState::Dispatching => Some(Text::fixed("话单由系统自动下发", "the bill is sent by the system")),
        OrderState::BpmProcessing => order.assignee.as_ref().map(|assignee| why_assignee(order, assignee)),
        OrderState::Finished | OrderState::Withdrawn => None,
    }
}

fn why_approver(record: &Record, approver: &Person) -> Text {
    let route = &record.order.route;
    if !route.seats.is_empty() {
        return why_several(&record.order);
    }
    if let Some(moved) = last_move(&record.history) {
        let by = &moved.actor.name;
        return if moved.event == OrderEvent::Transferred.code() {
            Text::new(format!("由{by}转办"), format!("handed over by {by}"))
        } else {
            Text::fixed("原审批人已停用，重新分派", "routed again, since the former approver left")
        };
    }
    if route.returned.as_ref().is_some_and(|returned| returned.by == approver.id) {
        return Text::fixed(
            "上次由其驳回，此前已批的内容没有变化，直接回到其手里",
            "rejected it before; nothing approved before that has changed, so it goes straight back",
        );
    }
    let wanted = route.role().unwrap_or(Role::PlatformAdmin);
    let name = wanted.name();
    if approver.role == Some(Role::PlatformAdmin) && wanted != Role::PlatformAdmin {
        return Text::new(
            format!("没有可用的{}，转平台管理员处理", name.zh),
            format!("nobody is {}: given to the platform administrator", name.en),
        );
    }
    Text::new(
        format!("本步由{}审批；同角色中同省优先，其次在办最少，再次编号最小，不选发起人", name.zh),
        format!(
            "this step is for {}; among them the same province first, then the fewest open orders, then the lowest id, \
             never the creator",
            name.en
        ),
    )
}

fn why_several(order: &Order) -> Text {
    let role = order.route.role().unwrap_or(Role::PlatformAdmin).name();
    match order.route.current().map(|step| step.mode) {
        Some(StepMode::All) => Text::new(
            format!("本步由全部{}会签，发起人除外；一人驳回即驳回", role.zh),
            format!("everybody who is {} has to approve, but for the creator; one rejection rejects", role.en),
        ),
        Some(StepMode::Any | StepMode::One) | None => Text::new(
            format!("本步由{}或签，发起人除外；先处理者生效", role.zh),
            format!("whoever is {} may decide, but for the creator; the first decision counts", role.en),
        ),
    }
}

/// The hand-over or re-routing that brought it to its approver, if it did not come by the chain.
fn last_move(history: &[HistoryEntry]) -> Option<&HistoryEntry> {
    let moves = [OrderEvent::Transferred.code(), OrderEvent::Rerouted.code()];
    let moving = |entry: &&HistoryEntry| moves.contains(&entry.event.as_str()) || entry.from != Some(entry.to);
    let steps = OrderEvent::StepApproved.code();
    let last = history.iter().rev().find(|entry| moving(entry) || entry.event == steps)?;
    moves.contains(&last.event.as_str()).then_some(last)
}

/// source: work-order notes 4.
fn why_assignee(order: &Order, assignee: &Person) -> Text {
    let provincial = order.creator.role == Some(Role::ProvinceManager);
    match assignee.role {
        Some(Role::ProvinceSa) => Text::fixed(
            "发起人是省客户经理，由同省的省SA处理",
            "the creator is a provincial manager: the SA of that province handles it",
        ),
        Some(Role::GlobalAreaManager) if provincial => Text::fixed(
            "发起人所在省没有省SA，由大区经理处理",
            "the creator's province has no SA: the regional manager handles it",
        ),
        Some(Role::GlobalAreaManager) => {
            Text::fixed("没有可用的SA，由大区经理处理", "there is no SA: the regional manager handles it")
        }
        Some(Role::PlatformAdmin) => Text::fixed(
            "没有可用的SA和大区经理，由平台管理员处理",
            "there is neither an SA nor a regional manager: the platform administrator handles it",
        ),
        _ => Text::fixed("发起人不是省客户经理，由SA处理", "the creator is not a provincial manager: an SA handles it"),
    }
}

fn what_next(order: &Order) -> Text {
    match order.state {
        OrderState::Draft => Text::fixed("提交后进入备案校验或审批", "once submitted: the ICP check, or approval"),
        OrderState::IcpChecking => Text::fixed(
            "全部合法后进入审批，有不合法的退回发起人",
            "approval when all are lawful; back to the creator when one is not",
        ),
        OrderState::Approving => Text::fixed(
            "全部通过后下发 BPM，驳回则退回发起人",
            "the dispatch to BPM when all steps approve; back to the creator when rejected",
        ),
        OrderState::IcpFailed | OrderState::Rejected | OrderState::BpmReject => {
            Text::fixed("重新提交后再次校验和审批", "once resubmitted: checked and approved again")
        }
        OrderState::Dispatching => Text::fixed("BPM 接收后开始处理", "BPM starts when it has taken it"),
        OrderState::BpmProcessing if order.kind.is_from_billing() => {
            Text::fixed("计费系统恢复或注销完成后办结", "finished once billing resumes or completes it")
        }
        OrderState::BpmProcessing => Text::fixed(
            "BPM 关单后域名生效，回退则退回发起人",
            "the domains take effect when BPM closes it; back to the creator when BPM rolls back",
        ),
        OrderState::Finished | OrderState::Withdrawn => Text::fixed("没有后续", "nothing follows"),
    }
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;
