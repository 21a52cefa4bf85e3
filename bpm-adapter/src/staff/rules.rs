//! Who gets a task when its assignee can't do it any more, and who may be given one by hand. Pure.

use shared_model::account::Account;
use shared_model::bpm::Assignee;
use shared_model::permission::{Permission, RolePermissions};
use shared_model::role::Role;

/// The roles tasks go to, in the order they are asked.
const DESK_ROLES: [Role; 4] = [Role::Sa, Role::ProvinceSa, Role::GlobalAreaManager, Role::PlatformAdmin];

/// A person and how many open tasks lie on their desk.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub account: Account,
    pub open_tasks: i64,
}

/// Whether a task may lie on this person's desk.
pub fn may_handle(account: &Account, permissions: &RolePermissions) -> bool {
    account.enabled && permissions.allow(&account.roles, Permission::BpmTaskHandle)
}

/// The person as assignee: in the role asked for when they have it, else in the first of the desk roles they have.
/// None when they have no desk role at all.
pub fn assignee_of(account: &Account, preferred: Role) -> Option<Assignee> {
    let role = std::iter::once(preferred).chain(DESK_ROLES).find(|role| account.roles.contains(role))?;
    Some(Assignee { id: account.id.clone(), name: account.name.clone(), mobile: account.mobile.clone(), role })
}

/// Somebody of the same role, else a GLOBAL_AREA_MANAGER, else a PLATFORM_ADMIN; within a role the same province first,
/// then the fewest open tasks, then the lowest id. A PROVINCE_SA is followed only by one of the same province.
/// source: work-order notes 4, contract BPM "reassign".
pub fn choose_successor(role: Role, province: Option<i32>, candidates: &[Candidate]) -> Option<Assignee> {
    [role, Role::GlobalAreaManager, Role::PlatformAdmin].into_iter().find_map(|asked| {
        candidates
            .iter()
            .filter(|candidate| candidate.account.roles.contains(&asked))
            .filter(|candidate| asked != Role::ProvinceSa || candidate.account.province == province)
            .min_by(|a, b| {
                let rank = |one: &Candidate| (one.account.province != province, one.open_tasks);
                rank(a).cmp(&rank(b)).then_with(|| compare_ids(a.account.id.as_str(), b.account.id.as_str()))
            })
            .and_then(|candidate| assignee_of(&candidate.account, asked))
    })
}

/// Numbers by their value, everything else as text after them.
fn compare_ids(a: &str, b: &str) -> std::cmp::Ordering {
    let number = |id: &str| id.parse::<u64>().map_err(|_| id.to_owned());
    match (number(a), number(b)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Ok(_), Err(_)) => std::cmp::Ordering::Less,
        (Err(_), Ok(_)) => std::cmp::Ordering::Greater,
        (Err(a), Err(b)) => a.cmp(&b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, role: Role, province: Option<i32>, open_tasks: i64) -> Candidate {
        let account = Account {
            id: id.into(),
            username: format!("user.{id}"),
            name: format!("人{id}"),
            mobile: "13800000000".into(),
            email: String::new(),
            company: String::new(),
            province,
            roles: vec![role],
            enabled: true,
        };
        Candidate { account, open_tasks }
    }

    fn chosen(role: Role, province: Option<i32>, candidates: &[Candidate]) -> Option<(String, Role)> {
        choose_successor(role, province, candidates).map(|one| (one.id.0, one.role))
    }

    #[test]
    fn the_least_loaded_of_the_role_follows_and_the_lowest_number_of_equals() {
        let desk = [person("12", Role::Sa, None, 3), person("9", Role::Sa, None, 2), person("10", Role::Sa, None, 2)];
        assert_eq!(chosen(Role::Sa, None, &desk), Some(("9".into(), Role::Sa)));
    }

    #[test]
    fn the_same_province_comes_before_the_load() {
        let desk = [person("1", Role::Sa, Some(44), 0), person("2", Role::Sa, Some(33), 9)];
        assert_eq!(chosen(Role::Sa, Some(33), &desk), Some(("2".into(), Role::Sa)));
    }

    #[test]
    fn a_province_sa_is_never_followed_by_one_of_another_province() {
        let desk = [person("1", Role::ProvinceSa, Some(44), 0), person("2", Role::GlobalAreaManager, None, 5)];
        assert_eq!(chosen(Role::ProvinceSa, Some(33), &desk), Some(("2".into(), Role::GlobalAreaManager)));
    }

    #[test]
    fn the_platform_administrator_is_the_last_resort_and_nobody_is_nobody() {
        let desk = [person("1", Role::PlatformAdmin, None, 50), person("2", Role::Operator, None, 0)];
        assert_eq!(chosen(Role::Sa, None, &desk), Some(("1".into(), Role::PlatformAdmin)));
        assert_eq!(chosen(Role::Sa, None, &[]), None);
    }

    #[test]
    fn a_person_keeps_the_task_s_role_when_they_have_it() {
        let mut both = person("1", Role::GlobalAreaManager, None, 0).account;
        both.roles.push(Role::Sa);
        assert_eq!(assignee_of(&both, Role::GlobalAreaManager).map(|one| one.role), Some(Role::GlobalAreaManager));
        assert_eq!(assignee_of(&both, Role::ProvinceSa).map(|one| one.role), Some(Role::Sa));
        assert_eq!(assignee_of(&person("1", Role::User, None, 0).account, Role::Sa), None);
    }

    #[test]
    fn only_enabled_people_who_may_handle_tasks_get_one() {
        let permissions = RolePermissions::default();
        let mut sa = person("1", Role::Sa, None, 0).account;
        assert!(may_handle(&sa, &permissions));
        assert!(!may_handle(&person("1", Role::Operator, None, 0).account, &permissions));
        sa.enabled = false;
        assert!(!may_handle(&sa, &permissions));
    }
}
