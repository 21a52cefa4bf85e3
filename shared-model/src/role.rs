//! The ten roles people have, with the names they are shown by.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text::Text;

/// What a person is to the front desk. source: contract conventions, "Roles".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    EcManager,
    ProvinceManager,
    GroupManagerAdmin,
    Sa,
    ProvinceSa,
    GlobalAreaManager,
    Operator,
    PeAdmin,
    User,
    PlatformAdmin,
}

impl Role {
    pub const ALL: [Self; 10] = [
        Self::EcManager,
        Self::ProvinceManager,
        Self::GroupManagerAdmin,
        Self::Sa,
        Self::ProvinceSa,
        Self::GlobalAreaManager,
        Self::Operator,
        Self::PeAdmin,
        Self::User,
        Self::PlatformAdmin,
    ];

    /// The code in tokens, settings and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EcManager => "EC_MANAGER",
            Self::ProvinceManager => "PROVINCE_MANAGER",
            Self::GroupManagerAdmin => "GROUP_MANAGER_ADMIN",
            Self::Sa => "SA",
            Self::ProvinceSa => "PROVINCE_SA",
            Self::GlobalAreaManager => "GLOBAL_AREA_MANAGER",
            Self::Operator => "OPERATOR",
            Self::PeAdmin => "PE_ADMIN",
            Self::User => "USER",
            Self::PlatformAdmin => "PLATFORM_ADMIN",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    pub const fn name(self) -> Text {
        match self {
            Self::EcManager => Text::fixed("政企客户经理", "Enterprise account manager"),
            Self::ProvinceManager => Text::fixed("省客户经理", "Provincial account manager"),
            Self::GroupManagerAdmin => Text::fixed("集团客户经理管理员", "Group account administrator"),
            Self::Sa => Text::fixed("SA", "SA"),
            Self::ProvinceSa => Text::fixed("省SA", "Provincial SA"),
            Self::GlobalAreaManager => Text::fixed("大区经理", "Regional manager"),
            Self::Operator => Text::fixed("运营人员", "Operator"),
            Self::PeAdmin => Text::fixed("机构管理员", "Organization administrator"),
            Self::User => Text::fixed("普通用户", "User"),
            Self::PlatformAdmin => Text::fixed("平台管理员", "Platform administrator"),
        }
    }

    /// The two roles that submit orders.
    pub const fn is_manager(self) -> bool {
        matches!(self, Self::EcManager | Self::ProvinceManager)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_reads_and_writes_as_its_code() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.code()));
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
    }
}
