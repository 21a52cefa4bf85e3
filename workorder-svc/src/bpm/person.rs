//! Who at BPM gets a dispatched order. source: work-order notes 4.

use shared_model::role::Role;

use crate::approval::choose::{Candidate, Choice, first, platform_admin};
use crate::order::model::Person;

/// The person an approved order is handed to:
/// creator PROVINCE_MANAGER -> a PROVINCE_SA of the creator's province, any other creator -> an SA; where there is
/// none -> GLOBAL_AREA_MANAGER; and without one -> PLATFORM_ADMIN, with a warning. Among several the tie rule of
/// approvers decides.
///
/// None when not even a PLATFORM_ADMIN is there.
pub fn assignee(creator: &Person, staff: &[Candidate]) -> Option<Choice> {
    let everybody: Vec<&Candidate> = staff.iter().collect();
    let engineers = if creator.role == Some(Role::ProvinceManager) {
        let province = creator.province;
        let local = |candidate: &&Candidate| province.is_some() && candidate.account.province == province;
        (Role::ProvinceSa, everybody.iter().copied().filter(local).collect())
    } else {
        (Role::Sa, everybody.clone())
    };
    let area = (Role::GlobalAreaManager, everybody.clone());
    for (role, candidates) in [engineers, area] {
        if let Some(candidate) = first(&candidates, role, creator.province) {
            return Some(Choice { person: Person::of_account(&candidate.account, role), warning: None });
        }
    }
    platform_admin(&everybody, creator.province, Some(Role::GlobalAreaManager))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::choose::tests::candidate;

    fn creator(role: Role, province: Option<i32>) -> Person {
        Person::of_account(&candidate("creator", role, province, 0).account, role)
    }

    fn staff() -> Vec<Candidate> {
        vec![
            candidate("province-sa", Role::ProvinceSa, Some(33), 5),
            candidate("sa", Role::Sa, None, 3),
            candidate("area", Role::GlobalAreaManager, None, 9),
            candidate("admin", Role::PlatformAdmin, None, 0),
        ]
    }

    fn chosen(creator: &Person, staff: &[Candidate]) -> Option<(String, Option<Role>)> {
        assignee(creator, staff).map(|choice| (choice.person.id.0, choice.person.role))
    }

    fn without(id: &str) -> Vec<Candidate> {
        staff().into_iter().filter(|candidate| candidate.account.id.as_str() != id).collect()
    }

    #[test]
    fn a_provincial_managers_order_goes_to_the_sa_of_the_province() {
        let expected = Some(("province-sa".to_owned(), Some(Role::ProvinceSa)));
        assert_eq!(chosen(&creator(Role::ProvinceManager, Some(33)), &staff()), expected);
    }

    #[test]
    fn a_province_without_an_sa_falls_to_the_regional_manager_and_never_to_another_province() {
        let expected = Some(("area".to_owned(), Some(Role::GlobalAreaManager)));
        assert_eq!(chosen(&creator(Role::ProvinceManager, Some(65)), &staff()), expected);
        assert_eq!(chosen(&creator(Role::ProvinceManager, None), &staff()), expected);
    }

    #[test]
    fn any_other_creators_order_goes_to_an_sa_else_to_the_regional_manager() {
        let ec = creator(Role::EcManager, Some(33));
        assert_eq!(chosen(&ec, &staff()).unwrap().0, "sa");
        assert_eq!(chosen(&ec, &without("sa")).unwrap().0, "area");
        assert_eq!(chosen(&creator(Role::PlatformAdmin, None), &staff()).unwrap().0, "sa");
    }

    #[test]
    fn among_several_the_tie_rule_decides() {
        let mut many = staff();
        many.extend([candidate("sa-33", Role::Sa, Some(33), 8), candidate("sa-b", Role::Sa, None, 1)]);
        assert_eq!(chosen(&creator(Role::EcManager, Some(33)), &many).unwrap().0, "sa-33");
        assert_eq!(chosen(&creator(Role::EcManager, None), &many).unwrap().0, "sa-b");
    }

    #[test]
    fn with_nobody_left_it_goes_to_the_platform_administrator_with_a_warning() {
        let admin = [candidate("admin", Role::PlatformAdmin, None, 0)];
        let choice = assignee(&creator(Role::EcManager, None), &admin).unwrap();
        assert_eq!(choice.person.id.as_str(), "admin");
        assert!(choice.warning.is_some());
        assert_eq!(assignee(&creator(Role::EcManager, None), &[]), None);
    }
}
