//! What makes an account acceptable. Pure; all faults at once.

use serde::Deserialize;
use shared_model::ids::UserId;
use shared_model::problem::{Fault, codes};
use shared_model::province;
use shared_model::role::Role;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::identity::password;

/// `PUT /auth/accounts`: without `id` an account is created, else it is replaced.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SaveAccount {
    #[schema(value_type = Option<String>)]
    pub id: Option<UserId>,
    #[serde(default)]
    #[schema(examples("ec.manager"))]
    pub username: Option<String>,
    pub name: Option<String>,
    #[schema(examples("13800000001"))]
    pub mobile: Option<String>,
    pub email: Option<String>,
    pub company: Option<String>,
    /// Two-digit code of GB/T 2260.
    pub province: Option<i32>,
    #[schema(value_type = Option<Vec<Role>>)]
    pub roles: Option<Vec<String>>,
    /// Absent: true for a new account, unchanged for an old one.
    pub enabled: Option<bool>,
    /// Of a new account.
    pub initial_password: Option<String>,
    /// Of an existing account: sets another password and ends its sessions.
    pub reset_password: Option<String>,
}

/// An account as it may be written: only [`check`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub username: String,
    pub name: String,
    pub mobile: String,
    pub email: String,
    pub company: String,
    pub province: Option<i32>,
    pub roles: Vec<Role>,
}

/// The name as it is compared: `Ec.Manager ` is `ec.manager`.
pub fn username_key(username: &str) -> String {
    username.trim().to_lowercase()
}

/// Everything that is wrong with the account, or the account.
pub fn check(body: &SaveAccount) -> Result<Checked, Vec<Fault>> {
    let mut faults = Vec::new();
    let text = |value: &Option<String>| value.as_deref().unwrap_or_default().trim().to_owned();
    let checked = Checked {
        username: text(&body.username),
        name: text(&body.name),
        mobile: text(&body.mobile),
        email: text(&body.email),
        company: text(&body.company),
        province: body.province,
        roles: check_roles(body.roles.as_deref().unwrap_or_default(), &mut faults),
    };
    faults.extend(check_texts(&checked));
    if checked.province.is_some_and(|code| province::find(code).is_none()) {
        faults.push(Fault::new(
            "/province",
            &codes::PROVINCE_UNKNOWN,
            Text::fixed("没有这个省份代码", "no such province code"),
        ));
    }
    faults.extend(check_passwords(body, &checked.username));
    if faults.is_empty() { Ok(checked) } else { Err(faults) }
}

fn fault(pointer: &str, zh: &'static str, en: &'static str) -> Fault {
    Fault::new(pointer, &codes::ACCOUNT_INVALID, Text::fixed(zh, en))
}

fn check_roles(given: &[String], faults: &mut Vec<Fault>) -> Vec<Role> {
    let mut roles = Vec::new();
    for (at, code) in given.iter().enumerate() {
        match Role::from_code(code) {
            Some(role) if !roles.contains(&role) => roles.push(role),
            Some(_) => {}
            None => faults.push(fault(&format!("/roles/{at}"), "没有这个角色", "no such role")),
        }
    }
    if given.is_empty() {
        faults.push(fault("/roles", "至少要有一个角色", "at least one role is required"));
    }
    roles
}

fn check_texts(account: &Checked) -> Vec<Fault> {
    let mut faults = Vec::new();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    if !(2..=64).contains(&account.username.len()) || !account.username.chars().all(plain) {
        faults.push(fault(
            "/username",
            "用户名为 2 到 64 个字母、数字或 . _ - @",
            "a user name has 2 to 64 letters, digits or . _ - @",
        ));
    }
    let printable = |text: &str, longest: usize| text.chars().count() <= longest && !text.chars().any(char::is_control);
    if account.name.is_empty() || !printable(&account.name, 64) {
        faults.push(fault("/name", "姓名为 1 到 64 个字符", "a name has 1 to 64 characters"));
    }
    if !printable(&account.company, 128) {
        faults.push(fault("/company", "单位最多 128 个字符", "a company has at most 128 characters"));
    }
    let digits = account.mobile.strip_prefix('+').unwrap_or(&account.mobile);
    let dialled = (5..=20).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
    if !account.mobile.is_empty() && !dialled {
        faults.push(fault("/mobile", "手机号只含 5 到 20 位数字", "a mobile number has 5 to 20 digits"));
    }
    if !account.email.is_empty() && !is_email(&account.email) {
        faults.push(fault("/email", "邮箱无效", "not a mail address"));
    }
    faults
}

/// One `@` with something on both sides, no spaces: the rest is the mail server's to say.
fn is_email(text: &str) -> bool {
    let mut parts = text.splitn(2, '@');
    let (local, domain) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>'));
    !local.is_empty() && domain.contains('.') && !domain.contains('@') && plain && text.len() <= 254
}

fn check_passwords(body: &SaveAccount, username: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if body.id.is_some() && body.initial_password.is_some() {
        faults.push(fault(
            "/initialPassword",
            "已有账号请用 resetPassword",
            "use resetPassword for an existing account",
        ));
    }
    if body.id.is_none() && body.reset_password.is_some() {
        faults.push(fault("/resetPassword", "新账号请用 initialPassword", "use initialPassword for a new account"));
    }
    for (pointer, password) in [("/initialPassword", &body.initial_password), ("/resetPassword", &body.reset_password)]
    {
        let weaknesses = password.iter().flat_map(|password| password::weaknesses(password, username));
        faults.extend(weaknesses.map(|weakness| Fault::new(pointer, &codes::PASSWORD_WEAK, weakness)));
    }
    faults
}

/// `138****0000`: the first three and the last four digits.
pub fn masked(mobile: &str) -> String {
    let digits: Vec<char> = mobile.chars().collect();
    if digits.len() < 8 {
        return "*".repeat(digits.len());
    }
    let (first, last) = (&digits[..3], &digits[digits.len() - 4..]);
    format!("{}****{}", first.iter().collect::<String>(), last.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> SaveAccount {
        SaveAccount {
            username: Some("ec.manager".into()),
            name: Some("政企经理甲".into()),
            mobile: Some("13800000001".into()),
            email: Some("ec.manager@example.com".into()),
            company: Some("政企分公司".into()),
            province: Some(33),
            roles: Some(vec!["EC_MANAGER".into()]),
            initial_password: Some("Front-Desk-2026".into()),
            ..SaveAccount::default()
        }
    }

    fn pointers(body: &SaveAccount) -> Vec<String> {
        check(body).map_or_else(|faults| faults.into_iter().map(|fault| fault.pointer).collect(), |_| Vec::new())
    }

    #[test]
    fn a_proper_account_passes() {
        assert_eq!(check(&body()).unwrap().roles, [Role::EcManager]);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let wrong = SaveAccount {
            username: Some("两".into()),
            mobile: Some("138-x".into()),
            email: Some("nobody".into()),
            province: Some(99),
            roles: Some(vec!["BOSS".into()]),
            initial_password: Some("short".into()),
            ..SaveAccount::default()
        };
        let expected = [
            "/roles/0",
            "/username",
            "/name",
            "/mobile",
            "/email",
            "/province",
            "/initialPassword",
            "/initialPassword",
        ];
        assert_eq!(pointers(&wrong), expected);
    }

    #[test]
    fn passwords_are_set_only_where_they_belong() {
        assert_eq!(pointers(&SaveAccount { id: Some("1".into()), ..body() }), ["/initialPassword"]);
        let reset = SaveAccount { initial_password: None, reset_password: Some("Front-Desk-2026".into()), ..body() };
        assert_eq!(pointers(&reset), ["/resetPassword"]);
    }

    #[test]
    fn a_mobile_is_masked_to_its_ends() {
        assert_eq!(masked("13800000000"), "138****0000");
        assert_eq!(masked("12345"), "*****");
        assert_eq!(masked(""), "");
    }
}
