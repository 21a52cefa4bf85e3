//! How keywords are looked for: in normalised text, literally. Pure.

use unicode_normalization::UnicodeNormalization;

/// Text as it is searched: NFKC and lower case, so that `ＡＢＣ`, `ABC` and `abc` find one another.
pub fn searchable<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().map(|part| part.trim().nfkc().collect::<String>().to_lowercase()).collect::<Vec<_>>().join("\n")
}

/// A `LIKE` pattern that finds the keyword literally, escaped with `\`.
pub fn pattern(keyword: &str) -> Option<String> {
    let normal = searchable([keyword]);
    let escaped = normal.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('\0', "");
    (!escaped.is_empty()).then(|| format!("%{escaped}%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_is_found_literally_whatever_its_width_and_case() {
        assert_eq!(pattern(" ＡB_50% ").as_deref(), Some("%ab\\_50\\%%"));
        assert_eq!(searchable(["ＡＢ50 ", "短"]), "ab50\n短");
        assert_eq!(pattern("  "), None);
    }
}
