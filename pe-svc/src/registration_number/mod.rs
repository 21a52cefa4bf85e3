//! The number an entity is registered under, checked by the rules of its kind.
//!
//! Which kind a number is of, the entity's type says. source: public entity rule 3.

pub mod business_license;
pub mod organization_code;
pub mod uscc;

use serde::{Deserialize, Serialize};
use shared_model::text::Text;
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

/// The longest free number, in characters.
const FREE_MAX: usize = 64;

/// How a type's registration numbers are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationNumberKind {
    /// Unified social credit code 统一社会信用代码, GB 32100-2015.
    Uscc,
    /// Organization code 组织机构代码, GB 11714-1997.
    OrganizationCode,
    /// Business licence number 营业执照注册号, 15 digits with an ISO 7064 check digit.
    BusinessLicense,
    /// Whatever the entity has; only its length is looked at.
    Free,
}

impl RegistrationNumberKind {
    pub const ALL: [Self; 4] = [Self::Uscc, Self::OrganizationCode, Self::BusinessLicense, Self::Free];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Uscc => "uscc",
            Self::OrganizationCode => "organization_code",
            Self::BusinessLicense => "business_license",
            Self::Free => "free",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What a number of this kind looks like, for whoever typed another.
    pub const fn shape(self) -> Text {
        match self {
            Self::Uscc => Text::fixed(
                "须为 18 位统一社会信用代码，且校验位正确",
                "must be an 18-character unified social credit code with a correct check character",
            ),
            Self::OrganizationCode => Text::fixed(
                "须为 9 位组织机构代码，且校验位正确",
                "must be a 9-character organization code with a correct check character",
            ),
            Self::BusinessLicense => Text::fixed(
                "须为 15 位营业执照注册号，且校验位正确",
                "must be a 15-digit business licence number with a correct check digit",
            ),
            Self::Free => Text::fixed("注册号须为 1 到 64 个字符", "must have 1 to 64 characters"),
        }
    }
}

/// A registration number that passed the check of its kind, in the form it is compared by:
/// trimmed, NFKC, the coded kinds in capitals and without the hyphen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationNumber(String);

impl RegistrationNumber {
    /// None when the text is no number of this kind.
    pub fn parse(kind: RegistrationNumberKind, text: &str) -> Option<Self> {
        let normal: String = text.trim().nfkc().collect();
        let normal = normal.trim();
        let number = match kind {
            RegistrationNumberKind::Free => normal.to_owned(),
            RegistrationNumberKind::Uscc | RegistrationNumberKind::BusinessLicense => normal.to_ascii_uppercase(),
            RegistrationNumberKind::OrganizationCode => without_hyphen(&normal.to_ascii_uppercase()),
        };
        let sound = match kind {
            RegistrationNumberKind::Uscc => uscc::is_valid(&number),
            RegistrationNumberKind::OrganizationCode => organization_code::is_valid(&number),
            RegistrationNumberKind::BusinessLicense => business_license::is_valid(&number),
            RegistrationNumberKind::Free => (1..=FREE_MAX).contains(&number.chars().count()),
        };
        sound.then_some(Self(number))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// GB 11714 prints `XXXXXXXX-X`; the hyphen before the check character is no part of the code.
fn without_hyphen(text: &str) -> String {
    match text.split_once('-') {
        Some((body, check)) if body.len() == 8 && check.len() == 1 => format!("{body}{check}"),
        Some(_) | None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(kind: RegistrationNumberKind, text: &str) -> Option<String> {
        RegistrationNumber::parse(kind, text).map(|number| number.as_str().to_owned())
    }

    #[test]
    fn one_number_written_in_several_ways_is_one_number() {
        let uscc = RegistrationNumberKind::Uscc;
        for text in ["91440300708461136T", " 91440300708461136t ", "９１４４０３００７０８４６１１３６Ｔ"]
        {
            assert_eq!(parsed(uscc, text).as_deref(), Some("91440300708461136T"), "{text}");
        }
        let code = RegistrationNumberKind::OrganizationCode;
        assert_eq!(parsed(code, "D2143569-X"), parsed(code, "d2143569x"));
    }

    #[test]
    fn a_free_number_is_anything_of_1_to_64_characters() {
        let free = RegistrationNumberKind::Free;
        assert_eq!(parsed(free, " 个体-7 ").as_deref(), Some("个体-7"));
        assert_eq!(parsed(free, "  "), None);
        assert!(parsed(free, &"字".repeat(64)).is_some());
        assert_eq!(parsed(free, &"字".repeat(65)), None);
    }

    #[test]
    fn a_kind_reads_as_its_code() {
        for kind in RegistrationNumberKind::ALL {
            assert_eq!(RegistrationNumberKind::from_code(kind.code()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }
}
