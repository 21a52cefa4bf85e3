//! The letters' texts: files compiled in, one for each language.

use std::sync::LazyLock;

use minijinja::{Environment, Error, context};
use shared_model::account::Account;
use shared_model::text::Language;

use crate::mail::letter::Letter;
use crate::notice::facts::Facts;
use crate::notice::kind::NoticeKind;
use crate::notice::words;

const FILES: [(&str, &str); 2] = [
    ("notice.zh-CN", include_str!("../../templates/mail/notice.zh.txt")),
    ("notice.en", include_str!("../../templates/mail/notice.en.txt")),
];

static TEMPLATES: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    for (name, text) in FILES {
        templates.add_template(name, text)?;
    }
    Ok(templates)
});

/// A notice as a letter to one person. None when they have no mail address.
///
/// Errors: a template that does not fit what it is given, which the tests below rule out.
pub fn of_notice(to: &Account, language: Language, kind: NoticeKind, facts: &Facts) -> Result<Option<Letter>, Error> {
    if to.email.is_empty() {
        return Ok(None);
    }
    let templates = TEMPLATES.as_ref().map_err(|error| Error::new(error.kind(), error.to_string()))?;
    let (title, body) = (words::title(kind, facts), words::body(facts));
    let (title, body) = (title.in_language(language), body.in_language(language));
    let template = templates.get_template(&format!("notice.{}", language.tag()))?;
    let text = template.render(context! { name => &to.name, title, body })?;
    Ok(Some(Letter { to_name: to.name.clone(), to: to.email.clone(), subject: title.to_owned(), text }))
}

#[cfg(test)]
mod tests {
    use shared_model::ids::UserId;
    use shared_model::role::Role;

    use super::*;
    use crate::order::sample::order;

    fn account(email: &str) -> Account {
        Account {
            id: UserId::from("manager"),
            username: "manager".to_owned(),
            name: "示例经理".to_owned(),
            mobile: String::new(),
            email: email.to_owned(),
            company: String::new(),
            province: None,
            roles: vec![Role::EcManager],
            enabled: true,
        }
    }

    #[test]
    fn every_notice_is_a_letter_in_either_language() {
        let facts =
            Facts { by: "管理员".to_owned(), ..Facts::of_order(&order()).saying(Some("<b>材料</b>不全")) };
        for kind in NoticeKind::ALL {
            for language in [Language::Chinese, Language::English] {
                let letter = of_notice(&account("m@example.com"), language, kind, &facts).unwrap().unwrap();
                assert_eq!(letter.subject, words::title(kind, &facts).in_language(language));
                // Plain text: nothing is escaped, nothing of the template is left.
                assert!(letter.text.contains("<b>材料</b>不全") && !letter.text.contains("{"), "{}", letter.text);
            }
        }
        assert!(of_notice(&account(""), Language::Chinese, NoticeKind::Urged, &facts).unwrap().is_none());
    }
}
