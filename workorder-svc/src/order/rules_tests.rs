//! Who may do what, by hand: states, people, and the order in which refusals are told.

use shared_model::permission::RolePermissions;

use super::*;
use crate::approval::chain::{Seat, StepMode};
use crate::order::kind::OrderKind;
use crate::order::sample::{order, person};

fn viewer(id: &str, role: Role) -> Viewer {
    let roles = vec![role];
    let permissions = RolePermissions::default().of(&roles);
    Viewer { id: UserId::from(id), roles, permissions, stands_in_for: vec![] }
}

fn creator() -> Viewer {
    viewer("manager", Role::EcManager)
}

fn approver() -> Viewer {
    viewer("group", Role::GroupManagerAdmin)
}

/// The sample in a state, with the approver that state has.
fn in_state(state: OrderState) -> Order {
    let mut order = order();
    order.state = state;
    order.approver = match state {
        OrderState::Approving => order.approver,
        OrderState::IcpFailed | OrderState::Rejected | OrderState::BpmReject => Some(order.creator.clone()),
        OrderState::Draft
        | OrderState::IcpChecking
        | OrderState::Dispatching
        | OrderState::BpmProcessing
        | OrderState::Finished
        | OrderState::Withdrawn => None,
    };
    order
}

fn allowed(state: OrderState, viewer: &Viewer) -> Vec<Action> {
    allowed_actions(&in_state(state), viewer, CreatorStanding::InService)
}

fn refusal(order: &Order, viewer: &Viewer, action: Action) -> &'static str {
    permit(order, viewer, action, CreatorStanding::InService).unwrap_err().code.code
}

#[test]
fn the_creator_may_in_each_state() {
    use Action as A;
    let expected: [(OrderState, &[Action]); 10] = [
        (OrderState::Draft, &[A::Submit, A::Withdraw, A::Comment]),
        (OrderState::IcpChecking, &[A::Withdraw, A::Comment]),
        (OrderState::IcpFailed, &[A::Modify, A::Withdraw, A::Comment]),
        (OrderState::Approving, &[A::Withdraw, A::Urge, A::Comment]),
        (OrderState::Rejected, &[A::Modify, A::Withdraw, A::Comment]),
        (OrderState::Dispatching, &[A::Comment]),
        (OrderState::BpmProcessing, &[A::Comment]),
        (OrderState::BpmReject, &[A::Modify, A::Withdraw, A::Comment]),
        (OrderState::Finished, &[A::Comment]),
        (OrderState::Withdrawn, &[A::Comment]),
    ];
    for (state, actions) in expected {
        assert_eq!(allowed(state, &creator()), actions, "{state:?}");
    }
}

#[test]
fn the_approver_may_in_each_state() {
    use Action as A;
    let expected: [(OrderState, &[Action]); 10] = [
        (OrderState::Draft, &[A::Comment]),
        (OrderState::IcpChecking, &[A::IcpChecked, A::Comment]),
        (OrderState::IcpFailed, &[A::IcpChecked, A::Comment]),
        (OrderState::Approving, &[A::Approve, A::Reject, A::Transfer, A::IcpChecked, A::Comment]),
        (OrderState::Rejected, &[A::Comment]),
        (OrderState::Dispatching, &[A::Comment]),
        (OrderState::BpmProcessing, &[A::Comment]),
        (OrderState::BpmReject, &[A::Comment]),
        (OrderState::Finished, &[A::Comment]),
        (OrderState::Withdrawn, &[A::Comment]),
    ];
    for (state, actions) in expected {
        assert_eq!(allowed(state, &approver()), actions, "{state:?}");
    }
}

#[test]
fn the_platform_administrator_recalls_but_decides_only_what_is_theirs() {
    let admin = viewer("admin", Role::PlatformAdmin);
    assert_eq!(allowed(OrderState::Dispatching, &admin), [Action::Recall, Action::Comment]);
    assert_eq!(allowed(OrderState::Approving, &admin), [Action::IcpChecked, Action::Urge, Action::Comment]);
    assert_eq!(allowed(OrderState::Rejected, &admin), [Action::Comment]);
}

#[test]
fn when_the_creator_left_the_platform_administrator_withdraws_or_transfers() {
    let admin = viewer("admin", Role::PlatformAdmin);
    for state in [OrderState::Draft, OrderState::IcpFailed, OrderState::Rejected, OrderState::BpmReject] {
        for action in [Action::Withdraw, Action::Transfer] {
            let order = in_state(state);
            assert_eq!(permit(&order, &admin, action, CreatorStanding::Left), Ok(()), "{state:?} {action:?}");
            assert!(permit(&order, &approver(), action, CreatorStanding::Left).is_err());
        }
    }
    let approving = in_state(OrderState::Approving);
    assert_eq!(permit(&approving, &admin, Action::Withdraw, CreatorStanding::Left), Ok(()));
    let transfer = permit(&approving, &admin, Action::Transfer, CreatorStanding::Left).unwrap_err();
    assert_eq!(transfer.code.code, "order.not_approver");
}

#[test]
fn the_permission_comes_first_then_sight_then_the_state_then_the_person() {
    let stranger = viewer("other", Role::EcManager);
    let approving = in_state(OrderState::Approving);
    assert_eq!(refusal(&approving, &stranger, Action::Approve), "auth.forbidden");
    assert_eq!(refusal(&approving, &stranger, Action::Withdraw), "not_found");
    let other_admin = viewer("group2", Role::GroupManagerAdmin);
    assert_eq!(refusal(&in_state(OrderState::Finished), &other_admin, Action::Approve), "order.state_conflict");
    assert_eq!(refusal(&approving, &other_admin, Action::Approve), "order.not_approver");
}

#[test]
fn nobody_approves_their_own_order_even_when_they_are_its_approver() {
    let mut own = in_state(OrderState::Approving);
    own.creator = person("group", Role::GroupManagerAdmin);
    for action in [Action::Approve, Action::Reject, Action::Transfer, Action::IcpChecked] {
        assert_eq!(refusal(&own, &approver(), action), "order.self_approval");
    }
}

/// A step of three that all decide, of whom the first has approved.
fn countersigned() -> Order {
    let mut order = in_state(OrderState::Approving);
    let seat = |id: &str| Seat { person: person(id, Role::GroupManagerAdmin), approved: id == "group" };
    order.route.chain.0[0].mode = StepMode::All;
    order.route.seats = ["group", "second", "third"].map(seat).to_vec();
    order.approver = Some(person("second", Role::GroupManagerAdmin));
    order
}

#[test]
fn where_all_decide_each_does_so_once() {
    let order = countersigned();
    for id in ["second", "third"] {
        let viewer = viewer(id, Role::GroupManagerAdmin);
        for action in [Action::Approve, Action::Reject, Action::Transfer] {
            assert_eq!(permit(&order, &viewer, action, CreatorStanding::InService), Ok(()), "{id} {action:?}");
        }
    }
    assert_eq!(refusal(&order, &approver(), Action::Approve), "order.not_approver");
    let ids: Vec<_> = order.holders().into_iter().map(|holder| holder.id.as_str()).collect();
    assert_eq!(ids, ["second", "third"]);
}

#[test]
fn a_substitute_decides_in_the_place_of_whoever_named_them_and_in_their_own_first() {
    let order = countersigned();
    let mut substitute = viewer("substitute", Role::GroupManagerAdmin);
    assert_eq!(refusal(&order, &substitute, Action::Approve), "order.not_approver");
    substitute.stands_in_for = vec!["third".into()];
    assert_eq!(permit(&order, &substitute, Action::Approve, CreatorStanding::InService), Ok(()));
    assert_eq!(place_of(&order, &substitute).unwrap().id.as_str(), "third");
    let second = Viewer { stands_in_for: vec!["third".into()], ..viewer("second", Role::GroupManagerAdmin) };
    assert_eq!(place_of(&order, &second).unwrap().id.as_str(), "second");
    let finished = in_state(OrderState::Finished);
    assert_eq!(refusal(&finished, &substitute, Action::Approve), "order.state_conflict");
}

#[test]
fn a_substitute_acts_in_the_common_role_alone_and_never_on_their_own_order() {
    let order = countersigned();
    let roles = vec![Role::Operator];
    let permissions = vec![Permission::WoOrderApprove, Permission::WoOrderDetail];
    let id = UserId::from("elsewhere");
    let other_role = Viewer { id, roles, permissions, stands_in_for: vec!["third".into()] };
    assert_eq!(refusal(&order, &other_role, Action::Approve), "order.not_approver");
    let mut own = countersigned();
    own.creator = person("substitute", Role::GroupManagerAdmin);
    let creator = Viewer { stands_in_for: vec!["third".into()], ..viewer("substitute", Role::GroupManagerAdmin) };
    assert_eq!(refusal(&own, &creator, Action::Approve), "order.self_approval");
    assert_eq!(place_of(&own, &creator), None);
}

#[test]
fn a_substitute_who_sees_nothing_else_sees_what_waits_for_the_absent() {
    let mut order = countersigned();
    let sa = |id: &str| Seat { person: person(id, Role::Sa), approved: false };
    order.route.seats = vec![sa("away")];
    order.approver = Some(person("away", Role::Sa));
    let mut substitute = viewer("other-sa", Role::Sa);
    assert!(!is_visible(&order, &substitute));
    substitute.stands_in_for = vec!["away".into()];
    assert!(is_visible(&order, &substitute));
    order.state = OrderState::Rejected;
    assert!(!is_visible(&order, &substitute));
}

#[test]
fn an_order_is_urged_while_a_person_has_it_who_is_not_its_creator() {
    let mut processed = in_state(OrderState::BpmProcessing);
    assert_eq!(refusal(&processed, &creator(), Action::Urge), "order.state_conflict");
    processed.assignee = Some(person("sa", Role::Sa));
    assert_eq!(permit(&processed, &creator(), Action::Urge, CreatorStanding::InService), Ok(()));
    let waiting = Order { approver: None, ..in_state(OrderState::Approving) };
    assert_eq!(refusal(&waiting, &creator(), Action::Urge), "order.state_conflict");
    let ids: Vec<_> = urged(&countersigned()).into_iter().map(|person| person.id.0.clone()).collect();
    assert_eq!(ids, ["second", "third"]);
}

#[test]
fn the_state_is_examined_before_the_person() {
    let mut finished = in_state(OrderState::Finished);
    finished.creator = person("group", Role::GroupManagerAdmin);
    assert_eq!(refusal(&finished, &approver(), Action::Approve), "order.state_conflict");
}

#[test]
fn a_refusal_for_the_state_names_it() {
    let refusal =
        permit(&in_state(OrderState::Finished), &creator(), Action::Withdraw, CreatorStanding::InService).unwrap_err();
    let problem = Problem::from(refusal);
    assert_eq!((problem.code.status, &problem.extra["state"]), (409, &"finished".into()));
}

#[test]
fn who_took_part_sees_the_order_and_who_administers_sees_all() {
    let mut order = in_state(OrderState::BpmProcessing);
    assert!(!is_visible(&order, &viewer("sa", Role::Sa)));
    order.assignee = Some(person("sa", Role::Sa));
    assert!(is_visible(&order, &viewer("sa", Role::Sa)));
    assert!(!is_visible(&order, &viewer("manager2", Role::ProvinceManager)));
    assert!(is_visible(&order, &creator()) && is_visible(&order, &approver()));
    for role in [Role::GroupManagerAdmin, Role::Operator, Role::PlatformAdmin] {
        assert!(is_visible(&order, &viewer("someone", role)), "{role:?}");
    }
    for role in [Role::ProvinceSa, Role::GlobalAreaManager, Role::User, Role::PeAdmin] {
        assert!(!is_visible(&order, &viewer("someone", role)), "{role:?}");
    }
}

#[test]
fn every_open_order_is_in_somebodys_hands() {
    let names: Vec<_> = OrderState::ALL
        .into_iter()
        .map(|state| {
            let order = in_state(state);
            let holder = Holder::of(&order);
            holder.person().map(|person| person.id.0.clone()).or_else(|| holder.system().map(|name| name.zh.into()))
        })
        .collect();
    let expected = [
        Some("manager"),
        Some("备案系统"),
        Some("manager"),
        Some("group"),
        Some("manager"),
        Some("BPM接口"),
        Some("BPM接口"),
        Some("manager"),
        None,
        None,
    ];
    assert_eq!(names, expected.map(|name| name.map(str::to_owned)));
    let mut processed = in_state(OrderState::BpmProcessing);
    processed.assignee = Some(person("sa", Role::Sa));
    assert_eq!(Holder::of(&processed).person().unwrap().id.as_str(), "sa");
    processed.kind = OrderKind::ProductSuspend;
    assert_eq!(Holder::of(&processed), Holder::Billing);
}
