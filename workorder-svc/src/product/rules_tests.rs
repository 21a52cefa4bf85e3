//! The product filter, and billing's feed in and out of order.

use chrono::TimeZone;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

const EVENTS: [ProductEvent; 7] = [
    ProductEvent::Open,
    ProductEvent::Trial,
    ProductEvent::TrialEnd,
    ProductEvent::Suspend,
    ProductEvent::Resume,
    ProductEvent::Cancel,
    ProductEvent::CancelDone,
];

fn at(minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 1, 8, minute, 0).unwrap()
}

fn subscription(state: SubscriptionState, live_domains: i64) -> Subscription {
    let product_name = "点播加速".to_owned();
    Subscription { product_name, state, open_suspend: false, open_cancel: false, live_domains }
}

#[rstest]
#[case(SubscriptionState::Opened, 0, [true, true, true])]
#[case(SubscriptionState::Opened, 3, [true, true, true])]
#[case(SubscriptionState::Trial, 0, [true, true, true])]
#[case(SubscriptionState::Trial, 1, [false, true, true])]
#[case(SubscriptionState::TrialEnded, 0, [false, false, false])]
#[case(SubscriptionState::Closed, 0, [false, false, false])]
fn the_filter_answers_by_state_live_domains_and_operation(
    #[case] state: SubscriptionState,
    #[case] live_domains: i64,
    #[case] expected: [bool; 3],
) {
    let subscription = subscription(state, live_domains);
    let answers = Requirement::ALL.map(|operation| subscription.available_for(operation).is_some());
    assert_eq!(answers, expected, "{state:?} with {live_domains} live domains: add, modify, delete");
}

#[test]
fn an_open_suspend_or_cancel_order_and_an_unknown_product_rule_it_out() {
    let opened = subscription(SubscriptionState::Opened, 0);
    let suspended = Subscription { open_suspend: true, ..opened.clone() };
    let cancelling = Subscription { open_cancel: true, ..opened.clone() };
    let unknown = Subscription { product_name: "云桌面".to_owned(), ..opened };
    for ruled_out in [suspended, cancelling, unknown] {
        assert!(Requirement::ALL.iter().all(|operation| ruled_out.available_for(*operation).is_none()));
    }
}

#[test]
fn suspend_opens_an_order_once_and_resume_finishes_it() {
    let mut events = vec![(ProductEvent::Open, at(1)), (ProductEvent::Suspend, at(2))];
    assert_eq!(arrival(&events).1, [ProductEffect::Open(OrderKind::ProductSuspend)]);
    events.push((ProductEvent::Suspend, at(3)));
    assert_eq!(arrival(&events).1, []);
    events.push((ProductEvent::Resume, at(4)));
    assert_eq!(arrival(&events).1, [ProductEffect::Finish(OrderKind::ProductSuspend)]);
}

#[test]
fn a_finished_cancellation_closes_the_product_and_takes_its_domains_down() {
    let events = [(ProductEvent::Open, at(1)), (ProductEvent::Cancel, at(2)), (ProductEvent::CancelDone, at(3))];
    let (standing, effects) = arrival(&events);
    assert_eq!(standing.state, SubscriptionState::Closed);
    assert_eq!(effects, [ProductEffect::Finish(OrderKind::ProductCancel), ProductEffect::TakeDomainsDown]);
}

#[test]
fn a_late_older_event_changes_nothing_that_a_newer_one_has_settled() {
    let resumed = [(ProductEvent::Open, at(1)), (ProductEvent::Resume, at(3)), (ProductEvent::Suspend, at(2))];
    assert_eq!(arrival(&resumed).1, []);
    let reopened = [(ProductEvent::Open, at(5)), (ProductEvent::CancelDone, at(4))];
    assert_eq!(arrival(&reopened), (standing(&reopened[..1]), vec![]));
}

#[test]
fn events_of_one_moment_apply_in_order_of_arrival() {
    let events = [(ProductEvent::Resume, at(1)), (ProductEvent::Suspend, at(1))];
    assert!(standing(&events).suspended);
    assert!(!standing(&[events[1], events[0]]).suspended);
}

#[test]
fn the_end_of_a_trial_that_became_a_subscription_changes_nothing() {
    let events = [(ProductEvent::Trial, at(1)), (ProductEvent::Open, at(2)), (ProductEvent::TrialEnd, at(3))];
    assert_eq!(standing(&events).state, SubscriptionState::Opened);
    assert_eq!(standing(&[events[0], events[2]]).state, SubscriptionState::TrialEnded);
}

proptest! {
    #[test]
    fn a_feed_out_of_order_ends_where_the_ordered_one_does(
        (ordered, shuffled) in proptest::collection::vec(0..EVENTS.len(), 0..8).prop_flat_map(|picked| {
            let ordered: Vec<_> = (0..).zip(picked).map(|(minute, pick)| (EVENTS[pick], at(minute))).collect();
            (Just(ordered.clone()), Just(ordered).prop_shuffle())
        })
    ) {
        prop_assert_eq!(standing(&ordered), standing(&shuffled));
    }
}
