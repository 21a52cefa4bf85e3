//! Who may be whose substitute, and when. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use shared_model::account::Account;
use shared_model::ids::UserId;
use shared_model::problem::{Fault, codes};
use shared_model::role::Role;
use shared_model::text::Text;

/// A moment that begins and ends at once is none.
const SHORTEST: TimeDelta = TimeDelta::seconds(1);

/// Longest time a substitute is named for.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// Somebody stands in for somebody, from a moment until just before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitution {
    pub user: UserId,
    pub to: UserId,
    pub starts_at: DateTime<Utc>,
    /// Exclusive.
    pub ends_at: DateTime<Utc>,
}

impl Substitution {
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        self.starts_at <= now && now < self.ends_at
    }

    /// Every fault at once. `roles`: those of the person who goes away; `to`: the account that was named.
    pub fn check(&self, roles: &[Role], to: Option<&Account>, now: DateTime<Utc>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let fits = |account: &Account| account.enabled && account.roles.iter().any(|role| roles.contains(role));
        if self.to == self.user || !to.is_some_and(fits) {
            let message = Text::fixed("代理人须是同角色的其他在职人员", "another enabled holder of the same role");
            faults.push(Fault::new("/toUserId", &codes::SUBSTITUTE_TARGET_INVALID, message));
        }
        if self.ends_at - self.starts_at < SHORTEST {
            faults.push(period("/to", "结束须在开始之后", "the end comes after the beginning"));
        } else if self.ends_at <= now {
            faults.push(period("/to", "结束时间已过", "the end is in the past"));
        } else if self.ends_at - self.starts_at > LONGEST {
            faults.push(period("/to", "最长一年", "a year at the longest"));
        }
        faults
    }
}

fn period(pointer: &str, zh: &'static str, en: &'static str) -> Fault {
    Fault::new(pointer, &codes::SUBSTITUTE_PERIOD_INVALID, Text::fixed(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::choose::tests::candidate;
    use crate::order::sample::created;

    const GROUP: &[Role] = &[Role::GroupManagerAdmin];

    fn from_to(from: i64, to: i64) -> Substitution {
        let at = |days| created() + TimeDelta::days(days);
        Substitution { user: "away".into(), to: "stand-in".into(), starts_at: at(from), ends_at: at(to) }
    }

    fn account(id: &str, role: Role) -> Account {
        candidate(id, role, None, 0).account
    }

    fn faults(substitution: &Substitution, to: Option<&Account>) -> Vec<String> {
        let faults = substitution.check(GROUP, to, created());
        faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code.code)).collect()
    }

    #[test]
    fn a_colleague_of_the_same_role_stands_in_between_the_two_dates_alone() {
        let colleague = account("stand-in", Role::GroupManagerAdmin);
        let week = from_to(1, 8);
        assert!(faults(&week, Some(&colleague)).is_empty());
        let in_force = |days| week.is_in_force(created() + TimeDelta::days(days));
        assert_eq!([0, 1, 7, 8].map(in_force), [false, true, true, false]);
    }

    #[test]
    fn nobody_else_does() {
        let invalid = ["/toUserId substitute.target_invalid"];
        let mut gone = account("stand-in", Role::GroupManagerAdmin);
        gone.enabled = false;
        assert_eq!(faults(&from_to(1, 8), None), invalid);
        assert_eq!(faults(&from_to(1, 8), Some(&gone)), invalid);
        assert_eq!(faults(&from_to(1, 8), Some(&account("stand-in", Role::Sa))), invalid);
        let oneself = Substitution { to: "away".into(), ..from_to(1, 8) };
        assert_eq!(faults(&oneself, Some(&account("away", Role::GroupManagerAdmin))), invalid);
    }

    #[test]
    fn a_period_that_is_over_backwards_or_without_end_is_refused() {
        let colleague = account("stand-in", Role::GroupManagerAdmin);
        for (from, to) in [(3, 3), (3, 2), (-5, -1), (0, 400)] {
            assert_eq!(faults(&from_to(from, to), Some(&colleague)), ["/to substitute.period_invalid"], "{from}..{to}");
        }
    }
}
