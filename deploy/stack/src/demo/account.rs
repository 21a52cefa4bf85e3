//! The people of the demo: one or two of every role.

use chrono::{DateTime, Utc};
use gateway::demo::DemoAccount;
use gateway::identity::account::repo;
use secrecy::SecretString;
use shared_model::account::Account;
use shared_model::role::Role;
use shared_model::server::database::Database;

use super::PASSWORD;
use crate::error::StackError;

/// User name, name, role, province, company. Mobiles count up in this order.
type Person = (&'static str, &'static str, Role, Option<i32>, &'static str);

const PEOPLE: [Person; 13] = [
    ("ec.manager", "政企经理甲", Role::EcManager, Some(33), "政企分公司"),
    ("ec.manager2", "政企经理乙", Role::EcManager, Some(44), "政企分公司"),
    ("province.manager", "省经理甲", Role::ProvinceManager, Some(33), "浙江公司"),
    // There is no provincial SA in Xinjiang: dispatches of this one go to the regional manager.
    ("province.manager2", "省经理乙", Role::ProvinceManager, Some(65), "新疆公司"),
    ("group.admin", "集团管理员", Role::GroupManagerAdmin, None, "政企分公司"),
    ("sa", "SA甲", Role::Sa, None, "技术部"),
    ("province.sa", "省SA甲", Role::ProvinceSa, Some(33), "浙江公司"),
    ("global.area", "大区经理", Role::GlobalAreaManager, None, "技术部"),
    ("operator", "运营甲", Role::Operator, None, "运营中心"),
    ("pe.admin", "机构管理员甲", Role::PeAdmin, None, ""),
    ("pe.admin2", "机构管理员乙", Role::PeAdmin, None, ""),
    ("user", "普通用户", Role::User, None, ""),
    ("platform.admin", "平台管理员", Role::PlatformAdmin, None, ""),
];

/// The demo accounts, made in this order.
pub fn accounts() -> Vec<DemoAccount> {
    let account = |(index, (username, name, role, province, company)): (usize, Person)| DemoAccount {
        username: username.to_owned(),
        name: name.to_owned(),
        role,
        province,
        company: company.to_owned(),
        mobile: format!("138{:08}", index + 1),
        email: format!("{username}@example.com"),
    };
    PEOPLE.into_iter().enumerate().map(account).collect()
}

/// Whether there is any account.
pub async fn any(gateway: &Database) -> Result<bool, StackError> {
    gateway.read(|conn| Ok(repo::count(conn)? > 0)).await
}

/// Makes those that are missing, and gives all of them back.
pub async fn lay(gateway: &Database, now: DateTime<Utc>) -> Result<Vec<Account>, StackError> {
    let laid = gateway::demo::lay_accounts(gateway, &accounts(), &SecretString::from(PASSWORD), now).await;
    laid.map_err(|error| StackError::Demo(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_mobile_of_their_own_and_every_role_somebody() {
        let accounts = accounts();
        assert_eq!(accounts.first().unwrap().mobile, "13800000001");
        assert_eq!(accounts.last().unwrap().mobile, "13800000013");
        for role in Role::ALL {
            assert!(accounts.iter().any(|account| account.role == role), "{}", role.code());
        }
    }
}
