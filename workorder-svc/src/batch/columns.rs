//! The columns of a batch sheet: how each is headed, and what may stand in it.

use shared_model::text::{Language, Text};

/// A column that the desk understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    Domain,
    Cname,
    IcpNumber,
    MainOrigin,
    BackupOrigins,
    Https,
    Ports,
}

impl Column {
    /// In the order of the template.
    pub const ALL: [Self; 7] =
        [Self::Domain, Self::Cname, Self::IcpNumber, Self::MainOrigin, Self::BackupOrigins, Self::Https, Self::Ports];

    /// Last part of a fault's pointer.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Cname => "cpDomain",
            Self::IcpNumber => "icpNumber",
            Self::MainOrigin => "mainOrigin",
            Self::BackupOrigins => "backupOrigins",
            Self::Https => "https",
            Self::Ports => "ports",
        }
    }

    pub const fn name(self) -> Text {
        match self {
            Self::Domain => Text::fixed("加速域名", "Domain"),
            Self::Cname => Text::fixed("CNAME", "CNAME"),
            Self::IcpNumber => Text::fixed("备案号", "ICP number"),
            Self::MainOrigin => Text::fixed("主源站", "Main origin"),
            Self::BackupOrigins => Text::fixed("备源站", "Backup origins"),
            Self::Https => Text::fixed("HTTPS", "HTTPS"),
            Self::Ports => Text::fixed("端口", "Ports"),
        }
    }

    /// As the template heads it.
    pub fn title(self) -> String {
        let name = self.name();
        let mark = if self == Self::Domain { "*" } else { "" };
        if name.zh == name.en { format!("{}{mark}", name.zh) } else { format!("{}{mark} / {}", name.zh, name.en) }
    }

    /// What may stand in it.
    pub const fn instruction(self) -> Text {
        match self {
            Self::Domain => Text::fixed(
                "必填。每行一个域名，可用 *. 开头；不要写 http:// 和端口",
                "required; one domain a row, a leading *. is allowed; no http://, no port",
            ),
            Self::Cname => Text::fixed("选填。希望使用的 CNAME", "optional; the CNAME that is wished for"),
            Self::IcpNumber => {
                Text::fixed("选填。备案号，不超过 64 个字符", "optional; the ICP record number, up to 64 characters")
            }
            Self::MainOrigin => Text::fixed(
                "选填。IP 或域名，可带端口；留空时使用表单中的源站",
                "optional; an address or a name, with a port if needed; left empty, the form's origins count",
            ),
            Self::BackupOrigins => Text::fixed(
                "选填。多个用分号隔开；填写时须同时填写主源站",
                "optional; several with semicolons; only together with a main origin",
            ),
            Self::Https => Text::fixed("选填。是 或 否", "optional; yes or no"),
            Self::Ports => Text::fixed(
                "选填。服务端口，1 到 65535，多个用分号隔开",
                "optional; ports served, 1 to 65535, several with semicolons",
            ),
        }
    }

    /// The row of the template that shows how it is done.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Domain => EXAMPLE_DOMAIN,
            Self::Cname => "",
            Self::IcpNumber => "京ICP备00000000号",
            Self::MainOrigin => "203.0.113.10:80",
            Self::BackupOrigins => "203.0.113.11;origin.example.com:8080",
            Self::Https => "是",
            Self::Ports => "80;443",
        }
    }

    /// By its heading: Chinese, English or both, in any case, with or without the asterisk.
    pub fn from_title(title: &str) -> Option<Self> {
        let parts = title.split(['/', '\n', '(', '（']).map(plain).collect::<Vec<_>>();
        Self::ALL.into_iter().find(|column| {
            let known = column.headings();
            parts.iter().any(|part| known.contains(&part.as_str()))
        })
    }

    /// What it may be headed, in lower case and without blanks.
    fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Domain => &["加速域名", "域名", "domain", "domainname", "domains"],
            Self::Cname => &["cname", "cpdomain"],
            Self::IcpNumber => &["备案号", "icp备案号", "icpnumber", "icp"],
            Self::MainOrigin => &["主源站", "源站", "mainorigin", "origin"],
            Self::BackupOrigins => &["备源站", "备用源站", "backuporigins", "backuporigin"],
            Self::Https => &["https"],
            Self::Ports => &["端口", "port", "ports"],
        }
    }
}

/// The domain of the template's example row: a row that still says this is passed over.
pub const EXAMPLE_DOMAIN: &str = "example-row.example.com";

/// The column an annotated sheet adds; read again, it is passed over.
pub const PROBLEMS: Text = Text::fixed("问题", "Problems");

/// Heads the column that says what is wrong.
pub fn problems_title() -> String {
    format!("{} / {}", PROBLEMS.zh, PROBLEMS.en)
}

/// Whether a heading is that of an annotated sheet's own column.
pub fn is_problems(title: &str) -> bool {
    title.split('/').map(plain).any(|part| part == "问题" || part == "problems")
}

fn plain(part: &str) -> String {
    part.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊' | '\u{feff}'))
        .collect::<String>()
        .to_lowercase()
}

/// `A`, `B`, ... `AA`, as spreadsheets name columns; `index` from 0.
pub fn letter(index: usize) -> String {
    let digit = |n: usize| char::from(b'A'.saturating_add(u8::try_from(n % 26).unwrap_or(0)));
    if index < 26 { digit(index).to_string() } else { format!("{}{}", letter(index / 26 - 1), digit(index)) }
}

/// A column's name in the reader's language.
pub fn name_in(column: Column, language: Language) -> String {
    column.name().in_language(language).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_known_in_either_language_and_as_the_template_writes_it() {
        for column in Column::ALL {
            assert_eq!(Column::from_title(&column.title()), Some(column));
            assert_eq!(Column::from_title(&column.name().zh), Some(column));
            assert_eq!(Column::from_title(&column.name().en.to_uppercase()), Some(column));
        }
        assert_eq!(Column::from_title(" 域 名 * "), Some(Column::Domain));
        assert_eq!(Column::from_title("\u{feff}domain"), Some(Column::Domain));
        assert_eq!(Column::from_title("备注"), None);
        assert!(is_problems(&problems_title()));
    }

    #[test]
    fn columns_are_lettered_as_spreadsheets_letter_them() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letter), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
