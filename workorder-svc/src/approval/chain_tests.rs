//! The chain walked, returned to, and entered again; and what counts as a change.

use super::*;
use crate::order::sample::{order, person};
use crate::origin::parse::{Origin, OriginType};

fn two_steps() -> Route {
    Route::starting(vec![Role::GroupManagerAdmin, Role::Operator])
}

#[test]
fn a_chain_is_walked_to_its_end_and_then_dispatched() {
    let first = two_steps();
    assert_eq!(first.role(), Some(Role::GroupManagerAdmin));
    assert_eq!(first.after_approval(), AfterApproval::Step(Role::Operator.into()));
    let second = first.approved();
    assert_eq!((second.role(), second.after_approval()), (Some(Role::Operator), AfterApproval::Dispatch));
}

#[test]
fn an_unchanged_order_goes_straight_back_to_whoever_rejected_it() {
    let rejected = two_steps().approved().rejected(&UserId::from("op"), "same".into());
    let entry = rejected.entry("same");
    assert_eq!(entry, Entry { step: 1, person: Some(UserId::from("op")), approved: vec![] });
    assert_eq!(rejected.entered(&entry).role(), Some(Role::Operator));
}

#[test]
fn a_changed_order_starts_the_chain_again() {
    let rejected = two_steps().approved().rejected(&UserId::from("op"), "before".into());
    let entry = rejected.entry("after");
    assert_eq!(entry, Entry { step: 0, person: None, approved: vec![] });
}

#[test]
fn what_the_first_step_rejected_goes_back_to_whoever_did_even_when_it_was_changed() {
    let entry = two_steps().rejected(&UserId::from("group"), "before".into()).entry("after");
    assert_eq!(entry, Entry { step: 0, person: Some(UserId::from("group")), approved: vec![] });
}

/// One step of the role, with these seats open.
fn seated(mode: StepMode, people: &[&str]) -> Route {
    let step = Step { role: Role::GroupManagerAdmin, mode };
    let seat = |id: &&str| Seat { person: person(id, Role::GroupManagerAdmin), approved: false };
    Route { seats: people.iter().map(seat).collect(), ..Route::starting(vec![step]) }
}

#[test]
fn where_all_decide_the_last_of_them_dispatches() {
    let all = seated(StepMode::All, &["a", "b", "c"]);
    assert_eq!(all.after_approval(), AfterApproval::Others);
    let two_signed = all.signed(&"a".into()).signed(&"c".into());
    assert_eq!(two_signed.open_seats().map(|person| person.id.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(two_signed.after_approval(), AfterApproval::Dispatch);
    assert_eq!(seated(StepMode::Any, &["a", "b"]).after_approval(), AfterApproval::Dispatch);
}

#[test]
fn approvals_beside_a_rejection_count_until_what_was_approved_changes() {
    let rejected = seated(StepMode::All, &["a", "b"]).signed(&"a".into()).rejected(&"b".into(), "same".into());
    assert!(rejected.seats.is_empty());
    let back = rejected.entry("same");
    assert_eq!((back.person, back.approved), (Some("b".into()), vec!["a".into()]));
    let changed = rejected.entry("other");
    assert_eq!((changed.person, changed.approved), (Some("b".into()), vec![]));
}

#[test]
fn a_step_is_written_as_a_role_or_with_how_many_of_it_decide() {
    let read = |text: &str| serde_json::from_str::<Chain>(text);
    let chain = read(r#"["SA", {"role": "OPERATOR", "mode": "all"}, {"role": "SA"}]"#).unwrap();
    let step = |role, mode| Step { role, mode };
    let (one, all) = (step(Role::Sa, StepMode::One), step(Role::Operator, StepMode::All));
    assert_eq!(chain.0, [one, all, one]);
    let again: Chain = serde_json::from_str(&serde_json::to_string(&chain).unwrap()).unwrap();
    assert_eq!(again, chain);
    for wrong in [r#"["KING"]"#, r#"[{"role": "SA", "mode": "most"}]"#, r#"[{"role": "SA", "colour": "red"}]"#] {
        assert!(read(wrong).unwrap_err().to_string().contains("one, any or all"), "{wrong}");
    }
}

#[test]
fn where_there_are_no_lists_a_step_is_a_text() {
    assert_eq!("SA".parse(), Ok(Step::from(Role::Sa)));
    assert_eq!(" OPERATOR : all".parse(), Ok(Step { role: Role::Operator, mode: StepMode::All }));
    assert!("KING".parse::<Step>().is_err() && "SA:most".parse::<Step>().is_err());
}

#[test]
fn an_order_that_was_submitted_before_steps_had_modes_is_read_as_it_was_meant() {
    let old = r#"{"chain":["GROUP_MANAGER_ADMIN"],"step":0,"returned":{"by":"x","step":0,"fingerprint":"f"}}"#;
    let route: Route = serde_json::from_str(old).unwrap();
    assert_eq!(route.current(), Some(Role::GroupManagerAdmin.into()));
    assert_eq!(route.entry("f").person, Some("x".into()));
}

#[test]
fn after_a_return_by_bpm_or_the_icp_check_the_chain_starts_at_its_first_step() {
    let rejected = two_steps().approved().rejected(&UserId::from("op"), "same".into());
    assert_eq!(rejected.restarted().entry("same").step, 0);
}

#[test]
fn the_order_things_are_written_in_changes_nothing() {
    let mut one = order();
    one.provinces = vec![33, 44];
    let mut other = one.clone();
    other.provinces.reverse();
    other.domains.reverse();
    other.description = "words are not approved".into();
    assert_eq!(fingerprint(&one), fingerprint(&other));
}

#[test]
fn whatever_an_approval_is_given_for_changes_the_fingerprint() {
    let before = fingerprint(&order());
    type Change = fn(&mut Order);
    let changes: [Change; 9] = [
        |order| order.product = None,
        |order| order.domains.clear(),
        |order| {
            let value = "192.0.2.9".to_owned();
            order.origins.push(Origin { value, kind: OriginType::Ip, main_flag: false, weight: None });
        },
        |order| order.provinces.push(44),
        |order| order.form.port = Some(json!(8080)),
        |order| order.form.https = Some(json!(true)),
        |order| order.form.sec_info_file_id = Some(vec!["x".into()]),
        |order| order.requirement = None,
        |order| order.form.source_product_id = Some("p2".into()),
    ];
    for change in changes {
        let mut changed = order();
        change(&mut changed);
        assert_ne!(fingerprint(&changed), before);
    }
}
