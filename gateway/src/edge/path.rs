//! Which request targets the edge takes at all. What is forwarded is byte for byte what was checked here, so that
//! the permission look-up, the route and the service can never read one path in two ways.
//!
//! source: gateway rules, "Path: normalise or refuse". We refuse: an honest client never sends these.

use shared_model::text::Text;

/// Why a path is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFault {
    NotAbsolute,
    EmptySegment,
    DotSegment,
    Backslash,
    BadEscape,
    NeedlessEscape,
    RawByte,
}

impl PathFault {
    pub const fn text(self) -> Text {
        match self {
            Self::NotAbsolute => Text::fixed("请求路径须以 / 开头", "the path must start with /"),
            Self::EmptySegment => Text::fixed("请求路径含有空段", "empty path segments are not accepted"),
            Self::DotSegment => Text::fixed("请求路径含有 . 或 .. 段", ". and .. segments are not accepted"),
            Self::Backslash => Text::fixed("请求路径含有反斜杠", "backslashes are not accepted"),
            Self::BadEscape => {
                Text::fixed("百分号后须有两位十六进制数字", "a percent sign must be followed by two hexadecimal digits")
            }
            Self::NeedlessEscape => Text::fixed(
                "斜杠、反斜杠、控制字符和普通字母不得用百分号编码",
                "slashes, backslashes, control characters and plain letters must not be percent-encoded",
            ),
            Self::RawByte => Text::fixed(
                "控制字符和非 ASCII 字符须用百分号编码",
                "control and non-ASCII characters must be percent-encoded",
            ),
        }
    }
}

/// Checks the path of a request, without its query.
pub fn check(path: &str) -> Result<(), PathFault> {
    let Some(rest) = path.strip_prefix('/') else { return Err(PathFault::NotAbsolute) };
    let last = rest.split('/').count() - 1;
    for (at, segment) in rest.split('/').enumerate() {
        // A trailing slash is another path, not a fault: it is looked up, and not found.
        if segment.is_empty() && at != last {
            return Err(PathFault::EmptySegment);
        }
        check_segment(segment)?;
    }
    Ok(())
}

fn check_segment(segment: &str) -> Result<(), PathFault> {
    // `..;x` is `..` to servers that cut path parameters off.
    if matches!(segment.split(';').next(), Some("." | "..")) {
        return Err(PathFault::DotSegment);
    }
    let bytes = segment.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        match byte {
            b'\\' => return Err(PathFault::Backslash),
            b'%' => {
                let escaped = escaped_byte(bytes.get(at + 1..at + 3)).ok_or(PathFault::BadEscape)?;
                if is_needless(escaped) {
                    return Err(PathFault::NeedlessEscape);
                }
                at += 2;
            }
            0..=0x20 | 0x7f.. => return Err(PathFault::RawByte),
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// The byte that two hexadecimal digits stand for.
fn escaped_byte(digits: Option<&[u8]>) -> Option<u8> {
    let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Unreserved characters (RFC 3986 §2.3) need no escape; separators, `%` itself and controls hide something behind it.
fn is_needless(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte.is_ascii_control()
        || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/' | b'\\' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_paths_pass_as_they_are() {
        for path in
            ["/", "/app/", "/auth/accounts/100001", "/workorder/file/0a", "/x/%E5%9F%9F%E5%90%8D", "/a/b;v=1", "/a%20b"]
        {
            assert_eq!(check(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn whatever_two_parsers_could_read_differently_is_refused() {
        let refused = [
            ("", PathFault::NotAbsolute),
            ("*", PathFault::NotAbsolute),
            ("//auth/me", PathFault::EmptySegment),
            ("/auth//me", PathFault::EmptySegment),
            ("/auth/../internal/accounts", PathFault::DotSegment),
            ("/auth/./me", PathFault::DotSegment),
            ("/auth/..;/internal", PathFault::DotSegment),
            ("/auth/%2e%2e/internal", PathFault::NeedlessEscape),
            ("/auth/.%2E/internal", PathFault::NeedlessEscape),
            ("/auth%2fme", PathFault::NeedlessEscape),
            ("/auth%5Cme", PathFault::NeedlessEscape),
            ("/auth\\me", PathFault::Backslash),
            ("/%61uth/me", PathFault::NeedlessEscape),
            ("/%49nternal/accounts", PathFault::NeedlessEscape),
            ("/auth/%252e", PathFault::NeedlessEscape),
            ("/auth/%00", PathFault::NeedlessEscape),
            ("/auth/%0d%0aX: y", PathFault::NeedlessEscape),
            ("/auth/%zz", PathFault::BadEscape),
            ("/auth/%4", PathFault::BadEscape),
            ("/auth/%+1", PathFault::BadEscape),
            ("/auth/域", PathFault::RawByte),
        ];
        for (path, fault) in refused {
            assert_eq!(check(path), Err(fault), "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn an_accepted_path_decodes_to_the_same_segments(path in "[/a-zA-Z0-9.%;\\\\~_-]{0,24}") {
            let path = format!("/{path}");
            if check(&path).is_ok() {
                proptest::prop_assert!(!path.contains("/../") && !path.ends_with("/..") && !path.contains('\\'));
                let escapes_slash = path.to_ascii_lowercase().contains("%2f");
                proptest::prop_assert!(!escapes_slash);
            }
        }
    }
}
