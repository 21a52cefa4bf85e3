//! Typed people: one constructor per role, and whatever a test needs changed.

use shared_model::account::Account;
use shared_model::ids::UserId;
use shared_model::role::Role;

use crate::issuer::issuer;

/// Somebody with an account and, on demand, a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestUser {
    pub account: Account,
}

impl TestUser {
    /// A person of one role, with the name, province and number the demo data gives the first of that role.
    pub fn new(role: Role) -> Self {
        match role {
            Role::EcManager => Self::ec_manager(),
            Role::ProvinceManager => Self::province_manager(),
            Role::GroupManagerAdmin => Self::group_admin(),
            Role::Sa => Self::sa(),
            Role::ProvinceSa => Self::province_sa(),
            Role::GlobalAreaManager => Self::global_area(),
            Role::Operator => Self::operator(),
            Role::PeAdmin => Self::pe_admin(),
            Role::User => Self::user(),
            Role::PlatformAdmin => Self::platform_admin(),
        }
    }

    pub fn ec_manager() -> Self {
        person(1, "ec.manager", "政企经理甲", Role::EcManager, Some(33), "政企分公司")
    }

    pub fn ec_manager2() -> Self {
        person(2, "ec.manager2", "政企经理乙", Role::EcManager, Some(44), "政企分公司")
    }

    pub fn province_manager() -> Self {
        person(3, "province.manager", "省经理甲", Role::ProvinceManager, Some(33), "浙江公司")
    }

    /// There is no province SA in this one's province.
    pub fn province_manager2() -> Self {
        person(4, "province.manager2", "省经理乙", Role::ProvinceManager, Some(65), "新疆公司")
    }

    pub fn group_admin() -> Self {
        person(5, "group.admin", "集团管理员", Role::GroupManagerAdmin, None, "政企分公司")
    }

    pub fn sa() -> Self {
        person(6, "sa", "SA甲", Role::Sa, None, "技术部")
    }

    pub fn province_sa() -> Self {
        person(7, "province.sa", "省SA甲", Role::ProvinceSa, Some(33), "浙江公司")
    }

    pub fn global_area() -> Self {
        person(8, "global.area", "大区经理", Role::GlobalAreaManager, None, "技术部")
    }

    pub fn operator() -> Self {
        person(9, "operator", "运营甲", Role::Operator, None, "运营中心")
    }

    pub fn pe_admin() -> Self {
        person(10, "pe.admin", "机构管理员甲", Role::PeAdmin, None, "")
    }

    pub fn pe_admin2() -> Self {
        person(11, "pe.admin2", "机构管理员乙", Role::PeAdmin, None, "")
    }

    pub fn user() -> Self {
        person(12, "user", "普通用户", Role::User, None, "")
    }

    pub fn platform_admin() -> Self {
        person(13, "platform.admin", "平台管理员", Role::PlatformAdmin, None, "")
    }

    /// Everybody above.
    pub fn everybody() -> Vec<Self> {
        vec![
            Self::ec_manager(),
            Self::ec_manager2(),
            Self::province_manager(),
            Self::province_manager2(),
            Self::group_admin(),
            Self::sa(),
            Self::province_sa(),
            Self::global_area(),
            Self::operator(),
            Self::pe_admin(),
            Self::pe_admin2(),
            Self::user(),
            Self::platform_admin(),
        ]
    }

    /// The accounts of [`TestUser::everybody`], as the gateway pushes them.
    pub fn directory() -> Vec<Account> {
        Self::everybody().into_iter().map(|user| user.account).collect()
    }

    /// The same person under another id, user name and mobile: a second holder of the role.
    pub fn numbered(mut self, number: u32) -> Self {
        self.account.id = UserId(format!("{}", 100_000 + number));
        self.account.username = format!("{}.{number}", self.account.username);
        self.account.mobile = format!("138{number:08}");
        self.account.email = format!("{}@example.com", self.account.username);
        self
    }

    pub fn named(mut self, name: &str) -> Self {
        self.account.name = name.to_owned();
        self
    }

    pub fn in_province(mut self, province: Option<i32>) -> Self {
        self.account.province = province;
        self
    }

    pub fn with_roles(mut self, roles: &[Role]) -> Self {
        self.account.roles = roles.to_vec();
        self
    }

    pub fn disabled(mut self) -> Self {
        self.account.enabled = false;
        self
    }

    pub fn id(&self) -> &UserId {
        &self.account.id
    }

    /// The first role.
    pub fn role(&self) -> Role {
        *self.account.roles.first().expect("a test user has a role")
    }

    /// `Bearer <token>`, signed by the test issuer and valid for an hour.
    pub fn bearer(&self) -> String {
        issuer().bearer(&self.account)
    }
}

fn person(number: u32, username: &str, name: &str, role: Role, province: Option<i32>, company: &str) -> TestUser {
    TestUser {
        account: Account {
            id: UserId(format!("{}", 100_000 + number)),
            username: username.to_owned(),
            name: name.to_owned(),
            mobile: format!("138{number:08}"),
            email: format!("{username}@example.com"),
            company: company.to_owned(),
            province,
            roles: vec![role],
            enabled: true,
        },
    }
}
