//! What a file is, by its own leading bytes, and under which name it is kept. Pure.

use crate::problem::{Code, codes};

/// Leading bytes that [`content_type`] needs to tell the packaged office formats apart.
pub const SNIFFED_BYTES: usize = 8192;

const LONGEST_NAME: usize = 200;

/// The type of a file by its own leading bytes, if it is one of those taken; what the client claims is not believed.
///
/// Errors: `file.required` when it is empty, `file.type_refused` for every other type.
pub fn content_type(head: &[u8], taken: &[&str]) -> Result<&'static str, &'static Code> {
    if head.is_empty() {
        return Err(&codes::FILE_REQUIRED);
    }
    // However short: the sniffer wants more of a program than its magic number.
    let program = head.starts_with(b"#!") || head.starts_with(b"\x7fELF") || infer::is_app(head);
    let found = match infer::get(head) {
        Some(kind) => kind.mime_type(),
        None if is_text(head) => "text/plain",
        None => "application/octet-stream",
    };
    if !program && taken.contains(&found) { Ok(found) } else { Err(&codes::FILE_TYPE_REFUSED) }
}

/// Media types as people call them, each name once.
pub fn names(types: &[&str]) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for name in types.iter().filter_map(|media_type| name_of(media_type)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn name_of(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "image/jpeg" => "JPG",
        "image/png" => "PNG",
        "image/gif" => "GIF",
        "image/webp" => "WebP",
        "image/bmp" => "BMP",
        "image/tiff" => "TIFF",
        "application/pdf" => "PDF",
        "application/msword" | "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "Word",
        "application/vnd.ms-excel" | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "Excel",
        "application/vnd.ms-powerpoint"
        | "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "PowerPoint",
        "application/vnd.oasis.opendocument.text" | "application/vnd.oasis.opendocument.spreadsheet" => "OpenDocument",
        "application/rtf" => "RTF",
        "application/zip" => "ZIP",
        "text/plain" => "TXT",
        // What older office programs wrap their documents in: they are named above.
        _ => return None,
    })
}

/// In one of the encodings without zero bytes, or in UTF-16 that says so.
fn is_text(head: &[u8]) -> bool {
    !head.contains(&0) || head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff])
}

/// Whether a file of this type is a ZIP archive inside.
pub fn is_archive(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// The file's own name: without folders, control characters and what makes names dangerous; never empty.
pub fn file_name(claimed: &str) -> String {
    let last = claimed.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && *c != '"' && !is_direction_mark(*c)).collect();
    let kept = kept.trim().trim_matches('.').trim();
    if kept.is_empty() {
        return "file".to_owned();
    }
    shortened(kept)
}

/// Marks that make `gpj.exe` read as `exe.jpg`.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Cut to length, the extension kept.
fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= LONGEST_NAME {
        return name.to_owned();
    }
    let extension = name.rsplit_once('.').map(|(_, ext)| ext).filter(|ext| ext.chars().count() <= 10);
    let tail = extension.map(|ext| format!(".{ext}")).unwrap_or_default();
    let head: String = name.chars().take(LONGEST_NAME - tail.chars().count()).collect();
    format!("{head}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_read_from_the_content_and_only_those_listed_are_taken() {
        let taken = ["application/pdf", "text/plain", "application/octet-stream"];
        assert_eq!(content_type(b"%PDF-1.7 ...", &taken), Ok("application/pdf"));
        assert_eq!(content_type("备案材料".as_bytes(), &taken), Ok("text/plain"));
        assert_eq!(content_type(b"\xff\xfea\0b\0", &taken), Ok("text/plain"));
        assert_eq!(content_type(&[0, 1, 2, 3], &taken), Ok("application/octet-stream"));
        let refused = |head: &[u8]| content_type(head, &taken).unwrap_err().code;
        for program in [&b"\x7fELF\x02\x01\x01"[..], b"#!/bin/sh\n", b"MZ\x90\x00", b"<html><script>"] {
            assert_eq!(refused(program), "file.type_refused");
        }
        assert_eq!(content_type(&[0, 1, 2, 3], &["text/plain"]).unwrap_err().code, "file.type_refused");
        assert_eq!(refused(b""), "file.required");
    }

    #[test]
    fn types_are_named_as_people_call_them_each_once() {
        let office = ["application/msword", "application/x-ole-storage", "image/jpeg"];
        let newer = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        assert_eq!(names(&[office[0], newer, office[1], office[2]]), ["Word", "JPG"]);
    }

    #[test]
    fn a_name_keeps_neither_folders_nor_control_characters() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\temp\\合同.pdf"), "合同.pdf");
        assert_eq!(file_name("a\r\nSet-Cookie: x.txt"), "aSet-Cookie: x.txt");
        assert_eq!(file_name("a\"b.pdf"), "ab.pdf");
        assert_eq!(file_name("\u{202e}gpj.exe"), "gpj.exe");
        assert_eq!(file_name(".."), "file");
        let long = file_name(&format!("{}.pdf", "长".repeat(500)));
        assert!(long.chars().count() == 200 && long.ends_with(".pdf"));
    }
}
