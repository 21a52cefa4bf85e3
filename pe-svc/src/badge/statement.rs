//! What a badge states: whose certification, which, for how long, and whether it holds now. Pure.

use chrono::NaiveDateTime;
use serde::Serialize;
use utoipa::ToSchema;

use crate::review::verdict::AuditStatus;

/// Whether the certification holds at the moment it is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BadgeStatus {
    Valid,
    /// 机构重新审核中 Its entity is not approved at the moment.
    Suspended,
    Expired,
    Revoked,
}

/// Revocation outlasts everything, the end of the validity outlasts a doubt about the entity.
pub fn status(
    revoked_at: Option<NaiveDateTime>,
    valid_until: NaiveDateTime,
    entity: AuditStatus,
    now: NaiveDateTime,
) -> BadgeStatus {
    if revoked_at.is_some() {
        BadgeStatus::Revoked
    } else if now > valid_until {
        BadgeStatus::Expired
    } else {
        match entity {
            AuditStatus::Approved => BadgeStatus::Valid,
            AuditStatus::Pending | AuditStatus::Rejected => BadgeStatus::Suspended,
        }
    }
}

/// The statement, also the payload of the signature.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BadgeStatement {
    /// Who states it.
    pub iss: String,
    /// When, in seconds since 1970: a statement is about this moment.
    pub iat: i64,
    pub badge_id: String,
    pub status: BadgeStatus,
    pub entity: BadgeEntity,
    pub certification: BadgeCertification,
    pub valid_from: String,
    pub valid_until: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
}

/// Who was certified.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BadgeEntity {
    pub id: i64,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
}

/// As what.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BadgeCertification {
    pub id: i64,
    pub type_id: i64,
    pub type_name: String,
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};

    use super::*;

    #[test]
    fn a_badge_says_the_worst_that_is_true() {
        let now = DateTime::UNIX_EPOCH.naive_utc();
        let (before, after) = (now - Duration::days(1), now + Duration::days(1));
        let table = [
            (None, after, AuditStatus::Approved, BadgeStatus::Valid),
            (None, now, AuditStatus::Approved, BadgeStatus::Valid),
            (None, after, AuditStatus::Pending, BadgeStatus::Suspended),
            (None, after, AuditStatus::Rejected, BadgeStatus::Suspended),
            (None, before, AuditStatus::Approved, BadgeStatus::Expired),
            (None, before, AuditStatus::Pending, BadgeStatus::Expired),
            (Some(before), after, AuditStatus::Approved, BadgeStatus::Revoked),
            (Some(before), before, AuditStatus::Pending, BadgeStatus::Revoked),
        ];
        for (revoked, until, entity, expected) in table {
            assert_eq!(status(revoked, until, entity, now), expected, "{revoked:?} {until} {entity:?}");
        }
    }
}
