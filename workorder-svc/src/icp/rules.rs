//! What the answers of the ICP registry make of an order. An answer has three values, and unknown is never taken
//! for lawful. source: work-order contract, "States".

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use shared_model::text::Text;

use crate::order::model::{Legality, OrderDomain};
use crate::order::state::{OrderEvent, OrderState};

/// The registry's answer for one registrable domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Lawful {
        record_number: String,
    },
    Unlawful {
        reason: String,
    },
    /// It did not answer; why.
    Unknown {
        reason: String,
    },
}

/// Writes an answer to a domain.
pub fn apply(domain: &mut OrderDomain, answer: Answer) {
    let (legality, record_number, reason) = match answer {
        Answer::Lawful { record_number } => (Legality::Lawful, Some(record_number), None),
        Answer::Unlawful { reason } => (Legality::Unlawful, None, Some(reason)),
        Answer::Unknown { reason } => (Legality::Unknown, None, Some(reason)),
    };
    domain.legality = legality;
    domain.record_number = record_number;
    domain.reason = reason;
}

/// How patiently the registry is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Until the second try; doubled each time.
    pub base: TimeDelta,
    pub cap: TimeDelta,
    /// From the beginning of the check.
    pub give_up_after: TimeDelta,
}

/// What a round of answers leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every domain is lawful.
    Passed,
    /// Every domain is decided, and some are unlawful; or the registry has not answered for too long.
    Failed(Text),
    /// Some were not asked in this round, which the registry answered: the others follow when it is this order's turn.
    GoOn,
    /// Some answer is missing: asked again then.
    Retry { at: DateTime<Utc> },
}

/// What is asked for in one round: by registrable domain, each once, those that were never asked first.
pub fn to_ask<'a>(open: impl Iterator<Item = (&'a str, Legality)>, at_once: usize) -> Vec<String> {
    let mut ranks = BTreeMap::new();
    for (name, legality) in open {
        let asked_before = legality == Legality::Unknown;
        ranks.entry(name).and_modify(|before| *before &= asked_before).or_insert(asked_before);
    }
    let (again, first): (Vec<_>, Vec<_>) = ranks.into_iter().partition(|(_, asked_before)| *asked_before);
    first.into_iter().chain(again).take(at_once).map(|(name, _)| name.to_owned()).collect()
}

/// The round an outcome is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// When the check began.
    pub started_at: DateTime<Utc>,
    /// From 1.
    pub tries: u32,
    /// Whether the registry answered whatever it was asked in this round.
    pub answered: bool,
}

/// The outcome after a round.
pub fn outcome(domains: &[OrderDomain], round: Round, now: DateTime<Utc>, patience: Patience) -> Outcome {
    let count = |legality| domains.iter().filter(|domain| domain.legality == legality).count();
    let undecided = count(Legality::Pending) + count(Legality::Unknown);
    let unlawful = count(Legality::Unlawful);
    if undecided == 0 {
        return if unlawful == 0 { Outcome::Passed } else { Outcome::Failed(unlawful_found(unlawful)) };
    }
    let give_up_at = round.started_at + patience.give_up_after;
    if now >= give_up_at {
        return Outcome::Failed(never_answered(undecided, patience.give_up_after));
    }
    if round.answered && count(Legality::Pending) > 0 {
        return Outcome::GoOn;
    }
    Outcome::Retry { at: (now + back_off(round.tries, patience)).min(give_up_at) }
}

/// Doubles from `base` to `cap`.
pub fn back_off(tries: u32, patience: Patience) -> TimeDelta {
    let factor = 1_i32.checked_shl(tries.saturating_sub(1)).filter(|factor| *factor > 0).unwrap_or(i32::MAX);
    patience.base.checked_mul(factor).unwrap_or(patience.cap).min(patience.cap)
}

fn unlawful_found(count: usize) -> Text {
    Text::new(format!("{count} 个域名未备案或不合法"), format!("{count} domains are not filed or not lawful"))
}

fn never_answered(count: usize, waited: TimeDelta) -> Text {
    let hours = waited.num_hours();
    Text::new(
        format!("备案系统 {hours} 小时内未给出 {count} 个域名的结果"),
        format!("the ICP registry gave no answer for {count} domains within {hours} hours"),
    )
}

/// What a correction by hand makes of an order, its domains being as corrected; None when its state takes none.
///
/// All lawful lets an order go on to approval; an unlawful one takes it out of approval, and ends a check that has
/// nothing left to ask. Anything else is kept and moves nothing.
pub fn by_hand(state: OrderState, domains: &[OrderDomain]) -> Option<OrderEvent> {
    let all_lawful = domains.iter().all(|domain| domain.legality == Legality::Lawful);
    let any_unlawful = domains.iter().any(|domain| domain.legality == Legality::Unlawful);
    let decided = domains.iter().all(|domain| matches!(domain.legality, Legality::Lawful | Legality::Unlawful));
    match state {
        OrderState::IcpChecking | OrderState::IcpFailed if all_lawful => Some(OrderEvent::MadeLawful),
        OrderState::IcpChecking if decided => Some(OrderEvent::IcpFailed),
        OrderState::Approving if any_unlawful => Some(OrderEvent::MadeUnlawful),
        OrderState::IcpChecking | OrderState::IcpFailed | OrderState::Approving => Some(OrderEvent::LegalityCorrected),
        OrderState::Draft
        | OrderState::Rejected
        | OrderState::Dispatching
        | OrderState::BpmProcessing
        | OrderState::BpmReject
        | OrderState::Finished
        | OrderState::Withdrawn => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use rstest::rstest;

    use super::*;
    use crate::order::state;

    const PATIENCE: Patience =
        Patience { base: TimeDelta::seconds(5), cap: TimeDelta::seconds(900), give_up_after: TimeDelta::hours(24) };

    fn start() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap()
    }

    fn domains(legalities: &[Legality]) -> Vec<OrderDomain> {
        let one = |legality: &Legality| OrderDomain { legality: *legality, ..OrderDomain::new("a.cn") };
        legalities.iter().map(one).collect()
    }

    fn after(legalities: &[Legality], waited: TimeDelta) -> Outcome {
        let round = Round { started_at: start(), tries: 1, answered: false };
        outcome(&domains(legalities), round, start() + waited, PATIENCE)
    }

    use Legality::{Lawful as L, Pending as P, Unknown as Q, Unlawful as U};

    #[test]
    fn all_lawful_passes_and_one_unlawful_fails() {
        assert_eq!(after(&[L, L], TimeDelta::zero()), Outcome::Passed);
        assert!(matches!(after(&[L, U], TimeDelta::zero()), Outcome::Failed(_)));
    }

    #[rstest]
    #[case(&[L, Q])]
    #[case(&[U, Q])]
    #[case(&[P])]
    fn unknown_is_never_taken_for_an_answer(#[case] legalities: &[Legality]) {
        let retry = Outcome::Retry { at: start() + TimeDelta::seconds(5) };
        assert_eq!(after(legalities, TimeDelta::zero()), retry);
    }

    #[test]
    fn after_a_day_without_an_answer_the_check_gives_up_with_the_reason() {
        let last = TimeDelta::hours(24) - TimeDelta::seconds(1);
        assert_eq!(after(&[L, Q], last), Outcome::Retry { at: start() + TimeDelta::hours(24) });
        let Outcome::Failed(reason) = after(&[L, Q], TimeDelta::hours(24)) else { panic!("must give up") };
        assert!(reason.zh.contains("24 小时") && reason.zh.contains("1 个域名"));
    }

    #[test]
    fn a_long_order_goes_on_while_the_registry_answers_and_waits_when_it_does_not() {
        let round = |answered| Round { started_at: start(), tries: 1, answered };
        let after = |legalities, answered| outcome(&domains(legalities), round(answered), start(), PATIENCE);
        assert_eq!(after(&[L, U, P], true), Outcome::GoOn);
        assert!(matches!(after(&[L, Q, P], false), Outcome::Retry { .. }));
        assert!(matches!(after(&[L, Q], true), Outcome::Retry { .. }), "those that were asked in vain wait");
    }

    #[test]
    fn those_never_asked_come_first_and_each_name_once() {
        let open = || [("b.cn", Q), ("c.cn", P), ("a.cn", P), ("d.cn", Q), ("d.cn", P), ("a.cn", Q)].into_iter();
        assert_eq!(to_ask(open(), 10), ["a.cn", "c.cn", "d.cn", "b.cn"]);
        assert_eq!(to_ask(open(), 2), ["a.cn", "c.cn"]);
        assert!(to_ask([].into_iter(), 2).is_empty());
    }

    #[test]
    fn the_wait_doubles_up_to_its_cap() {
        let seconds = [1, 2, 3, 8, 9, 60, u32::MAX].map(|tries| back_off(tries, PATIENCE).num_seconds());
        assert_eq!(seconds, [5, 10, 20, 640, 900, 900, 900]);
    }

    #[test]
    fn an_answer_replaces_what_was_known() {
        let mut domain = OrderDomain::new("a.cn");
        apply(&mut domain, Answer::Unknown { reason: "timeout".into() });
        assert_eq!((domain.legality, domain.reason.as_deref()), (Q, Some("timeout")));
        apply(&mut domain, Answer::Lawful { record_number: "京ICP备1号".into() });
        assert_eq!((domain.legality, domain.reason, domain.record_number.as_deref()), (L, None, Some("京ICP备1号")));
    }

    #[rstest]
    #[case(OrderState::IcpChecking, &[L, L], Some(OrderEvent::MadeLawful))]
    #[case(OrderState::IcpChecking, &[L, P], Some(OrderEvent::LegalityCorrected))]
    #[case(OrderState::IcpChecking, &[U, P], Some(OrderEvent::LegalityCorrected))]
    #[case(OrderState::IcpChecking, &[L, U], Some(OrderEvent::IcpFailed))]
    #[case(OrderState::IcpFailed, &[L, L], Some(OrderEvent::MadeLawful))]
    #[case(OrderState::IcpFailed, &[L, U], Some(OrderEvent::LegalityCorrected))]
    #[case(OrderState::Approving, &[L, U], Some(OrderEvent::MadeUnlawful))]
    #[case(OrderState::Approving, &[L, L], Some(OrderEvent::LegalityCorrected))]
    #[case(OrderState::BpmProcessing, &[L, U], None)]
    #[case(OrderState::Draft, &[L], None)]
    fn a_correction_by_hand_moves_the_order_by_what_it_leaves(
        #[case] from: OrderState,
        #[case] legalities: &[Legality],
        #[case] expected: Option<OrderEvent>,
    ) {
        let event = by_hand(from, &domains(legalities));
        assert_eq!(event, expected);
        assert!(event.is_none_or(|event| state::next(from, event).is_ok()));
    }
}
