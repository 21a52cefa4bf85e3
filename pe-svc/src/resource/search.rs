//! How keywords are looked for: in normalised text, literally. Pure.

use unicode_normalization::UnicodeNormalization;

/// So much of a text is kept at each place where reading it may begin.
const PLACE_LENGTH: usize = 24;

/// Text as it is searched: NFKC and lower case, so that `ＡＢＣ`, `ABC` and `abc` find one another.
pub fn searchable<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().map(|part| part.trim().nfkc().collect::<String>().to_lowercase()).collect::<Vec<_>>().join("\n")
}

/// What somebody looks for, in the forms the tables are asked in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// A `LIKE` pattern that finds the keyword literally, escaped with `\`.
    pub pattern: String,
    /// Places that begin with the keyword are those from here on,
    pub from: String,
    /// and before this; None: to the end.
    pub before: Option<String>,
    /// False: the keyword is longer than what is kept of a place, and the pattern has to hold as well.
    pub whole: bool,
}

impl Keyword {
    /// None when nothing is left to look for.
    pub fn new(text: &str) -> Option<Self> {
        let normal = searchable([text]).replace('\0', "");
        if normal.is_empty() {
            return None;
        }
        let escaped = normal.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let from: String = normal.chars().take(PLACE_LENGTH).collect();
        // A place ends with its line: what spans two lines is left to the pattern.
        let whole = from.len() == normal.len() && !normal.contains('\n');
        let from = from.split('\n').next().unwrap_or_default().to_owned();
        Some(Self { pattern: format!("%{escaped}%"), before: after_all_with(&from), from, whole })
    }
}

/// The least text that is greater than every text with this beginning, in the order of code points.
fn after_all_with(beginning: &str) -> Option<String> {
    let mut kept: Vec<char> = beginning.chars().collect();
    while let Some(last) = kept.pop() {
        // The range of characters steps over the surrogates by itself.
        if let Some(next) = (last..=char::MAX).nth(1) {
            kept.push(next);
            return Some(kept.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_is_found_literally_whatever_its_width_and_case() {
        let keyword = Keyword::new(" ＡB_50% ").unwrap();
        assert_eq!(keyword.pattern, "%ab\\_50\\%%");
        assert_eq!((keyword.from.as_str(), keyword.before.as_deref()), ("ab_50%", Some("ab_50&")));
        assert_eq!(searchable(["ＡＢ50 ", "短"]), "ab50\n短");
        assert_eq!(Keyword::new("  "), None);
        assert_eq!(Keyword::new("\0"), None);
    }

    #[test]
    fn what_begins_with_the_keyword_lies_between_its_bounds() {
        for (text, before) in [("青禾", Some("青禿")), ("a\u{d7ff}", Some("a\u{e000}")), ("a\u{10ffff}", Some("b"))]
        {
            assert_eq!(Keyword::new(text).unwrap().before.as_deref(), before);
        }
        assert_eq!(Keyword::new("\u{10ffff}").unwrap().before, None);
    }

    #[test]
    fn a_keyword_longer_than_a_place_is_held_against_the_whole_text_too() {
        let keyword = Keyword::new(&"禾".repeat(25)).unwrap();
        assert!(!keyword.whole);
        assert_eq!(keyword.from.chars().count(), 24);
        assert!(Keyword::new(&"禾".repeat(24)).unwrap().whole);
        assert!(!Keyword::new("甲\n乙").unwrap().whole);
    }
}
