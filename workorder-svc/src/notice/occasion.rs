//! Who is told what when an order moves. Pure.

use shared_model::ids::UserId;

use crate::notice::kind::NoticeKind;
use crate::order::model::{Order, Person};
use crate::order::rules::Holder;
use crate::order::state::{OrderEvent, OrderState};

/// The notices of a move, each with the one it is for. Nobody is told of what they did themselves.
pub fn of_move(before: &Order, after: &Order, event: OrderEvent, by: Option<&UserId>) -> Vec<(NoticeKind, UserId)> {
    let mut told = Vec::new();
    let mut tell = |kind: NoticeKind, person: &Person| {
        let is_billing = person.role.is_none();
        let known = told.iter().any(|(_, id)| *id == person.id);
        if by != Some(&person.id) && !is_billing && !known {
            told.push((kind, person.id.clone()));
        }
    };
    if let Some(kind) = for_creator(event) {
        tell(kind, &after.creator);
    }
    let waiting =
        if event == OrderEvent::Transferred { NoticeKind::TransferredToYou } else { NoticeKind::WaitingForYou };
    for person in in_hands_of(after).into_iter().filter(|person| begins_to_hold(person, before, after)) {
        tell(waiting, person);
    }
    if event == OrderEvent::Withdrawn && before.state == OrderState::Approving {
        for approver in before.holders() {
            tell(NoticeKind::OrderWithdrawn, approver);
        }
    }
    told
}

/// The people who have an order in hand: several where several decide a step.
pub fn in_hands_of(order: &Order) -> Vec<&Person> {
    match order.state {
        OrderState::Approving => order.holders(),
        OrderState::Draft
        | OrderState::IcpChecking
        | OrderState::IcpFailed
        | OrderState::Rejected
        | OrderState::Dispatching
        | OrderState::BpmProcessing
        | OrderState::BpmReject
        | OrderState::Finished
        | OrderState::Withdrawn => Holder::of(order).person().into_iter().collect(),
    }
}

fn begins_to_hold(person: &Person, before: &Order, after: &Order) -> bool {
    let another_turn = before.state != after.state || before.route.step != after.route.step;
    another_turn || !in_hands_of(before).iter().any(|held| held.id == person.id)
}

/// What the creator should know of.
fn for_creator(event: OrderEvent) -> Option<NoticeKind> {
    use OrderEvent as E;
    match event {
        E::Approved => Some(NoticeKind::OrderApproved),
        E::Rejected => Some(NoticeKind::OrderRejected),
        E::IcpFailed | E::MadeUnlawful | E::RolledBack => Some(NoticeKind::OrderReturned),
        E::Closed | E::BillingSettled => Some(NoticeKind::OrderFinished),
        E::Submitted
        | E::SubmittedUnchecked
        | E::IcpPassed
        | E::MadeLawful
        | E::LegalityCorrected
        | E::Countersigned
        | E::StepApproved
        | E::DispatchAccepted
        | E::StageReported
        | E::Recalled
        | E::Split
        | E::Resubmitted
        | E::ResubmittedUnchecked
        | E::Withdrawn
        | E::Transferred
        | E::Rerouted => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use shared_model::role::Role;

    use super::*;
    use crate::approval::chain::Seat;
    use crate::order::sample::order;

    fn person(id: &str, role: Role) -> Person {
        Person { id: UserId::from(id), role: Some(role), ..order().creator }
    }

    fn at(state: OrderState, approver: Option<&str>) -> Order {
        let approver = approver.map(|id| person(id, Role::GroupManagerAdmin));
        Order { state, approver, assignee: None, ..order() }
    }

    fn told(before: &Order, after: &Order, event: OrderEvent, by: &str) -> Vec<String> {
        let by = UserId::from(by);
        let said = of_move(before, after, event, Some(&by));
        said.into_iter().map(|(kind, id)| format!("{} {}", kind.code(), id.as_str())).collect()
    }

    #[rstest]
    #[case(OrderState::IcpChecking, None, OrderEvent::IcpPassed, OrderState::Approving, Some("a"), &["waitingForYou a"])]
    #[case(OrderState::Approving, Some("a"), OrderEvent::StepApproved, OrderState::Approving, Some("b"), &["waitingForYou b"])]
    #[case(OrderState::Approving, Some("a"), OrderEvent::Transferred, OrderState::Approving, Some("b"), &["transferredToYou b"])]
    #[case(OrderState::Approving, Some("a"), OrderEvent::LegalityCorrected, OrderState::Approving, Some("a"), &[])]
    #[case(OrderState::Approving, Some("a"), OrderEvent::Approved, OrderState::Dispatching, None, &["orderApproved manager"])]
    #[case(OrderState::Approving, Some("a"), OrderEvent::Rejected, OrderState::Rejected, Some("manager"), &["orderRejected manager"])]
    #[case(OrderState::IcpChecking, None, OrderEvent::IcpFailed, OrderState::IcpFailed, Some("manager"), &["orderReturned manager"])]
    #[case(OrderState::BpmProcessing, None, OrderEvent::Closed, OrderState::Finished, None, &["orderFinished manager"])]
    #[case(OrderState::Approving, Some("a"), OrderEvent::Withdrawn, OrderState::Withdrawn, None, &["orderWithdrawn a"])]
    #[case(OrderState::Rejected, Some("manager"), OrderEvent::Withdrawn, OrderState::Withdrawn, None, &[])]
    fn a_move_is_told_to_whom_it_concerns(
        #[case] from: OrderState,
        #[case] had: Option<&str>,
        #[case] event: OrderEvent,
        #[case] to: OrderState,
        #[case] has: Option<&str>,
        #[case] expected: &[&str],
    ) {
        assert_eq!(told(&at(from, had), &at(to, has), event, "somebody"), expected);
    }

    #[test]
    fn nobody_is_told_of_what_they_did_themselves() {
        let (before, after) = (at(OrderState::Approving, Some("a")), at(OrderState::Approving, Some("b")));
        assert!(told(&before, &after, OrderEvent::StepApproved, "b").is_empty());
        let withdrawn = at(OrderState::Withdrawn, None);
        assert!(told(&at(OrderState::Approving, Some("a")), &withdrawn, OrderEvent::Withdrawn, "a").is_empty());
    }

    #[test]
    fn where_several_decide_each_is_told_once_and_of_the_next_step_again() {
        let seat = |id: &str| Seat { person: person(id, Role::GroupManagerAdmin), approved: false };
        let mut seated = at(OrderState::Approving, Some("a"));
        seated.route.seats = vec![seat("a"), seat("b")];
        let checking = at(OrderState::IcpChecking, None);
        let told_both = told(&checking, &seated, OrderEvent::IcpPassed, "icp");
        assert_eq!(told_both, ["waitingForYou a", "waitingForYou b"]);
        let mut signed = seated.clone();
        signed.route = seated.route.signed(&"a".into());
        signed.approver = Some(person("b", Role::GroupManagerAdmin));
        assert!(told(&seated, &signed, OrderEvent::Countersigned, "a").is_empty());
        let mut next = at(OrderState::Approving, Some("b"));
        next.route.step = 1;
        assert_eq!(told(&signed, &next, OrderEvent::StepApproved, "a"), ["waitingForYou b"]);
        let withdrawn = told(&seated, &at(OrderState::Withdrawn, None), OrderEvent::Withdrawn, "manager");
        assert_eq!(withdrawn, ["orderWithdrawn a", "orderWithdrawn b"]);
    }

    #[test]
    fn the_bpm_person_is_told_when_the_task_is_theirs_and_billing_never() {
        let mut after = at(OrderState::BpmProcessing, None);
        after.assignee = Some(person("sa", Role::Sa));
        let dispatching = Order { state: OrderState::Dispatching, ..after.clone() };
        assert_eq!(told(&dispatching, &after, OrderEvent::DispatchAccepted, "bpm"), ["waitingForYou sa"]);
        assert!(told(&after, &after, OrderEvent::StageReported, "bpm").is_empty());
        let billing = Order { creator: Person::billing(), ..at(OrderState::Finished, None) };
        assert!(told(&billing, &billing, OrderEvent::BillingSettled, "x").is_empty());
    }
}
