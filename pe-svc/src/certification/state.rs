//! The life of a certification, and what may happen to it when. Pure. source: public entity rules 7 to 11.
//!
//! ```text
//!   draft 草稿 ──submit──> submitted 申请 ──approve──> passed 申请通过 ──revoke──> (passed, revoked)
//!                            │      ^
//!                         return    └──submit── needsModification 申请待修改
//!                            └──────────────────────^
//! ```
//! Past its review window an unpassed one is expired: its owner can no longer change or submit it, only delete it;
//! a reviewer may still decide one that was submitted in time.

use serde::{Deserialize, Serialize};
use shared_model::problem::{Problem, codes};
use shared_model::text::Text;
use utoipa::ToSchema;

/// The four statuses, whose codes are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CertificationStatus {
    Draft,
    Submitted,
    NeedsModification,
    Passed,
}

impl CertificationStatus {
    pub const ALL: [Self; 4] = [Self::Draft, Self::Submitted, Self::NeedsModification, Self::Passed];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::NeedsModification => "needsModification",
            Self::Passed => "passed",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The name it ships with; operators may change it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "申请",
            Self::NeedsModification => "申请待修改",
            Self::Passed => "申请通过",
        }
    }
}

/// What somebody wants to do to a certification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The owner changes it.
    Changed,
    Submitted,
    Approved,
    /// Not approved, with a remark.
    Returned,
    /// A platform administrator takes a passed one back.
    Revoked,
    Replied,
    /// The owner deletes it.
    Deleted,
}

/// Where a certification stands when the event comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub status: CertificationStatus,
    /// Past its review window (unpassed) or its validity (passed).
    pub expired: bool,
    pub revoked: bool,
}

/// Why an event is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Closed,
    Expired,
    UnderReview,
    NotSubmitted,
}

/// The one place that decides: the status after the event, or why not.
pub fn next(standing: Standing, event: Event) -> Result<CertificationStatus, Refusal> {
    use CertificationStatus::{Draft, NeedsModification, Passed, Submitted};
    let Standing { status, expired, revoked } = standing;
    match (status, event) {
        (Passed, Event::Revoked) if !revoked => Ok(Passed),
        (Passed, _) => Err(Refusal::Closed),
        (Draft | Submitted | NeedsModification, Event::Changed | Event::Submitted) if expired => Err(Refusal::Expired),
        (Draft | NeedsModification, Event::Changed) => Ok(status),
        (Draft | NeedsModification, Event::Submitted) => Ok(Submitted),
        (Submitted, Event::Changed | Event::Submitted) => Err(Refusal::UnderReview),
        (Submitted, Event::Approved) => Ok(Passed),
        (Submitted, Event::Returned) => Ok(NeedsModification),
        (Draft | NeedsModification, Event::Approved | Event::Returned) => Err(Refusal::NotSubmitted),
        (Draft | Submitted | NeedsModification, Event::Revoked) => Err(Refusal::NotSubmitted),
        (Draft | Submitted | NeedsModification, Event::Replied) => Ok(status),
        (Draft, Event::Deleted) => Ok(status),
        (Submitted | NeedsModification, Event::Deleted) if expired => Ok(status),
        (Submitted | NeedsModification, Event::Deleted) => Err(Refusal::Closed),
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Closed => Self::new(&codes::AUTHENTICATION_CLOSED)
                .detail(Text::fixed("当前状态不允许此操作", "its state does not allow this")),
            Refusal::Expired => Self::new(&codes::AUTHENTICATION_EXPIRED)
                .detail(Text::fixed("已超过审核期限，不能再修改或提交", "its review window is over")),
            Refusal::UnderReview => Self::new(&codes::AUTHENTICATION_UNDER_REVIEW),
            Refusal::NotSubmitted => Self::new(&codes::AUDIT_NOT_PENDING)
                .detail(Text::fixed("只有已提交的认证可以审核", "only a submitted certification is audited")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CertificationStatus::{Draft, NeedsModification, Passed, Submitted};
    use super::Event::{Approved, Changed, Deleted, Replied, Returned, Revoked};
    use super::Refusal::{Closed, Expired, NotSubmitted, UnderReview};
    use super::*;

    type Row = (Event, [Result<CertificationStatus, Refusal>; 7]);

    /// All standings x all events, written a second time by hand. Columns: draft, submitted, submitted and expired,
    /// needs modification, needs modification and expired, passed, passed and revoked.
    const TABLE: [Row; 7] = [
        (
            Changed,
            [Ok(Draft), Err(UnderReview), Err(Expired), Ok(NeedsModification), Err(Expired), Err(Closed), Err(Closed)],
        ),
        (
            Event::Submitted,
            [Ok(Submitted), Err(UnderReview), Err(Expired), Ok(Submitted), Err(Expired), Err(Closed), Err(Closed)],
        ),
        (
            Approved,
            [Err(NotSubmitted), Ok(Passed), Ok(Passed), Err(NotSubmitted), Err(NotSubmitted), Err(Closed), Err(Closed)],
        ),
        (
            Returned,
            [
                Err(NotSubmitted),
                Ok(NeedsModification),
                Ok(NeedsModification),
                Err(NotSubmitted),
                Err(NotSubmitted),
                Err(Closed),
                Err(Closed),
            ],
        ),
        (
            Revoked,
            [
                Err(NotSubmitted),
                Err(NotSubmitted),
                Err(NotSubmitted),
                Err(NotSubmitted),
                Err(NotSubmitted),
                Ok(Passed),
                Err(Closed),
            ],
        ),
        (
            Replied,
            [
                Ok(Draft),
                Ok(Submitted),
                Ok(Submitted),
                Ok(NeedsModification),
                Ok(NeedsModification),
                Err(Closed),
                Err(Closed),
            ],
        ),
        (
            Deleted,
            [Ok(Draft), Err(Closed), Ok(Submitted), Err(Closed), Ok(NeedsModification), Err(Closed), Err(Closed)],
        ),
    ];

    #[test]
    fn every_event_in_every_standing_does_what_the_table_says() {
        let standings = [
            (Draft, false, false),
            (Submitted, false, false),
            (Submitted, true, false),
            (NeedsModification, false, false),
            (NeedsModification, true, false),
            (Passed, false, false),
            (Passed, false, true),
        ]
        .map(|(status, expired, revoked)| Standing { status, expired, revoked });
        for (event, row) in TABLE {
            for (standing, expected) in standings.into_iter().zip(row) {
                assert_eq!(next(standing, event), expected, "{standing:?} {event:?}");
            }
        }
    }

    #[test]
    fn a_passed_certification_past_its_validity_is_as_closed_as_before() {
        let standing = Standing { status: Passed, expired: true, revoked: false };
        for event in [Changed, Event::Submitted, Approved, Returned, Replied, Deleted] {
            assert_eq!(next(standing, event), Err(Closed), "{event:?}");
        }
        assert_eq!(next(standing, Revoked), Ok(Passed));
    }

    #[test]
    fn a_status_reads_as_its_code() {
        for status in CertificationStatus::ALL {
            assert_eq!(CertificationStatus::from_code(status.code()), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.code());
        }
    }
}
