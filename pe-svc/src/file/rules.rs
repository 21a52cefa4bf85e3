//! Which URLs a record may point to, and which files are taken. Pure.

use url::Url;

/// The path an upload is answered with, before its id.
pub const PREFIX: &str = "/pe/files/";

/// Where a URL of a record points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileUrl<'a> {
    /// https, somewhere else.
    Elsewhere,
    /// An upload of this service.
    Upload(&'a str),
}

impl<'a> FileUrl<'a> {
    /// None for every other scheme, and for what is no URL.
    pub fn parse(text: &'a str) -> Option<Self> {
        if let Some(id) = text.strip_prefix(PREFIX) {
            let well_formed =
                !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
            return well_formed.then_some(Self::Upload(id));
        }
        let url = Url::parse(text).ok()?;
        (url.scheme() == "https" && url.has_host() && url.username().is_empty()).then_some(Self::Elsewhere)
    }
}

/// What is taken, by the file's own first bytes, never by its name: pictures, PDF, and the office formats materials come in.
const ACCEPTED: [&str; 11] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/bmp",
    "image/tiff",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

/// The media type of a file that is taken.
pub fn accepted_type(content: &[u8]) -> Option<&'static str> {
    infer::get(content).map(|kind| kind.mime_type()).filter(|kind| ACCEPTED.contains(kind))
}

/// What browsers show in place without running anything.
pub fn shown_inline(content_type: &str) -> bool {
    content_type.starts_with("image/") || content_type == "application/pdf"
}

/// The name a file is offered under: no path, no control characters, at most 200 characters.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && *c != '"').take(200).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_own_uploads_are_urls_of_records_and_nothing_else_is() {
        assert_eq!(FileUrl::parse("https://cdn.example/1.jpg"), Some(FileUrl::Elsewhere));
        assert_eq!(FileUrl::parse("/pe/files/abc123"), Some(FileUrl::Upload("abc123")));
        for text in [
            "",
            "http://cdn.example/1.jpg",
            "javascript:alert(1)",
            "data:image/png;base64,AA",
            "file:///etc/passwd",
            "//cdn.example/1.jpg",
            "https://",
            "https://user@evil.example/1.jpg",
            "/pe/files/",
            "/pe/files/../x",
            "/pe/files/A B",
        ] {
            assert_eq!(FileUrl::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_file_is_what_it_begins_with() {
        assert_eq!(accepted_type(b"%PDF-1.7 ..."), Some("application/pdf"));
        assert_eq!(accepted_type(&[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a]), Some("image/png"));
        assert_eq!(accepted_type(b"<html><script>"), None);
        assert_eq!(accepted_type(b"MZ\x90\x00"), None);
    }

    #[test]
    fn a_name_carries_no_path_and_no_quotes() {
        assert_eq!(clean_name("../../a\"b\r\n.jpg"), "ab.jpg");
        assert_eq!(clean_name("C:\\x\\执照.png"), "执照.png");
        assert_eq!(clean_name("/"), "file");
    }
}
