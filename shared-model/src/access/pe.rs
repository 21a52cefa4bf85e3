//! pe-svc: six resources of eight operations each, and what its desk needs beside them.
//!
//! source: public entities, "Resources and operations"; the misspelt codes are the source's own.

use super::Access::{AnyUser, Internal, Needs, NeedsAny, Public};
use super::Method::{Delete, Get, Post, Put};
use super::{Access, Endpoint, row};
use crate::permission::Permission as P;

/// Whoever may write records of some kind may upload what belongs to them.
const ANY_WRITE: Access = NeedsAny(&[
    P::PePublicEntityAddAndUpdate,
    P::PePeAuthenticationAddAndUpdate,
    P::PePeMemberAddAndUpdate,
    P::PePeTypeAddAndUpdate,
    P::PeAuthticationTypeAddAndUpdate,
    P::PeAuthticationStatusAddAndUpdate,
]);

/// The queue shows each reviewer the resources whose `_Audit` they hold.
const ANY_AUDIT: Access = NeedsAny(&[
    P::PePeAuthenticationAudit,
    P::PePublicEntityAudit,
    P::PePeMemberAudit,
    P::PePeTypeAudit,
    P::PeAuthticationTypeAudit,
    P::PeAuthticationStatusAudit,
]);

pub static ENDPOINTS: &[Endpoint] = &[
    // entity types 机构类型
    row(Get, "/pe/pe-types", Needs(P::PePeTypeReadAll)),
    row(Get, "/pe/pe-types/mine", Needs(P::PePeTypeReadByToken)),
    row(Get, "/pe/pe-types/{id}", Needs(P::PePeTypeReadById)),
    row(Put, "/pe/pe-types", Needs(P::PePeTypeAddAndUpdate)),
    row(Delete, "/pe/pe-types/mine/{id}", Needs(P::PePeTypeDeleteByTokenAndId)),
    row(Delete, "/pe/pe-types/{id}", Needs(P::PePeTypeDeleteById)),
    row(Delete, "/pe/pe-types", Needs(P::PePeTypeDeleteAll)),
    row(Post, "/pe/pe-types/{id}/audit", Needs(P::PePeTypeAudit)),
    row(Post, "/pe/pe-types/{id}/claim", Needs(P::PePeTypeAudit)),
    row(Post, "/pe/pe-types/{id}/release", Needs(P::PePeTypeAudit)),
    // public entities 机构
    row(Get, "/pe/public-entities", Needs(P::PePublicEntityReadAll)),
    row(Get, "/pe/public-entities/mine", Needs(P::PePublicEntityReadByToken)),
    row(Get, "/pe/public-entities/{id}", Needs(P::PePublicEntityReadById)),
    row(Put, "/pe/public-entities", Needs(P::PePublicEntityAddAndUpdate)),
    row(Delete, "/pe/public-entities/mine/{id}", Needs(P::PePublicEntityDeleteByTokenAndId)),
    row(Delete, "/pe/public-entities/{id}", Needs(P::PePublicEntityDeleteById)),
    row(Delete, "/pe/public-entities", Needs(P::PePublicEntityDeleteAll)),
    row(Post, "/pe/public-entities/{id}/audit", Needs(P::PePublicEntityAudit)),
    row(Post, "/pe/public-entities/{id}/claim", Needs(P::PePublicEntityAudit)),
    row(Post, "/pe/public-entities/{id}/release", Needs(P::PePublicEntityAudit)),
    // members 成员
    row(Get, "/pe/pe-members", Needs(P::PePeMemberReadAll)),
    row(Get, "/pe/pe-members/mine", Needs(P::PePeMemberReadByToken)),
    row(Get, "/pe/pe-members/{id}", Needs(P::PePeMemberReadById)),
    row(Put, "/pe/pe-members", Needs(P::PePeMemberAddAndUpdate)),
    row(Delete, "/pe/pe-members/mine/{id}", Needs(P::PePeMemberDeleteByTokenAndId)),
    row(Delete, "/pe/pe-members/{id}", Needs(P::PePeMemberDeleteById)),
    row(Delete, "/pe/pe-members", Needs(P::PePeMemberDeleteAll)),
    row(Post, "/pe/pe-members/{id}/audit", Needs(P::PePeMemberAudit)),
    row(Post, "/pe/pe-members/{id}/claim", Needs(P::PePeMemberAudit)),
    row(Post, "/pe/pe-members/{id}/release", Needs(P::PePeMemberAudit)),
    // certification types 认证类型
    row(Get, "/pe/authentication-types", Needs(P::PeAuthticationTypeReadAll)),
    row(Get, "/pe/authentication-types/mine", Needs(P::PeAuthticationTypeReadByToken)),
    row(Get, "/pe/authentication-types/{id}", Needs(P::PeAuthticationTypeReadById)),
    row(Put, "/pe/authentication-types", Needs(P::PeAuthticationTypeAddAndUpdate)),
    row(Delete, "/pe/authentication-types/mine/{id}", Needs(P::PeAuthticationTypeDeleteByTokenAndId)),
    row(Delete, "/pe/authentication-types/{id}", Needs(P::PeAuthticationTypeDeleteById)),
    row(Delete, "/pe/authentication-types", Needs(P::PeAuthticationTypeDeleteAll)),
    row(Post, "/pe/authentication-types/{id}/audit", Needs(P::PeAuthticationTypeAudit)),
    row(Post, "/pe/authentication-types/{id}/claim", Needs(P::PeAuthticationTypeAudit)),
    row(Post, "/pe/authentication-types/{id}/release", Needs(P::PeAuthticationTypeAudit)),
    // certification statuses 认证状态
    row(Get, "/pe/authentication-statuses", Needs(P::PeAuthticationStatusReadAll)),
    row(Get, "/pe/authentication-statuses/mine", Needs(P::PeAuthticationStatusReadByToken)),
    row(Get, "/pe/authentication-statuses/{id}", Needs(P::PeAuthticationStatusReadById)),
    row(Put, "/pe/authentication-statuses", Needs(P::PeAuthticationStatusAddAndUpdate)),
    row(Delete, "/pe/authentication-statuses/mine/{id}", Needs(P::PeAuthticationStatusDeleteByTokenAndId)),
    row(Delete, "/pe/authentication-statuses/{id}", Needs(P::PeAuthticationStatusDeleteById)),
    row(Delete, "/pe/authentication-statuses", Needs(P::PeAuthticationStatusDeleteAll)),
    row(Post, "/pe/authentication-statuses/{id}/audit", Needs(P::PeAuthticationStatusAudit)),
    row(Post, "/pe/authentication-statuses/{id}/claim", Needs(P::PeAuthticationStatusAudit)),
    row(Post, "/pe/authentication-statuses/{id}/release", Needs(P::PeAuthticationStatusAudit)),
    // certifications 认证
    row(Get, "/pe/pe-authentications", Needs(P::PePeAuthenticationReadAll)),
    row(Get, "/pe/pe-authentications/mine", Needs(P::PePeAuthenticationReadByToken)),
    row(Get, "/pe/pe-authentications/{id}", Needs(P::PePeAuthenticationReadById)),
    row(Put, "/pe/pe-authentications", Needs(P::PePeAuthenticationAddAndUpdate)),
    row(Delete, "/pe/pe-authentications/mine/{id}", Needs(P::PePeAuthenticationDeleteByTokenAndId)),
    row(Delete, "/pe/pe-authentications/{id}", Needs(P::PePeAuthenticationDeleteById)),
    row(Delete, "/pe/pe-authentications", Needs(P::PePeAuthenticationDeleteAll)),
    row(Post, "/pe/pe-authentications/{id}/audit", Needs(P::PePeAuthenticationAudit)),
    row(Post, "/pe/pe-authentications/{id}/claim", Needs(P::PePeAuthenticationAudit)),
    row(Post, "/pe/pe-authentications/{id}/release", Needs(P::PePeAuthenticationAudit)),
    row(Post, "/pe/pe-authentications/{id}/submit", Needs(P::PePeAuthenticationAddAndUpdate)),
    row(Post, "/pe/pe-authentications/{id}/renew", Needs(P::PePeAuthenticationAddAndUpdate)),
    row(Get, "/pe/pe-authentications/{id}/replies", Needs(P::PePeAuthenticationReadById)),
    row(
        Post,
        "/pe/pe-authentications/{id}/replies",
        NeedsAny(&[P::PePeAuthenticationAddAndUpdate, P::PePeAuthenticationAudit]),
    ),
    // the desk 审核台
    row(Get, "/pe/review-queue", ANY_AUDIT),
    row(Get, "/pe/reminders", Needs(P::PePeAuthenticationReadByToken)),
    row(Get, "/pe/badge/{badgeId}", Public),
    row(Post, "/pe/files", ANY_WRITE),
    row(Get, "/pe/files/{id}", AnyUser),
    row(Get, "/pe/audit-log", Needs(P::PeAuditLogRead)),
    row(Post, "/pe/setup/initial", Needs(P::PeSetUpInitial)),
    row(Put, "/internal/accounts", Internal),
    row(Get, "/internal/openapi.json", Internal),
    row(Get, "/healthz", Public),
    row(Get, "/readyz", Public),
    row(Get, "/metrics", Public),
];
