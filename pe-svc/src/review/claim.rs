//! Who reviews what: a claim keeps two operators from reviewing the same application, and lapses by itself. Pure.

use chrono::{Duration, NaiveDateTime};
use shared_model::problem::{Problem, codes};
use shared_model::text::Text;

/// A claim lapses after this long, so that nobody's lunch holds up an application.
pub const CLAIM_MINUTES: i64 = 30;

/// A claim as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub claimed_by: String,
    pub claimed_by_name: String,
    pub claimed_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
}

impl Claim {
    pub fn new(user_id: &str, user_name: &str, now: NaiveDateTime) -> Self {
        Self {
            claimed_by: user_id.to_owned(),
            claimed_by_name: user_name.to_owned(),
            claimed_at: now,
            expires_at: now + Duration::minutes(CLAIM_MINUTES),
        }
    }

    /// Whether it still holds.
    pub fn holds(&self, now: NaiveDateTime) -> bool {
        now < self.expires_at
    }

    /// 409 while somebody else holds it.
    pub fn check_free_for(&self, user_id: &str, now: NaiveDateTime) -> Result<(), Problem> {
        if self.claimed_by == user_id || !self.holds(now) {
            return Ok(());
        }
        let name = &self.claimed_by_name;
        Err(Problem::new(&codes::REVIEW_CLAIMED)
            .detail(Text::new(format!("{name}正在审核"), format!("{name} is reviewing it"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_holds_for_half_an_hour_against_others_only() {
        let now = chrono::DateTime::UNIX_EPOCH.naive_utc();
        let claim = Claim::new("1", "何清", now);
        let later = |minutes| now + Duration::minutes(minutes);
        assert!(claim.check_free_for("1", later(5)).is_ok());
        assert_eq!(claim.check_free_for("2", later(29)).unwrap_err().code.code, "review.claimed");
        assert!(claim.check_free_for("2", later(30)).is_ok());
    }
}
