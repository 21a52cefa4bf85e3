//! When a filing is looked at again, and what an answer makes of it. Pure.

use chrono::{DateTime, TimeDelta, Utc};

use crate::icp::rules::{Answer, Patience, back_off};

/// What an answer leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// As before.
    Unchanged,
    /// It is gone: whoever it concerns is told.
    Lapsed,
    /// It is back.
    Restored,
    /// No answer: it stays what it was, and is asked again sooner.
    Silent,
}

/// `lapsed`: it was gone before.
pub fn turn(lapsed: bool, answer: &Answer) -> Turn {
    match (answer, lapsed) {
        (Answer::Unknown { .. }, _) => Turn::Silent,
        (Answer::Lawful { .. }, true) => Turn::Restored,
        (Answer::Unlawful { .. }, false) => Turn::Lapsed,
        (Answer::Lawful { .. }, false) | (Answer::Unlawful { .. }, true) => Turn::Unchanged,
    }
}

/// The first look at a filing: somewhere within the interval, by its name, so that what goes live together is not
/// looked at together for ever.
pub fn first_look(domain: &str, now: DateTime<Utc>, interval: TimeDelta) -> DateTime<Utc> {
    now + part_of(interval, domain)
}

/// The next look: an interval later, or sooner after silence. `tries`: silent looks in a row, this one included.
pub fn next_look(turn: Turn, tries: u32, now: DateTime<Utc>, interval: TimeDelta, patience: Patience) -> DateTime<Utc> {
    match turn {
        Turn::Silent => now + back_off(tries, patience).min(interval),
        Turn::Unchanged | Turn::Lapsed | Turn::Restored => now + interval,
    }
}

/// FNV-1a of the name, as a part of the interval. source: draft-eastlake-fnv.
fn part_of(interval: TimeDelta, domain: &str) -> TimeDelta {
    let hash = domain.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let part = f64::from(hash) / f64::from(u32::MAX);
    TimeDelta::milliseconds((interval.num_milliseconds() as f64 * part) as i64)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use rstest::rstest;

    use super::*;

    fn lawful() -> Answer {
        Answer::Lawful { record_number: "京ICP备1号".to_owned() }
    }

    fn unlawful() -> Answer {
        Answer::Unlawful { reason: "注销".to_owned() }
    }

    fn silent() -> Answer {
        Answer::Unknown { reason: "无应答".to_owned() }
    }

    #[rstest]
    #[case(false, lawful(), Turn::Unchanged)]
    #[case(false, unlawful(), Turn::Lapsed)]
    #[case(false, silent(), Turn::Silent)]
    #[case(true, lawful(), Turn::Restored)]
    #[case(true, unlawful(), Turn::Unchanged)]
    #[case(true, silent(), Turn::Silent)]
    fn a_lapse_is_told_once_and_silence_changes_nothing(
        #[case] lapsed: bool,
        #[case] answer: Answer,
        #[case] expected: Turn,
    ) {
        assert_eq!(turn(lapsed, &answer), expected);
    }

    #[test]
    fn looks_are_spread_over_the_interval() {
        let (now, day) = (Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap(), TimeDelta::hours(24));
        let mut per_quarter = [0; 4];
        for n in 0..1000 {
            let wait = first_look(&format!("example{n}.cn"), now, day) - now;
            assert!(wait >= TimeDelta::zero() && wait <= day);
            per_quarter[usize::try_from(wait.num_hours() / 6).unwrap().min(3)] += 1;
        }
        assert!(per_quarter.iter().all(|count| (150..350).contains(count)), "{per_quarter:?}");
    }

    #[test]
    fn after_silence_it_is_asked_again_sooner_and_never_later_than_usual() {
        let patience =
            Patience { base: TimeDelta::seconds(5), cap: TimeDelta::seconds(900), give_up_after: TimeDelta::hours(24) };
        let (now, day) = (Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap(), TimeDelta::hours(24));
        let wait = |turn, tries, interval| next_look(turn, tries, now, interval, patience) - now;
        assert_eq!(wait(Turn::Silent, 1, day), TimeDelta::seconds(5));
        assert_eq!(wait(Turn::Silent, 60, day), TimeDelta::seconds(900));
        assert_eq!(wait(Turn::Silent, 60, TimeDelta::seconds(60)), TimeDelta::seconds(60));
        assert_eq!(wait(Turn::Lapsed, 1, day), day);
    }
}
