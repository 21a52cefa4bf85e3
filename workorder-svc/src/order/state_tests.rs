//! The state table, written a second time by hand: all states x all events.

use OrderEvent as E;
use OrderState as S;

use super::*;

/// `(state, what each legal event leads to)`; an event that is not named is illegal there.
fn table() -> Vec<(S, Vec<(E, S)>)> {
    let returned = || {
        vec![(E::Resubmitted, S::IcpChecking), (E::ResubmittedUnchecked, S::Approving), (E::Withdrawn, S::Withdrawn)]
    };
    let mut icp_failed = returned();
    icp_failed.extend([(E::MadeLawful, S::Approving), (E::LegalityCorrected, S::IcpFailed), (E::Split, S::Approving)]);
    vec![
        (
            S::Draft,
            vec![(E::Submitted, S::IcpChecking), (E::SubmittedUnchecked, S::Approving), (E::Withdrawn, S::Withdrawn)],
        ),
        (
            S::IcpChecking,
            vec![
                (E::IcpPassed, S::Approving),
                (E::IcpFailed, S::IcpFailed),
                (E::MadeLawful, S::Approving),
                (E::LegalityCorrected, S::IcpChecking),
                (E::Withdrawn, S::Withdrawn),
            ],
        ),
        (S::IcpFailed, icp_failed),
        (
            S::Approving,
            vec![
                (E::Countersigned, S::Approving),
                (E::StepApproved, S::Approving),
                (E::Approved, S::Dispatching),
                (E::Rejected, S::Rejected),
                (E::MadeUnlawful, S::IcpFailed),
                (E::LegalityCorrected, S::Approving),
                (E::Transferred, S::Approving),
                (E::Rerouted, S::Approving),
                (E::Withdrawn, S::Withdrawn),
            ],
        ),
        (S::Rejected, returned()),
        (
            S::Dispatching,
            vec![
                (E::DispatchAccepted, S::BpmProcessing),
                (E::StageReported, S::BpmProcessing),
                (E::RolledBack, S::BpmReject),
                (E::Closed, S::Finished),
                (E::Recalled, S::Approving),
            ],
        ),
        (
            S::BpmProcessing,
            vec![
                (E::StageReported, S::BpmProcessing),
                (E::RolledBack, S::BpmReject),
                (E::Closed, S::Finished),
                (E::BillingSettled, S::Finished),
            ],
        ),
        (S::BpmReject, returned()),
        (S::Finished, vec![]),
        (S::Withdrawn, vec![]),
    ]
}

#[test]
fn every_state_takes_exactly_the_events_of_the_table() {
    let table = table();
    assert_eq!(table.len(), S::ALL.len());
    for (state, legal) in table {
        for event in E::ALL {
            let expected = legal
                .iter()
                .find(|(wanted, _)| *wanted == event)
                .map(|(_, to)| *to)
                .ok_or(IllegalTransition { from: state, event });
            assert_eq!(next(state, event), expected, "{state:?} x {event:?}");
        }
    }
}

#[test]
fn states_read_and_write_as_their_codes() {
    for state in S::ALL {
        assert_eq!(serde_json::to_value(state).unwrap(), state.code());
        assert_eq!(S::from_code(state.code()), Some(state));
    }
}

#[test]
fn a_guarded_update_names_its_legal_prior_states() {
    assert_eq!(legal_states(E::Closed), [S::Dispatching, S::BpmProcessing]);
    assert_eq!(legal_states(E::Resubmitted), [S::IcpFailed, S::Rejected, S::BpmReject]);
}

#[test]
fn a_closed_order_is_neither_open_nor_modifiable() {
    for state in [S::Finished, S::Withdrawn] {
        assert!(state.is_closed() && !state.is_open() && !state.is_modifiable());
    }
    assert!(!S::Draft.is_open() && S::Draft.is_modifiable() && !S::Draft.is_returned());
}
