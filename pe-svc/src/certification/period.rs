//! The two periods of a certification: the review window before it passes, its validity after. Pure.
//! source: public entity rules 7 and 11.

use chrono::{Duration, NaiveDateTime};

use super::state::CertificationStatus;

/// A renewal may be opened this long before the validity ends.
pub const RENEWAL_DAYS: i64 = 90;

/// The owner is reminded this many days before the validity ends.
pub const REMINDER_DAYS: [i32; 4] = [90, 60, 30, 7];

/// A period of whole days from a moment on.
pub fn days_after(at: NaiveDateTime, days: i32) -> NaiveDateTime {
    at + Duration::days(i64::from(days))
}

/// Whether it is past its window (unpassed: `review_until`) or its validity (passed: `valid_until`).
pub fn is_expired(
    status: CertificationStatus,
    review_until: Option<NaiveDateTime>,
    valid_until: Option<NaiveDateTime>,
    now: NaiveDateTime,
) -> bool {
    let end = match status {
        CertificationStatus::Draft | CertificationStatus::Submitted | CertificationStatus::NeedsModification => {
            review_until
        }
        CertificationStatus::Passed => valid_until,
    };
    end.is_some_and(|end| now > end)
}

/// Whether a renewal may be opened.
pub fn is_renewable(valid_until: NaiveDateTime, now: NaiveDateTime) -> bool {
    now >= valid_until - Duration::days(RENEWAL_DAYS)
}

/// The reminder that is due: the nearest of those whose day has come since the certification passed. A certification
/// that is valid for 30 days is never announced 60 days ahead, and after an outage only the nearest one is still true.
pub fn due_reminder(completed_at: NaiveDateTime, valid_until: NaiveDateTime, now: NaiveDateTime) -> Option<i32> {
    if now > valid_until {
        return None;
    }
    REMINDER_DAYS
        .into_iter()
        .filter(|days| {
            let day = days_after(valid_until, -days);
            day > completed_at && day <= now
        })
        .min()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn day(n: i64) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap() + Duration::days(n)
    }

    #[test]
    fn a_period_ends_after_its_last_moment_not_at_it() {
        use CertificationStatus::{Draft, Passed, Submitted};
        assert!(!is_expired(Submitted, Some(day(10)), None, day(10)));
        assert!(is_expired(Submitted, Some(day(10)), None, day(10) + Duration::microseconds(1)));
        assert!(!is_expired(Draft, None, None, day(9999)));
        assert!(!is_expired(Passed, Some(day(10)), Some(day(20)), day(15)));
        assert!(is_expired(Passed, Some(day(10)), Some(day(20)), day(21)));
    }

    #[test]
    fn a_renewal_opens_ninety_days_before_the_end() {
        assert!(!is_renewable(day(365), day(274)));
        assert!(is_renewable(day(365), day(275)));
        assert!(is_renewable(day(365), day(400)));
    }

    #[test]
    fn each_reminder_has_its_day_and_the_nearest_one_counts() {
        let due = |now| due_reminder(day(0), day(365), day(now));
        assert_eq!([due(274), due(275), due(305), due(334)], [None, Some(90), Some(60), Some(60)]);
        assert_eq!([due(335), due(358), due(365), due(366)], [Some(30), Some(7), Some(7), None]);
    }

    #[test]
    fn a_short_certification_is_not_announced_before_it_began() {
        let due = |now| due_reminder(day(0), day(30), day(now));
        assert_eq!([due(0), due(1), due(22), due(23)], [None, None, None, Some(7)]);
    }
}
