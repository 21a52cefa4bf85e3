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
pub const ACCEPTED: [&str; 11] = [
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

/// What browsers show in place without running anything.
pub fn shown_inline(content_type: &str) -> bool {
    content_type.starts_with("image/") || content_type == "application/pdf"
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
}
