//! Permissions, and which role holds which: one table, shipped as a default and replaceable by configuration.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::role::Role;

macro_rules! permissions {
    ($($variant:ident = $code:tt),+ $(,)?) => {
        /// What a caller may be allowed to do. The codes are the sources' own, misspellings included.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum Permission {
            $(#[serde(rename = $code)] $variant,)+
        }

        impl Permission {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }
        }
    };
}

permissions! {
    WoProductFilter = "WO_Product_Filter",
    WoOrderSave = "WO_Order_Save",
    WoOrderModify = "WO_Order_Modify",
    WoOrderList = "WO_Order_List",
    WoOrderDetail = "WO_Order_Detail",
    WoOrderApprove = "WO_Order_Approve",
    WoOrderRecall = "WO_Order_Recall",
    WoIcpUpdate = "WO_Icp_Update",
    WoFileUpload = "WO_File_Upload",
    WoFileDelete = "WO_File_Delete",
    WoHubManage = "WO_Hub_Manage",
    WoPiiRead = "WO_Pii_Read",
    BpmTaskRead = "BPM_Task_Read",
    BpmTaskHandle = "BPM_Task_Handle",
    BpmBillRead = "BPM_Bill_Read",
    BpmDeadLetterManage = "BPM_DeadLetter_Manage",
    BpmPiiRead = "BPM_Pii_Read",
    AuthAccountRead = "AUTH_Account_Read",
    AuthAccountWrite = "AUTH_Account_Write",
    AuthPiiRead = "AUTH_Pii_Read",
    PeSetUpInitial = "PE_SetUp_Initial",
    PePeTypeReadAll = "PE_PeType_ReadAll",
    PePeTypeReadByToken = "PE_PeType_ReadByToken",
    PePeTypeReadById = "PE_PeType_ReadById",
    PePeTypeAddAndUpdate = "PE_PeType_AddAndUpdate",
    PePeTypeDeleteByTokenAndId = "PE_PeType_DeleteByTokenAndId",
    PePeTypeDeleteById = "PE_PeType_DeleteById",
    PePeTypeDeleteAll = "PE_PeType_DeleteAll",
    PePeTypeAudit = "PE_PeType_Audit",
    PePublicEntityReadAll = "PE_PublicEntity_ReadAll",
    PePublicEntityReadByToken = "PE_PublicEntity_ReadByToken",
    PePublicEntityReadById = "PE_PublicEntity_ReadById",
    PePublicEntityAddAndUpdate = "PE_PublicEntity_AddAndUpdate",
    PePublicEntityDeleteByTokenAndId = "PE_PublicEntity_DeleteByTokenAndId",
    PePublicEntityDeleteById = "PE_PublicEntity_DeleteById",
    PePublicEntityDeleteAll = "PE_PublicEntity_DeleteAll",
    PePublicEntityAudit = "PE_PublicEntity_Audit",
    PePeMemberReadAll = "PE_PeMember_ReadAll",
    PePeMemberReadByToken = "PE_PeMember_ReadByToken",
    PePeMemberReadById = "PE_PeMember_ReadById",
    PePeMemberAddAndUpdate = "PE_PeMember_AddAndUpdate",
    PePeMemberDeleteByTokenAndId = "PE_PeMember_DeleteByTokenAndId",
    PePeMemberDeleteById = "PE_PeMember_DeleteById",
    PePeMemberDeleteAll = "PE_PeMember_DeleteAll",
    PePeMemberAudit = "PE_PeMember_Audit",
    PeAuthticationTypeReadAll = "PE_AuthticationType_ReadAll",
    PeAuthticationTypeReadByToken = "PE_AuthticationType_ReadByToken",
    PeAuthticationTypeReadById = "PE_AuthticationType_ReadById",
    PeAuthticationTypeAddAndUpdate = "PE_AuthticationType_AddAndUpdate",
    PeAuthticationTypeDeleteByTokenAndId = "PE_AuthticationType_DeleteByTokenAndId",
    PeAuthticationTypeDeleteById = "PE_AuthticationType_DeleteById",
    PeAuthticationTypeDeleteAll = "PE_AuthticationType_DeleteAll",
    PeAuthticationTypeAudit = "PE_AuthticationType_Audit",
    PeAuthticationStatusReadAll = "PE_AuthticationStatus_ReadAll",
    PeAuthticationStatusReadByToken = "PE_AuthticationStatus_ReadByToken",
    PeAuthticationStatusReadById = "PE_AuthticationStatus_ReadById",
    PeAuthticationStatusAddAndUpdate = "PE_AuthticationStatus_AddAndUpdate",
    PeAuthticationStatusDeleteByTokenAndId = "PE_AuthticationStatus_DeleteByTokenAndId",
    PeAuthticationStatusDeleteById = "PE_AuthticationStatus_DeleteById",
    PeAuthticationStatusDeleteAll = "PE_AuthticationStatus_DeleteAll",
    PeAuthticationStatusAudit = "PE_AuthticationStatus_Audit",
    PePeAuthenticationReadAll = "PE_PeAuthentication_ReadAll",
    PePeAuthenticationReadByToken = "PE_PeAuthentication_ReadByToken",
    PePeAuthenticationReadById = "PE_PeAuthentication_ReadById",
    PePeAuthenticationAddAndUpdate = "PE_PeAuthentication_AddAndUpdate",
    PePeAuthenticationDeleteByTokenAndId = "PE_PeAuthentication_DeleteByTokenAndId",
    PePeAuthenticationDeleteById = "PE_PeAuthentication_DeleteById",
    PePeAuthenticationDeleteAll = "PE_PeAuthentication_DeleteAll",
    PePeAuthenticationAudit = "PE_PeAuthentication_Audit",
    PeAuditLogRead = "PE_AuditLog_Read",
    PePiiRead = "PE_Pii_Read",
}

impl Permission {
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.code() == code)
    }
}

/// Which role holds which permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolePermissions(BTreeMap<Role, BTreeSet<Permission>>);

impl RolePermissions {
    /// The table of a configuration: role code to permission codes. `"*"` stands for all of them.
    ///
    /// A role that it leaves out keeps its default; an unknown role or permission is an error that names it.
    pub fn from_codes(table: &BTreeMap<String, Vec<String>>) -> Result<Self, UnknownCode> {
        let mut held = Self::default();
        for (role, codes) in table {
            let role = Role::from_code(role).ok_or_else(|| UnknownCode(role.clone()))?;
            let mut set = BTreeSet::new();
            for code in codes {
                if code == "*" {
                    set.extend(Permission::ALL);
                } else {
                    set.insert(Permission::from_code(code).ok_or_else(|| UnknownCode(code.clone()))?);
                }
            }
            held.0.insert(role, set);
        }
        Ok(held)
    }

    /// Whether any of the roles holds the permission. Deny unless the table says yes.
    pub fn allow(&self, roles: &[Role], permission: Permission) -> bool {
        roles.iter().any(|role| self.0.get(role).is_some_and(|held| held.contains(&permission)))
    }

    /// Everything the roles hold together, in the order of [`Permission::ALL`].
    pub fn of(&self, roles: &[Role]) -> Vec<Permission> {
        Permission::ALL.iter().copied().filter(|permission| self.allow(roles, *permission)).collect()
    }
}

/// A role or permission that does not exist.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown role or permission `{0}`")]
pub struct UnknownCode(pub String);

impl Default for RolePermissions {
    /// source: contract conventions, "Roles", and public entities, "Resources and operations".
    fn default() -> Self {
        use Permission as P;
        let manager = [
            P::WoProductFilter,
            P::WoOrderSave,
            P::WoOrderModify,
            P::WoOrderList,
            P::WoOrderDetail,
            P::WoFileUpload,
            P::WoFileDelete,
        ];
        let desk = [P::BpmTaskRead, P::BpmTaskHandle, P::WoOrderList, P::WoOrderDetail];
        let reference_reads = [
            P::PePeTypeReadAll,
            P::PePeTypeReadByToken,
            P::PePeTypeReadById,
            P::PeAuthticationTypeReadAll,
            P::PeAuthticationTypeReadByToken,
            P::PeAuthticationTypeReadById,
            P::PeAuthticationStatusReadAll,
            P::PeAuthticationStatusReadByToken,
            P::PeAuthticationStatusReadById,
        ];
        let held = Role::ALL.into_iter().map(|role| {
            let set: BTreeSet<P> = match role {
                Role::EcManager | Role::ProvinceManager => manager.into(),
                Role::GroupManagerAdmin => {
                    [P::WoOrderApprove, P::WoOrderList, P::WoOrderDetail, P::WoIcpUpdate, P::WoProductFilter].into()
                }
                Role::Sa | Role::ProvinceSa | Role::GlobalAreaManager => desk.into(),
                Role::Operator => operator(),
                Role::PeAdmin => own_records().into_iter().chain(reference_reads).collect(),
                Role::User => {
                    reference_reads.into_iter().chain([P::PePeMemberReadByToken, P::PePublicEntityReadById]).collect()
                }
                Role::PlatformAdmin => P::ALL.iter().copied().collect(),
            };
            (role, set)
        });
        Self(held.collect())
    }
}

/// `OPERATOR`: sees and audits everything, keeps the three reference resources.
fn operator() -> BTreeSet<Permission> {
    use Permission as P;
    let everywhere = P::ALL.iter().copied().filter(|permission| {
        let code = permission.code();
        let pe = code.starts_with("PE_");
        let reference = ["PE_PeType_", "PE_AuthticationType_", "PE_AuthticationStatus_"]
            .iter()
            .any(|prefix| code.starts_with(prefix));
        let reads = ["_ReadAll", "_ReadById", "_Audit"].iter().any(|suffix| code.ends_with(suffix));
        let keeps = ["_AddAndUpdate", "_DeleteById"].iter().any(|suffix| code.ends_with(suffix));
        pe && (reads || (reference && keeps))
    });
    everywhere
        .chain([
            P::BpmTaskRead,
            P::BpmBillRead,
            P::BpmDeadLetterManage,
            P::WoOrderList,
            P::WoOrderDetail,
            P::WoIcpUpdate,
            P::PeAuditLogRead,
            P::PePiiRead,
        ])
        .collect()
}

/// `PE_ADMIN`: their own entities, members and certifications.
fn own_records() -> Vec<Permission> {
    Permission::ALL
        .iter()
        .copied()
        .filter(|permission| {
            let code = permission.code();
            let own = ["PE_PublicEntity_", "PE_PeMember_", "PE_PeAuthentication_"]
                .iter()
                .any(|prefix| code.starts_with(prefix));
            let operation = ["_ReadByToken", "_ReadById", "_AddAndUpdate", "_DeleteByTokenAndId"]
                .iter()
                .any(|suffix| code.ends_with(suffix));
            own && operation
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_forty_nine_permissions_of_public_entities_and_two_beside_them() {
        let pe = Permission::ALL.iter().filter(|p| p.code().starts_with("PE_")).count();
        assert_eq!(pe, 49 + 2);
    }

    #[test]
    fn a_configured_role_replaces_its_row_and_leaves_the_others() {
        let table = BTreeMap::from([("USER".to_owned(), vec!["WO_Order_List".to_owned()])]);
        let held = RolePermissions::from_codes(&table).unwrap();
        assert_eq!(held.of(&[Role::User]), [Permission::WoOrderList]);
        assert!(held.allow(&[Role::EcManager], Permission::WoOrderSave));
    }

    #[test]
    fn an_unknown_code_is_named() {
        let table = BTreeMap::from([("USER".to_owned(), vec!["WO_Nothing".to_owned()])]);
        assert_eq!(RolePermissions::from_codes(&table), Err(UnknownCode("WO_Nothing".to_owned())));
    }

    #[test]
    fn operators_audit_everything_but_delete_only_reference_data() {
        let held = RolePermissions::default();
        let may = |permission| held.allow(&[Role::Operator], permission);
        assert!(may(Permission::PePeAuthenticationAudit));
        assert!(may(Permission::PePeTypeDeleteById));
        assert!(!may(Permission::PePublicEntityDeleteById));
        assert!(!may(Permission::PePeTypeDeleteAll));
    }
}
