//! Who may do what to an order, and who holds it. The same code decides, lists the allowed actions, and explains.
//!
//! An action is looked at in this order: the permission, whether the order is visible at all, its state, then the
//! person. source: work-order contract, "States" and "Calls".

use shared_model::ids::UserId;
use shared_model::permission::Permission;
use shared_model::problem::{Code, Problem, codes};
use shared_model::role::Role;
use shared_model::text::Text;

use crate::order::action::Action;
use crate::order::model::{Order, Person};
use crate::order::state::{OrderEvent, OrderState, next};
use crate::split::parts::is_divisible;

/// Who is looking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub id: UserId,
    pub roles: Vec<Role>,
    pub permissions: Vec<Permission>,
    /// Whom they are the substitute of now.
    pub stands_in_for: Vec<UserId>,
}

impl Viewer {
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Decides for this person while they are away: in a role that both hold.
    pub fn substitutes(&self, person: &Person) -> bool {
        self.stands_in_for.contains(&person.id) && person.role.is_some_and(|role| self.has(role))
    }

    /// Sees every order: those who administer, and those who operate.
    pub fn sees_all(&self) -> bool {
        [Role::GroupManagerAdmin, Role::Operator, Role::PlatformAdmin].into_iter().any(|role| self.has(role))
    }
}

/// Whether the creator's account is still enabled. When it is not, PLATFORM_ADMIN stands in, so that no order is left
/// with nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreatorStanding {
    InService,
    Left,
}

/// Why an action is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub code: &'static Code,
    pub text: Text,
    /// The state that is in the way, where it is the state.
    pub state: Option<OrderState>,
}

impl Refusal {
    fn new(code: &'static Code, zh: &'static str, en: &'static str) -> Self {
        Self { code, text: Text::fixed(zh, en), state: None }
    }

    fn of_state(state: OrderState) -> Self {
        let name = state.name();
        let text = Text::new(
            format!("工单当前为“{}”，不允许此操作", name.zh),
            format!("the order is “{}”, which does not allow this", name.en),
        );
        Self { code: &codes::ORDER_STATE_CONFLICT, text, state: Some(state) }
    }

    fn of_permission(permission: Permission) -> Self {
        let code = permission.code();
        let text = Text::new(format!("需要权限 {code}"), format!("permission {code} is required"));
        Self { code: &codes::FORBIDDEN, text, state: None }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(refusal.code).detail(refusal.text);
        match refusal.state {
            Some(state) => problem.with("state", state.code()),
            None => problem,
        }
    }
}

/// Whether the viewer may know of the order at all: else it answers like one that does not exist.
pub fn is_visible(order: &Order, viewer: &Viewer) -> bool {
    viewer.sees_all() || order.has_participant(&viewer.id) || is_waiting_for(order, viewer)
}

/// In whose place the viewer would decide the order: their own comes before that of somebody they stand in for. The
/// creator decides in nobody's.
pub fn place_of<'a>(order: &'a Order, viewer: &Viewer) -> Option<&'a Person> {
    if order.state != OrderState::Approving || order.is_created_by(&viewer.id) {
        return None;
    }
    let holders = order.holders();
    let own = holders.iter().find(|holder| holder.id == viewer.id);
    own.or_else(|| holders.iter().find(|holder| viewer.substitutes(holder))).copied()
}

/// Whether the desk waits for the viewer, or for somebody they stand in for.
pub fn is_waiting_for(order: &Order, viewer: &Viewer) -> bool {
    order.is_handled_by(&viewer.id) || place_of(order, viewer).is_some()
}

/// Whether the viewer may take the action now.
pub fn permit(order: &Order, viewer: &Viewer, action: Action, creator: CreatorStanding) -> Result<(), Refusal> {
    if !viewer.may(action.permission()) {
        return Err(Refusal::of_permission(action.permission()));
    }
    if !is_visible(order, viewer) {
        return Err(Refusal::new(&codes::NOT_FOUND, "工单不存在", "there is no such order"));
    }
    let stands_in = creator == CreatorStanding::Left && viewer.has(Role::PlatformAdmin);
    if !state_allows(order.state, action, stands_in) {
        return Err(Refusal::of_state(order.state));
    }
    match action {
        Action::Comment | Action::Recall => Ok(()),
        Action::Urge => somebody_to_urge(order),
        Action::Submit | Action::Modify => creator_only(order, viewer),
        Action::Split => creator_only(order, viewer).and_then(|()| divisible(order)),
        Action::Withdraw if stands_in => Ok(()),
        Action::Withdraw => creator_only(order, viewer),
        Action::Approve | Action::Reject => approver_only(order, viewer),
        Action::Transfer if stands_in && order.state != OrderState::Approving => Ok(()),
        Action::Transfer => approver_only(order, viewer),
        Action::IcpChecked => not_the_creator(order, viewer),
    }
}

/// What the viewer may do now, in the order actions are shown.
pub fn allowed_actions(order: &Order, viewer: &Viewer, creator: CreatorStanding) -> Vec<Action> {
    Action::ALL.into_iter().filter(|action| permit(order, viewer, *action, creator).is_ok()).collect()
}

/// The state machine says where an action is possible at all.
fn state_allows(state: OrderState, action: Action, stands_in: bool) -> bool {
    match action {
        Action::Comment => true,
        Action::Submit => next(state, OrderEvent::Submitted).is_ok(),
        Action::Modify => next(state, OrderEvent::Resubmitted).is_ok(),
        Action::Split => next(state, OrderEvent::Split).is_ok(),
        Action::Withdraw => next(state, OrderEvent::Withdrawn).is_ok(),
        Action::Approve => next(state, OrderEvent::Approved).is_ok(),
        Action::Reject => next(state, OrderEvent::Rejected).is_ok(),
        // An order whose creator left goes to another manager while it waits for its creator.
        Action::Transfer => next(state, OrderEvent::Transferred).is_ok() || (stands_in && state.is_modifiable()),
        Action::IcpChecked => next(state, OrderEvent::LegalityCorrected).is_ok(),
        Action::Recall => next(state, OrderEvent::Recalled).is_ok(),
        Action::Urge => {
            matches!(state, OrderState::Approving | OrderState::Dispatching | OrderState::BpmProcessing)
        }
    }
}

/// Whom it makes sense to urge: those who decide, and the BPM person from the moment they are chosen.
pub fn urged(order: &Order) -> Vec<&Person> {
    match order.state {
        OrderState::Approving => order.holders(),
        OrderState::Dispatching | OrderState::BpmProcessing => order.assignee.iter().collect(),
        OrderState::Draft
        | OrderState::IcpChecking
        | OrderState::IcpFailed
        | OrderState::Rejected
        | OrderState::BpmReject
        | OrderState::Finished
        | OrderState::Withdrawn => Vec::new(),
    }
}

fn somebody_to_urge(order: &Order) -> Result<(), Refusal> {
    if urged(order).is_empty() {
        let text = Text::fixed("工单目前没有处理人，无人可催", "nobody has the order in hand who could be urged");
        return Err(Refusal { code: &codes::ORDER_STATE_CONFLICT, text, state: Some(order.state) });
    }
    Ok(())
}

fn divisible(order: &Order) -> Result<(), Refusal> {
    if is_divisible(order) {
        return Ok(());
    }
    let (zh, en) = ("没有可以单独继续的合法域名", "there are no lawful domains that could go on without the others");
    Err(Refusal::new(&codes::ORDER_NOT_DIVISIBLE, zh, en))
}

fn creator_only(order: &Order, viewer: &Viewer) -> Result<(), Refusal> {
    if order.is_created_by(&viewer.id) {
        return Ok(());
    }
    Err(Refusal::new(&codes::ORDER_NOT_CREATOR, "只有发起人可以操作", "only the creator may do this"))
}

fn not_the_creator(order: &Order, viewer: &Viewer) -> Result<(), Refusal> {
    if !order.is_created_by(&viewer.id) {
        return Ok(());
    }
    let (zh, en) = ("不能审批或更正自己提交的工单", "nobody approves or corrects their own order");
    Err(Refusal::new(&codes::ORDER_SELF_APPROVAL, zh, en))
}

fn approver_only(order: &Order, viewer: &Viewer) -> Result<(), Refusal> {
    not_the_creator(order, viewer)?;
    if place_of(order, viewer).is_some() {
        return Ok(());
    }
    let names: Vec<&str> = order.holders().into_iter().map(|holder| holder.name.as_str()).collect();
    let text = if names.is_empty() {
        Text::fixed("工单正在等待分派审批人", "the order waits for an approver")
    } else {
        Text::new(format!("当前审批人是{}", names.join("、")), format!("the current approver is {}", names.join(", ")))
    };
    Err(Refusal { code: &codes::ORDER_NOT_APPROVER, text, state: None })
}

/// Who has the order in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder<'a> {
    Person(&'a Person),
    /// 备案系统: the ICP check runs.
    IcpRegistry,
    /// BPM接口: on its way to BPM, or there without a person known.
    BpmInterface,
    /// 计费系统: an order of billing that billing itself will finish.
    Billing,
    /// In approval with nobody who could decide it, until somebody can.
    Unassigned,
    /// Closed.
    Nobody,
}

impl<'a> Holder<'a> {
    pub fn of(order: &'a Order) -> Self {
        match order.state {
            OrderState::Draft => Self::Person(&order.creator),
            OrderState::IcpFailed | OrderState::Rejected | OrderState::BpmReject => {
                Self::Person(order.approver.as_ref().unwrap_or(&order.creator))
            }
            OrderState::IcpChecking => Self::IcpRegistry,
            OrderState::Approving => order.approver.as_ref().map_or(Self::Unassigned, Self::Person),
            OrderState::Dispatching => Self::BpmInterface,
            OrderState::BpmProcessing if order.kind.is_from_billing() => Self::Billing,
            OrderState::BpmProcessing => order.assignee.as_ref().map_or(Self::BpmInterface, Self::Person),
            OrderState::Finished | OrderState::Withdrawn => Self::Nobody,
        }
    }

    pub fn person(&self) -> Option<&'a Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::IcpRegistry | Self::BpmInterface | Self::Billing | Self::Unassigned | Self::Nobody => None,
        }
    }

    /// A system or a queue by its name. None for a person and for closed orders.
    pub const fn system(&self) -> Option<Text> {
        match self {
            Self::IcpRegistry => Some(Text::fixed("备案系统", "ICP registry")),
            Self::BpmInterface => Some(Text::fixed("BPM接口", "BPM interface")),
            Self::Billing => Some(Text::fixed("BBOSS", "BBOSS")),
            Self::Unassigned => Some(Text::fixed("待分派", "Waiting for an approver")),
            Self::Person(_) | Self::Nobody => None,
        }
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
