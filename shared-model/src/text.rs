//! Chinese first, English beside it: a text that a person reads exists in both, and the request's
//! `Accept-Language` chooses.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Text {
    #[schema(value_type = String)]
    pub zh: Cow<'static, str>,
    #[schema(value_type = String)]
    pub en: Cow<'static, str>,
}

impl Text {
    /// A text known when the program is built.
    pub const fn fixed(zh: &'static str, en: &'static str) -> Self {
        Self { zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }

    /// A text with values in it: `Text::new(format!("域名 {d}"), format!("domain {d}"))`.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }

    /// For a place that has one language only: Chinese first, English beside it.
    pub fn bilingual(&self) -> String {
        format!("{} / {}", self.zh, self.en)
    }
}

/// The language an answer is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Chinese,
    English,
}

impl Language {
    /// Chooses by `Accept-Language` (RFC 9110 §12.5.4): the highest weight of those we speak, Chinese when none is.
    pub fn from_accept_language(header: Option<&str>) -> Self {
        let Some(header) = header else { return Self::Chinese };
        let mut best = (Self::Chinese, 0.0_f32);
        for part in header.split(',') {
            let mut pieces = part.trim().split(';');
            let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            let language = match tag.split('-').next() {
                Some("zh" | "*") => Self::Chinese,
                Some("en") => Self::English,
                _ => continue,
            };
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }

    /// The tag for `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins_and_chinese_is_the_default() {
        assert_eq!(Language::from_accept_language(None), Language::Chinese);
        assert_eq!(Language::from_accept_language(Some("fr, de")), Language::Chinese);
        assert_eq!(Language::from_accept_language(Some("en-GB,en;q=0.9")), Language::English);
        assert_eq!(Language::from_accept_language(Some("en;q=0.5, zh-CN;q=0.8")), Language::Chinese);
        assert_eq!(Language::from_accept_language(Some("zh;q=0.1, en;q=0.2")), Language::English);
    }
}
