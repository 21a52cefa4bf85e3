//! UTC inside, the desk's local time (Asia/Shanghai unless configured) outside.

use chrono::{DateTime, FixedOffset, NaiveDateTime, SubsecRound, TimeZone, Utc};
use chrono_tz::Tz;

/// The desk's time zone unless configured.
pub const DEFAULT_ZONE: Tz = chrono_tz::Asia::Shanghai;

/// Now, to the microsecond: what both databases keep.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// `yyyy-MM-dd HH:mm`, as the work-order list shows times.
pub fn list_time(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// The moment with the zone's offset, for RFC 3339 with offset.
pub fn with_offset(at: DateTime<Utc>, zone: Tz) -> DateTime<FixedOffset> {
    at.with_timezone(&zone).fixed_offset()
}

/// A stored UTC time as a moment.
pub fn from_stored(at: NaiveDateTime) -> DateTime<Utc> {
    Utc.from_utc_datetime(&at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_times_are_local_to_the_minute() {
        let at = Utc.with_ymd_and_hms(2023, 12, 4, 15, 40, 59).unwrap();
        assert_eq!(list_time(at, DEFAULT_ZONE), "2023-12-04 23:40");
        assert_eq!(with_offset(at, DEFAULT_ZONE).to_rfc3339(), "2023-12-04T23:40:59+08:00");
    }
}
