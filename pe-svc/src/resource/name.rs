//! The six resources by name: their place in the URL and the permissions that are asked about a record, not an endpoint.

use serde::{Deserialize, Serialize};
use shared_model::permission::Permission;
use shared_model::text::Text;
use utoipa::ToSchema;

/// What a record is a record of. Written as the URL's segment, in tables and audit lines too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceName {
    PeTypes,
    PublicEntities,
    PeMembers,
    AuthenticationTypes,
    AuthenticationStatuses,
    PeAuthentications,
}

impl ResourceName {
    pub const ALL: [Self; 6] = [
        Self::PeTypes,
        Self::PublicEntities,
        Self::PeMembers,
        Self::AuthenticationTypes,
        Self::AuthenticationStatuses,
        Self::PeAuthentications,
    ];

    /// The segment after `/pe/`.
    pub const fn segment(self) -> &'static str {
        match self {
            Self::PeTypes => "pe-types",
            Self::PublicEntities => "public-entities",
            Self::PeMembers => "pe-members",
            Self::AuthenticationTypes => "authentication-types",
            Self::AuthenticationStatuses => "authentication-statuses",
            Self::PeAuthentications => "pe-authentications",
        }
    }

    pub fn from_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.segment() == segment)
    }

    /// What people call one of them.
    pub const fn title(self) -> Text {
        match self {
            Self::PeTypes => Text::fixed("机构类型", "entity type"),
            Self::PublicEntities => Text::fixed("机构", "public entity"),
            Self::PeMembers => Text::fixed("成员", "member"),
            Self::AuthenticationTypes => Text::fixed("认证类型", "certification type"),
            Self::AuthenticationStatuses => Text::fixed("认证状态", "certification status"),
            Self::PeAuthentications => Text::fixed("认证", "certification"),
        }
    }

    /// Holders see every record.
    pub const fn read_all(self) -> Permission {
        match self {
            Self::PeTypes => Permission::PePeTypeReadAll,
            Self::PublicEntities => Permission::PePublicEntityReadAll,
            Self::PeMembers => Permission::PePeMemberReadAll,
            Self::AuthenticationTypes => Permission::PeAuthticationTypeReadAll,
            Self::AuthenticationStatuses => Permission::PeAuthticationStatusReadAll,
            Self::PeAuthentications => Permission::PePeAuthenticationReadAll,
        }
    }

    /// Holders may read single records, by the rules of visibility.
    pub const fn read_by_id(self) -> Permission {
        match self {
            Self::PeTypes => Permission::PePeTypeReadById,
            Self::PublicEntities => Permission::PePublicEntityReadById,
            Self::PeMembers => Permission::PePeMemberReadById,
            Self::AuthenticationTypes => Permission::PeAuthticationTypeReadById,
            Self::AuthenticationStatuses => Permission::PeAuthticationStatusReadById,
            Self::PeAuthentications => Permission::PePeAuthenticationReadById,
        }
    }

    /// Holders review.
    pub const fn audit(self) -> Permission {
        match self {
            Self::PeTypes => Permission::PePeTypeAudit,
            Self::PublicEntities => Permission::PePublicEntityAudit,
            Self::PeMembers => Permission::PePeMemberAudit,
            Self::AuthenticationTypes => Permission::PeAuthticationTypeAudit,
            Self::AuthenticationStatuses => Permission::PeAuthticationStatusAudit,
            Self::PeAuthentications => Permission::PePeAuthenticationAudit,
        }
    }
}
