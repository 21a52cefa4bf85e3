//! Which person of a role gets an order. source: work-order contract, "States": same province first, then the
//! fewest open orders, then the lowest id; never the creator; nobody there: PLATFORM_ADMIN, with a warning.

use std::cmp::Ordering;

use shared_model::account::Account;
use shared_model::ids::UserId;
use shared_model::role::Role;
use shared_model::text::Text;

use crate::order::model::Person;

/// An enabled account, and how much it has to do already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub account: Account,
    /// Orders waiting for this person, of the sort that is given out now.
    pub open_orders: i64,
}

/// The person chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub person: Person,
    /// Set when nobody holds the role that was looked for: it belongs in the order's history.
    pub warning: Option<Text>,
}

/// The approver of a step: somebody of the role who is not the creator, else a PLATFORM_ADMIN who is not.
///
/// None only when there is no such PLATFORM_ADMIN either: the order waits for the next directory.
pub fn approver(role: Option<Role>, staff: &[Candidate], creator: &Person) -> Option<Choice> {
    let others: Vec<&Candidate> = staff.iter().filter(|candidate| candidate.account.id != creator.id).collect();
    let chosen = role.and_then(|role| Some((first(&others, role, creator.province)?, role)));
    if let Some((candidate, role)) = chosen {
        return Some(Choice { person: Person::of_account(&candidate.account, role), warning: None });
    }
    platform_admin(&others, creator.province, role)
}

/// Everybody of a role who is not the creator, by the tie rule.
pub fn everybody(role: Role, staff: &[Candidate], creator: &Person) -> Vec<Person> {
    let fits = |candidate: &&Candidate| {
        let account = &candidate.account;
        account.enabled && account.id != creator.id && account.roles.contains(&role)
    };
    let mut fitting: Vec<&Candidate> = staff.iter().filter(fits).collect();
    fitting.sort_by(|left, right| rank(left, right, creator.province));
    fitting.into_iter().map(|candidate| Person::of_account(&candidate.account, role)).collect()
}

/// The first of a role by the tie rule.
pub fn first<'a>(staff: &[&'a Candidate], role: Role, province: Option<i32>) -> Option<&'a Candidate> {
    staff
        .iter()
        .copied()
        .filter(|candidate| candidate.account.enabled && candidate.account.roles.contains(&role))
        .min_by(|left, right| rank(left, right, province))
}

/// A PLATFORM_ADMIN in place of the role that nobody holds.
pub fn platform_admin(staff: &[&Candidate], province: Option<i32>, missing: Option<Role>) -> Option<Choice> {
    let admin = first(staff, Role::PlatformAdmin, province)?;
    let person = Person::of_account(&admin.account, Role::PlatformAdmin);
    let warning = missing.filter(|role| *role != Role::PlatformAdmin).map(|role| {
        let name = role.name();
        Text::new(
            format!("没有可用的{}，已转平台管理员处理", name.zh),
            format!("nobody is {} ({}): given to the platform administrator", name.en, role.code()),
        )
    });
    Some(Choice { person, warning })
}

fn rank(left: &Candidate, right: &Candidate, province: Option<i32>) -> Ordering {
    let elsewhere = |candidate: &Candidate| province.is_none() || candidate.account.province != province;
    elsewhere(left)
        .cmp(&elsewhere(right))
        .then(left.open_orders.cmp(&right.open_orders))
        .then_with(|| compare_ids(&left.account.id, &right.account.id))
}

/// Numbers as numbers, all else as text: `9` comes before `10`.
fn compare_ids(left: &UserId, right: &UserId) -> Ordering {
    let number = |id: &UserId| id.as_str().parse::<u64>().ok();
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left.cmp(right),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A candidate for tests: id, role, province, open orders.
    pub fn candidate(id: &str, role: Role, province: Option<i32>, open_orders: i64) -> Candidate {
        let account = Account {
            id: UserId::from(id),
            username: id.to_owned(),
            name: id.to_owned(),
            mobile: String::new(),
            email: String::new(),
            company: String::new(),
            province,
            roles: vec![role],
            enabled: true,
        };
        Candidate { account, open_orders }
    }

    fn creator(id: &str, province: Option<i32>) -> Person {
        Person::of_account(&candidate(id, Role::EcManager, province, 0).account, Role::EcManager)
    }

    fn chosen(staff: &[Candidate], creator: &Person) -> Option<String> {
        approver(Some(Role::GroupManagerAdmin), staff, creator).map(|choice| choice.person.id.0)
    }

    const GROUP: Role = Role::GroupManagerAdmin;

    #[test]
    fn the_same_province_comes_before_a_shorter_desk() {
        let staff = [candidate("1", GROUP, Some(44), 0), candidate("2", GROUP, Some(33), 9)];
        assert_eq!(chosen(&staff, &creator("c", Some(33))).as_deref(), Some("2"));
    }

    #[test]
    fn people_without_a_province_are_not_of_the_same_one() {
        let staff = [candidate("1", GROUP, Some(44), 1), candidate("2", GROUP, None, 2)];
        assert_eq!(chosen(&staff, &creator("c", None)).as_deref(), Some("1"));
    }

    #[test]
    fn then_the_fewest_open_orders_and_then_the_lowest_id() {
        let staff = [candidate("1", GROUP, None, 2), candidate("10", GROUP, None, 1), candidate("9", GROUP, None, 1)];
        assert_eq!(chosen(&staff, &creator("c", None)).as_deref(), Some("9"));
        let texts = [candidate("u-b", GROUP, None, 0), candidate("u-a", GROUP, None, 0)];
        assert_eq!(chosen(&texts, &creator("c", None)).as_deref(), Some("u-a"));
    }

    #[test]
    fn the_creator_and_the_disabled_are_never_chosen() {
        let mut gone = candidate("1", GROUP, None, 0);
        gone.account.enabled = false;
        let staff = [gone, candidate("2", GROUP, None, 0), candidate("3", GROUP, None, 7)];
        assert_eq!(chosen(&staff, &creator("2", None)).as_deref(), Some("3"));
    }

    #[test]
    fn where_several_decide_they_stand_in_the_order_of_the_tie_rule_without_the_creator() {
        let mut gone = candidate("0", GROUP, None, 0);
        gone.account.enabled = false;
        let far = candidate("7", GROUP, Some(44), 0);
        let staff = [far, candidate("9", GROUP, Some(33), 2), candidate("8", GROUP, Some(33), 1), gone];
        let ids = |creator_id| {
            let people = everybody(GROUP, &staff, &creator(creator_id, Some(33)));
            people.into_iter().map(|person| person.id.0).collect::<Vec<_>>()
        };
        assert_eq!(ids("c"), ["8", "9", "7"]);
        assert_eq!(ids("8"), ["9", "7"]);
    }

    #[test]
    fn with_nobody_of_the_role_it_goes_to_the_platform_administrator_with_a_warning() {
        let staff = [candidate("1", Role::Sa, None, 0), candidate("2", Role::PlatformAdmin, None, 0)];
        let choice = approver(Some(GROUP), &staff, &creator("c", None)).unwrap();
        assert_eq!((choice.person.id.as_str(), choice.person.role), ("2", Some(Role::PlatformAdmin)));
        assert!(choice.warning.unwrap().zh.contains("集团客户经理管理员"));
        assert_eq!(approver(Some(GROUP), &staff[..1], &creator("c", None)), None);
    }
}
