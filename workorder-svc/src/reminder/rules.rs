//! When a holder is reminded. Pure. source: work-order contract, "Time limits": once at 80 %, once past the limit.

use chrono::{DateTime, Utc};

use crate::notice::NoticeKind;

/// When most of the time is gone.
pub fn nearly(since: DateTime<Utc>, due_at: DateTime<Utc>) -> DateTime<Utc> {
    since + (due_at - since) * 4 / 5
}

/// What is said now, and when there is more to say. A reminder that comes too late is said as what it has become.
pub fn due(due_at: DateTime<Utc>, now: DateTime<Utc>) -> (NoticeKind, Option<DateTime<Utc>>) {
    if now < due_at { (NoticeKind::DueSoon, Some(due_at)) } else { (NoticeKind::Overdue, None) }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::order::sample::created;

    #[test]
    fn the_holder_is_reminded_at_four_fifths_and_when_the_time_is_up() {
        let (since, due_at) = (created(), created() + TimeDelta::hours(10));
        let first = nearly(since, due_at);
        assert_eq!(first, since + TimeDelta::hours(8));
        assert_eq!(due(due_at, first), (NoticeKind::DueSoon, Some(due_at)));
        assert_eq!(due(due_at, due_at), (NoticeKind::Overdue, None));
        assert_eq!(due(due_at, due_at + TimeDelta::days(3)), (NoticeKind::Overdue, None));
    }
}
