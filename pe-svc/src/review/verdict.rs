//! Whether an audit may be given, and what a record becomes by it. Pure. source: public entity rule 5.

use serde::{Deserialize, Serialize};
use shared_model::problem::{Fault, Problem, codes};
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::resource::form::has_control_characters;

/// The longest remark, in characters.
pub const REMARK_MAX: usize = 2000;

/// Where an audited record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuditStatus {
    Pending,
    Approved,
    Rejected,
}

impl AuditStatus {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// What a table says. An unknown word was never written by this service and grants nothing.
    pub fn from_stored(code: &str) -> Self {
        match code {
            "approved" => Self::Approved,
            "rejected" => Self::Rejected,
            _ => Self::Pending,
        }
    }
}

/// A reviewer's verdict: `POST {path}/{id}/audit`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Verdict {
    pub approved: bool,
    /// 备注: why. Needed for every refusal.
    #[serde(default)]
    pub remark: Option<String>,
    /// The version that was reviewed: 412 when the record has changed since.
    #[serde(default)]
    pub version: Option<i64>,
    /// Certifications only: what was found of single materials.
    #[serde(default)]
    pub materials: Option<Vec<MaterialVerdict>>,
}

/// What was found of one material 资料.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MaterialVerdict {
    pub name: String,
    pub accepted: bool,
    /// Why it has to be replaced; needed when it was not accepted.
    #[serde(default)]
    pub remark: Option<String>,
}

impl Verdict {
    /// The remark, when there is one.
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref().map(str::trim).filter(|remark| !remark.is_empty())
    }

    /// A refusal says why; nobody has to read a novel.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = check_remark("/remark", self.remark(), !self.approved);
        for (index, material) in self.materials.iter().flatten().enumerate() {
            let remark = material.remark.as_deref().map(str::trim).filter(|remark| !remark.is_empty());
            faults.extend(check_remark(&format!("/materials/{index}/remark"), remark, !material.accepted));
        }
        faults
    }
}

fn check_remark(pointer: &str, remark: Option<&str>, required: bool) -> Vec<Fault> {
    match remark {
        None if required => {
            vec![Fault::new(pointer, &codes::AUDIT_REMARK_REQUIRED, Text::fixed("请说明原因", "say why"))]
        }
        Some(text) if text.chars().count() > REMARK_MAX || has_control_characters(text) => {
            let message =
                Text::fixed("最多 2000 个字符，不能含控制字符", "at most 2000 characters, no control characters");
            vec![Fault::new(pointer, &codes::FIELD_INVALID, message)]
        }
        None | Some(_) => Vec::new(),
    }
}

/// What the record becomes. Only what is pending is decided; an approval may be withdrawn by a platform administrator.
pub fn next(status: AuditStatus, approved: bool, platform_admin: bool) -> Result<AuditStatus, Problem> {
    match (status, approved) {
        (AuditStatus::Pending, true) => Ok(AuditStatus::Approved),
        (AuditStatus::Pending, false) => Ok(AuditStatus::Rejected),
        (AuditStatus::Approved, false) if platform_admin => Ok(AuditStatus::Rejected),
        (AuditStatus::Approved | AuditStatus::Rejected, _) => Err(Problem::new(&codes::AUDIT_NOT_PENDING)),
    }
}

#[cfg(test)]
mod tests {
    use super::AuditStatus::{Approved, Pending, Rejected};
    use super::*;

    /// Every status, verdict and reviewer, written a second time by hand.
    #[test]
    fn only_what_is_pending_is_decided_and_only_a_platform_administrator_takes_an_approval_back() {
        let table = [
            (Pending, true, false, Some(Approved)),
            (Pending, true, true, Some(Approved)),
            (Pending, false, false, Some(Rejected)),
            (Pending, false, true, Some(Rejected)),
            (Approved, true, false, None),
            (Approved, true, true, None),
            (Approved, false, false, None),
            (Approved, false, true, Some(Rejected)),
            (Rejected, true, false, None),
            (Rejected, true, true, None),
            (Rejected, false, false, None),
            (Rejected, false, true, None),
        ];
        for (status, approved, platform, expected) in table {
            assert_eq!(next(status, approved, platform).ok(), expected, "{status:?} {approved} {platform}");
        }
    }

    #[test]
    fn a_remark_has_lines_and_tabs_and_no_other_control_characters() {
        let found = |text: &str| check_remark("/remark", Some(text), true).len();
        assert_eq!(found("第一行\r\n\t第二行"), 0);
        for odd in ["a\u{0}", "a\u{1b}[2J", "a\u{7f}", "a\u{9b}"] {
            assert_eq!(found(odd), 1, "{odd:?}");
        }
    }

    #[test]
    fn a_refusal_without_a_reason_is_refused_itself() {
        let verdict = |approved, remark: Option<&str>| Verdict {
            approved,
            remark: remark.map(str::to_owned),
            version: None,
            materials: Some(vec![MaterialVerdict { name: "执照".into(), accepted: false, remark: None }]),
        };
        let pointers = |verdict: Verdict| verdict.check().into_iter().map(|f| f.pointer).collect::<Vec<_>>();
        assert_eq!(pointers(verdict(false, Some("  "))), ["/remark", "/materials/0/remark"]);
        assert_eq!(pointers(verdict(true, None)), ["/materials/0/remark"]);
        assert_eq!(pointers(verdict(false, Some("缺执照"))), ["/materials/0/remark"]);
    }
}
