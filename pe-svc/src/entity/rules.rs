//! What an entity has to be, and which changes ask for a new audit. Pure. source: public entity rules 2 to 5.

use shared_model::problem::codes;
use shared_model::text::Text;
use unicode_normalization::UnicodeNormalization;

use crate::registration_number::{RegistrationNumber, RegistrationNumberKind};
use crate::resource::Form;
use crate::review::verdict::AuditStatus;

const NAME_MAX: usize = 100;
const NUMBER_MAX: usize = 200;
const URL_MAX: usize = 1000;
/// 1..=10 licence photos. source: rule 4.
const PHOTOS: std::ops::RangeInclusive<usize> = 1..=10;

/// What an owner says of an entity, once it is known to be well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityContent {
    pub logo_url: Option<String>,
    pub type_id: i64,
    pub name: String,
    pub short_name: Option<String>,
    pub registration_number: String,
    pub license_photos: Vec<String>,
    pub admin_name: String,
    pub admin_mobile: String,
}

impl EntityContent {
    /// The name as it is compared: trimmed, NFKC. source: rule 2.
    pub fn name_key(&self) -> String {
        name_key(&self.name)
    }
}

/// See [`EntityContent::name_key`].
pub fn name_key(name: &str) -> String {
    name.trim().nfkc().collect::<String>().trim().to_owned()
}

/// The person registering: whose name and number stand in when none are given.
pub struct Administrator<'a> {
    pub name: &'a str,
    pub mobile: &'a str,
}

/// Reads all but the type, whose kind decides about the number. Faults stay in the form.
pub fn read(
    form: &mut Form,
    type_id: i64,
    kind: Option<RegistrationNumberKind>,
    administrator: &Administrator<'_>,
) -> EntityContent {
    let name = form.required_text("name", NAME_MAX);
    let short_name = form.text("shortName", NAME_MAX);
    let registration_number = read_number(form, kind);
    let license_photos = form.texts("licensePhotos", URL_MAX).unwrap_or_default();
    if !PHOTOS.contains(&license_photos.len()) {
        let message = Text::fixed("执照照片须为 1 到 10 张", "1 to 10 licence photos are required");
        form.fault("/licensePhotos", &codes::ENTITY_LICENSE_PHOTOS, message);
    }
    let admin_name = form.text("adminName", NAME_MAX).unwrap_or_else(|| administrator.name.to_owned());
    let logo_url = form.text("logoUrl", URL_MAX);
    EntityContent {
        logo_url,
        type_id,
        name,
        short_name,
        registration_number,
        license_photos,
        admin_name,
        admin_mobile: read_mobile(form, administrator),
    }
}

fn read_number(form: &mut Form, kind: Option<RegistrationNumberKind>) -> String {
    let text = form.text("registrationNumber", NUMBER_MAX).unwrap_or_default();
    // Of an unknown type nothing can be said about the number: the type is what is wrong.
    let Some(kind) = kind else { return text };
    match RegistrationNumber::parse(kind, &text) {
        Some(number) => number.as_str().to_owned(),
        None => {
            form.fault("/registrationNumber", &codes::ENTITY_NUMBER_INVALID, kind.shape());
            text
        }
    }
}

fn read_mobile(form: &mut Form, administrator: &Administrator<'_>) -> String {
    match form.text("adminMobile", 32) {
        None => administrator.mobile.to_owned(),
        Some(mobile) if is_mobile(&mobile) => mobile,
        Some(mobile) => {
            form.invalid("adminMobile", Text::fixed("须为 11 位手机号", "must be an 11-digit mobile number"));
            mobile
        }
    }
}

/// A mainland mobile number: 11 digits from 13 to 19.
pub fn is_mobile(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 11 && bytes.iter().all(u8::is_ascii_digit) && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

/// Where the entity stands after its owner changed it: what the audit looked at may not change behind its back, and who
/// was refused asks again. source: rule 5.
pub fn status_after(before: AuditStatus, old: &EntityContent, new: &EntityContent) -> AuditStatus {
    let looked_at_again = old.name != new.name
        || old.type_id != new.type_id
        || old.registration_number != new.registration_number
        || old.license_photos != new.license_photos;
    match before {
        AuditStatus::Approved if !looked_at_again => AuditStatus::Approved,
        AuditStatus::Approved | AuditStatus::Pending | AuditStatus::Rejected => AuditStatus::Pending,
    }
}

#[cfg(test)]
mod tests {
    use super::AuditStatus::{Approved, Pending, Rejected};
    use super::*;

    fn content() -> EntityContent {
        EntityContent {
            logo_url: None,
            type_id: 1,
            name: "示例".into(),
            short_name: None,
            registration_number: "1".into(),
            license_photos: vec!["https://a.example/1.jpg".into()],
            admin_name: "甲".into(),
            admin_mobile: "13800000010".into(),
        }
    }

    #[test]
    fn names_are_compared_trimmed_and_in_nfkc() {
        assert_eq!(name_key(" ＡＢＣ科技\u{3000}"), name_key("ABC科技"));
        assert_ne!(name_key("abc"), name_key("ABC"));
    }

    #[test]
    fn what_the_audit_looked_at_sends_an_approved_entity_back_and_nothing_else_does() {
        let old = content();
        let changed: [fn(&mut EntityContent); 4] = [
            |e| e.name.push('x'),
            |e| e.type_id = 2,
            |e| e.registration_number.push('2'),
            |e| e.license_photos.push("https://a.example/2.jpg".into()),
        ];
        for change in changed {
            let mut new = content();
            change(&mut new);
            assert_eq!(status_after(Approved, &old, &new), Pending, "{new:?}");
        }
        let new = EntityContent { short_name: Some("短".into()), admin_name: "乙".into(), ..content() };
        assert_eq!(status_after(Approved, &old, &new), Approved);
        assert_eq!(status_after(Rejected, &old, &new), Pending);
        assert_eq!(status_after(Pending, &old, &old), Pending);
    }

    #[test]
    fn a_mobile_number_has_eleven_digits_from_13_to_19() {
        assert!(is_mobile("13800000010") && is_mobile("19912345678"));
        for text in ["12800000010", "1380000001", "138000000100", "+8613800000010", "1380000001a", ""] {
            assert!(!is_mobile(text), "{text}");
        }
    }
}
